#!/usr/bin/env bash
# Usage: sql_suite.sh DIRECTORY TAP
#
# Part of scripts/test: a cluster in DIRECTORY, migrated; every sql/tests/*.sql through pg_prove, and every executable
# sql/tests/*.sh as one test that is given DATABASE_URL. Writes TAP; fails when any test did.

set -euo pipefail
directory=$1 tap=$2

free_port() {
    /usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}
PORT_PG=$(free_port)
export PORT_PG UPA_RUN_DIR=$directory

lib=$(dirname "${BASH_SOURCE[0]}")
# shellcheck source=scripts/lib/common.sh
. "$lib/common.sh"
# shellcheck source=scripts/lib/postgres.sh
. "$lib/postgres.sh"

trap 'pg_down; pg_wipe; rm -rf "$(sockets_dir)"' EXIT
mkdir -p "$LOGS"
pg_up
DATABASE_URL=$(pg_url)
export DATABASE_URL
unset MIGRATE_DATABASE_URL
"$ROOT/scripts/migrate" up

failed=0
cd "$ROOT/sql/tests"
# Files that begin with an underscore are included by others.
find . -name '*.sql' ! -name '_*' -print0 | sort -z |
    PGOPTIONS='-c client_min_messages=warning' xargs -0r pg_prove -v --dbname "$DATABASE_URL" >>"$tap" 2>&1 || failed=1
while IFS= read -r file; do
    if "$file" >"$tap.out" 2>&1 </dev/null; then
        say "ok - $file" >>"$tap"
    else
        { say "not ok - $file"; sed 's/^/# /' "$tap.out"; } >>"$tap"
        failed=1
    fi
done < <(find . -name '*.sh' -perm -u+x | sort)
exit "$failed"
