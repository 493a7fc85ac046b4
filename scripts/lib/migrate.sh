# shellcheck shell=bash
# The SQL that scripts/migrate sends: one psql session a run, so that its advisory lock covers everything.

SQL=$ROOT/sql

# A password in a URL would show in the process list; psql takes it from the environment instead. Sets MIGRATE_URL.
split_password() {
    MIGRATE_URL=$1
    if [[ $1 =~ ^([a-z]+://[^:/@?]*):([^@/]*)@(.*)$ ]]; then
        MIGRATE_URL=${BASH_REMATCH[1]}@${BASH_REMATCH[3]}
        printf -v PGPASSWORD '%b' "${BASH_REMATCH[2]//%/\\x}"
        export PGPASSWORD
    fi
}

run_psql() { psql -X -q -At -v ON_ERROR_STOP=1 -d "$MIGRATE_URL" -f -; }

quote() { printf "'%s'" "${1//\'/\'\'}"; }

# file_rows TABLE PREFIX FILE…: inserts (name, checksum) of each file; the name is the prefix and the file's without .sql.
file_rows() {
    local table=$1 prefix=$2 sum path
    shift 2
    sha256sum -- "$@" | while read -r sum path; do
        printf 'insert into %s values (%s, %s);\n' "$table" "$(quote "$prefix$(basename "$path" .sql)")" "$(quote "$sum")"
    done
}

function_files() {
    local name
    while read -r name; do
        case $name in '' | '#'*) continue ;; esac
        [ -f "$SQL/functions/$name.sql" ] || die "sql/install.manifest names $name, which does not exist"
        printf '%s\n' "$SQL/functions/$name.sql"
    done <"$SQL/install.manifest"
}

# The tree's state as temporary tables, and views that compare it with the database's.
sql_state() {
    cat <<SQL
set client_min_messages = warning;
set lock_timeout = '15s';
set upa.legacy_roles = $(quote "${LEGACY_DB_ROLES:-}");
create temporary table upa_migrations (name text, checksum text);
$(file_rows upa_migrations '' "$SQL"/migrations/*.sql)
$(file_rows upa_migrations 'backfill ' "$SQL"/backfills/*.sql)
create temporary table upa_functions (name text, checksum text);
$(file_rows upa_functions '' "${FUNCTION_FILES[@]}")
SQL
    cat "$SQL/migrate/state.sql"
}

sql_up() {
    local file name
    sql_state
    cat "$SQL/migrate/begin.sql"
    for file in "$SQL"/migrations/*.sql; do
        name=$(basename "$file" .sql)
        cat <<SQL
select exists (select from pg_temp.upa_pending where name = $(quote "$name")) as pending \gset
\if :pending
begin;
\i $file
insert into activity.schema_migrations (name, checksum)
select name, checksum from upa_migrations where name = $(quote "$name");
commit;
\echo applied migration $name
\endif
SQL
    done
    printf 'begin;\n'
    cat "$SQL/roles.sql" "$SQL/migrate/signatures.sql"
    for file in "${FUNCTION_FILES[@]}"; do
        cat <<SQL
select exists (select from pg_temp.upa_changed where name = $(quote "$(basename "$file" .sql)")) as changed \gset
\if :changed
\i $file
\endif
SQL
    done
    cat "$SQL/migrate/record.sql" "$SQL/privileges.sql" "$SQL/triggers.sql"
    printf 'commit;\n'
    for file in "$SQL"/backfills/*.sql; do
        name=$(basename "$file" .sql)
        cat <<SQL
select exists (select from pg_temp.upa_pending where name = $(quote "backfill $name")) as pending \gset
\if :pending
\i $file
insert into activity.schema_migrations (name, checksum)
select name, checksum from upa_migrations where name = $(quote "backfill $name");
\echo applied backfill $name
\endif
SQL
    done
    cat "$SQL/migrate/finish.sql"
}

sql_dry_run() {
    sql_state
    cat "$SQL/migrate/dry-run.sql"
}

sql_status() {
    sql_state
    cat "$SQL/migrate/status.sql"
}
