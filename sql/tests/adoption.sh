#!/usr/bin/env bash
# Usage: sql/tests/adoption.sh
#
# Adopts the platform's older schema with odd rows (fixtures/platform-old.sql) and proves that nothing is lost or renamed, that
# a second run changes nothing, and that scripts/migrate refuses what it must. Speaks TAP. Makes and drops databases and roles
# of its own on the server that DATABASE_URL (a superuser's) names.

set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
case ${1:-} in -h | --help) awk 'NR > 1 { if (!/^#/) exit; sub(/^# ?/, ""); print }' "$0"; exit ;; esac
admin_url=${DATABASE_URL:?set DATABASE_URL to a superuser of a scratch server}
work=$(mktemp -d)
name=upa_adoption_$$
bad=0 n=0

# The same server, another database (and another user).
url_of() {
    local rest=${admin_url#*://} query=
    case $rest in *\?*) query="?${rest#*\?}" rest=${rest%%\?*} ;; esac
    printf '%s://%s/%s%s' "${admin_url%%://*}" "${rest%%/*}" "$1" "$query"
}
sql() { psql -X -q -At -v ON_ERROR_STOP=1 -d "$(url_of "$db")" "$@"; }
migrate() { MIGRATE_DATABASE_URL=$(url_of "$db") "$root/scripts/migrate" "$@" >"$work/out" 2>&1; }
ok() {  # ok DESCRIPTION COMMAND…
    local what=$1
    shift
    n=$((n + 1))
    if "$@" >"$work/check" 2>&1; then
        printf 'ok %s - %s\n' "$n" "$what"
    else
        bad=$((bad + 1))
        printf 'not ok %s - %s\n' "$n" "$what"
        sed 's/^/# /' "$work/check" "$work/out"
    fi
}
says() { grep -qE "$1" "$work/out"; }
not() { ! "$@"; }
query_is() { local got; got=$(sql -c "$1"); [ "$got" = "$2" ] || { printf 'have: %s\nwant: %s\n' "$got" "$2"; return 1; }; }
same() { cmp "$work/$1" "$work/$2"; }
clean() {
    for db in "$name" "${name}_b" "${name}_c"; do
        psql -X -q -d "$admin_url" -c "drop database if exists $db with (force)" 2>/dev/null || true
    done
    # The password of userprofile_api belongs to the whole server: back to what it was.
    [ ! -s "$work/password" ] || psql -X -q -d "$admin_url" -f "$work/password" || true
    psql -X -q -d "$admin_url" -c "drop role if exists ${name}_legacy" -c "drop role if exists ${name}_stranger" 2>/dev/null || true
    rm -rf "$work"
}
trap clean EXIT
fresh() { db=$1; psql -X -q -d "$admin_url" -c "create database $db"; }

# Every row of the platform's tables, old columns only.
old_rows() {
    local table columns
    for table in users user_settings user_interests user_blocks profile_views refresh_tokens friendships; do
        columns=$(<"$work/columns.$table")
        sql -c "select '$table', $columns from activity.$table order by 1, 2, 3"
    done
}
everything() {
    pg_dump -d "$(url_of "$db")" --schema-only --no-comments | grep -vE '^\\(un)?restrict'
    sql -c "select 'select ''' || t || ''', x from ' || t || ' x order by x::text' from (select format('%I.%I', schemaname, tablename) as t from pg_tables where schemaname = 'activity') x order by 1" |
        while read -r statement; do sql -c "$statement"; done
}
signatures() {
    sql -c "select p.oid::regprocedure, pg_get_function_arguments(p.oid), pg_get_function_result(p.oid)
            from pg_proc p where pronamespace = 'activity'::regnamespace and proname like 'sp\\_%' order by 1"
}

fresh "$name"
sql -f "$root/sql/fixtures/platform-old.sql"
sql -c "create role ${name}_legacy login" -c "create role ${name}_stranger login" \
    -c "grant usage on schema activity to ${name}_legacy, ${name}_stranger"
for table in users user_settings user_interests user_blocks profile_views refresh_tokens friendships; do
    sql -c "select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute
            where attrelid = 'activity.$table'::regclass and attnum > 0" >"$work/columns.$table"
done
old_rows >"$work/rows.before"
signatures >"$work/signatures.before"
everything >"$work/all.before"

LEGACY_DB_ROLES=${name}_legacy migrate --dry-run && status=0 || status=$?
ok 'the dry run succeeds' test "$status" = 0
ok 'it names what is pending' says '0001_types'
ok 'and who would lose EXECUTE' says "${name}_stranger would lose EXECUTE on 23"
ok 'but not who is named in LEGACY_DB_ROLES' not says "${name}_legacy would lose"
everything >"$work/all.dry"
ok 'and changes nothing' same all.before all.dry

LEGACY_DB_ROLES=${name}_legacy migrate up && status=0 || status=$?
ok 'the adoption succeeds' test "$status" = 0
old_rows >"$work/rows.after"
ok 'no row and no value is lost, updated_at included' same rows.before rows.after
signatures >"$work/signatures.after"
ok 'the 23 functions have the forms they had' same signatures.before signatures.after
ok 'broken rules are reported, not imposed' says '1 rows of activity.users break check_(ban|subscription)_expiry'
ok 'each of them' query_is "select count(*) from pg_constraint where conrelid = 'activity.users'::regclass and conname ~ 'expiry'" 0
ok 'what the platform added later is there, with its defaults' query_is "select bool_and(is_active and roles = '[]') from activity.users" t
ok 'what the previous implementation deleted stays deleted' query_is \
    "select string_agg(right(user_id::text, 1), '') from activity.users where deleted_at is not null" 8
ok 'a photo that waits was submitted when its account was made' query_is \
    "select string_agg(right(user_id::text, 1), '') from activity.users where main_photo_submitted_at = created_at" 2
ok 'uuidv7() works without pgcrypto' query_is 'select substr(public.uuidv7()::text, 15, 1)' 7
ok 'everybody is in the search' query_is \
    "select count(*) from activity.user_search s join activity.users u using (user_id) where s.haystack like lower(u.username) || '%'" 9
ok 'the previous implementation may call its functions' query_is \
    "set role ${name}_legacy; select count(*) from activity.sp_get_user_profile('0190dddd-0000-7000-8000-000000000001', null)" 1
ok 'a stranger may not' not sql -c "set role ${name}_stranger; select activity.sp_unban_user(null)"
ok 'there is still one trigger for updated_at' query_is \
    "select count(*) from pg_trigger t join pg_proc p on p.oid = tgfoid where tgrelid = 'activity.users'::regclass and prosrc ~ 'updated_at'" 1
for i in 1 2 3 4 5 6 9; do
    id=0190dddd-0000-7000-8000-00000000000$i
    ok "row $i reads, edits and lives" sql -c "select activity.api_get_own_profile('$id', null), activity.api_get_settings('$id', null),
        activity.api_get_interests('$id', null), activity.api_update_profile('$id', null, '{\"gender\": \"x\"}', null),
        activity.api_heartbeat('$id', null), activity.api_verify('p', '$id', null, null, null), activity.api_export('$id', null)"
done
ok 'row 7 is banned without an end' not sql -c "select activity.api_heartbeat('0190dddd-0000-7000-8000-000000000007', null)"
ok 'and can be unbanned' query_is "select success from activity.sp_unban_user('0190dddd-0000-7000-8000-000000000007')" t
ok 'a sibling registers as ever' sql -c "insert into activity.users (email, username, password_hash, is_verified, status) values ('n@x', 'n', 'x', false, 'active')"

everything >"$work/all.once"
migrate up && status=0 || status=$?
everything >"$work/all.twice"
ok 'a second run succeeds' test "$status" = 0
ok 'says nothing' test ! -s "$work/out"
ok 'and changes nothing' same all.once all.twice
migrate status
ok 'status finds the broken rule' says 'check_subscription_expiry is missing: 1 rows break it'
ok 'and the name in two cases' says '1 usernames exist in more than one case'
ok 'and nothing that differs' says 'functions, 0 differ'

sql -c "create or replace function activity.sp_unban_user(p_user_id uuid) returns table (success boolean) language plpgsql as 'begin end'"
migrate --dry-run
ok 'a function that others replaced is noticed' says 'would change function activity.sp_unban_user'
migrate up
ok 'and put back' query_is "select p.prosrc ~ 'lift_ban' and p.prosecdef from pg_proc p where p.oid = 'activity.sp_unban_user(uuid)'::regprocedure" t
sql -c "update activity.schema_migrations set checksum = 'x' where name = '0002_tables'"
ok 'an edited migration is refused' not migrate up
ok 'by name' says '0002_tables'
APP_DB_PASSWORD="it's \$ecret" migrate up || true
sql -c "update activity.schema_migrations set checksum = '$(sha256sum <"$root/sql/migrations/0002_tables.sql" | cut -d' ' -f1)' where name = '0002_tables'"
sql -c "select format('alter role userprofile_api password %L', rolpassword) from pg_authid where rolname = 'userprofile_api'" >"$work/password"
APP_DB_PASSWORD="it's \$ecret" migrate up
ok 'the role of the API gets its password' query_is "select rolpassword like 'SCRAM-SHA-256\$%' and rolcanlogin from pg_authid where rolname = 'userprofile_api'" t

# Functions that are not what was agreed on.
fresh "${name}_b"
sql -f "$root/sql/fixtures/platform-old.sql"
sql -c "drop function activity.sp_unban_user" \
    -c "create function activity.sp_unban_user(p_id uuid) returns table (success boolean) language plpgsql as 'begin end'"
everything >"$work/all.b"
ok 'another argument name is refused' not migrate up
ok 'with the function' says 'sp_unban_user\(p_id uuid\)'
sql -c "drop function activity.sp_unban_user" \
    -c "create function activity.sp_unban_user(p_user_id uuid) returns table (success boolean) language plpgsql as 'begin end'" \
    -c "drop function activity.sp_update_username" \
    -c "create function activity.sp_update_username(p_user_id uuid, p_new_username varchar) returns table (success boolean, message varchar) language plpgsql as 'begin end'" \
    -c "grant execute on function activity.sp_update_username to ${name}_stranger"
ok 'varchar for text in a result is mended' migrate up
ok 'and its grants are kept' query_is "select has_function_privilege('${name}_stranger', 'activity.sp_update_username(uuid, varchar)', 'execute')" t

# An empty database.
fresh "${name}_c"
ok 'an empty database is filled' migrate up
ok 'its constraints are all there' query_is \
    "select count(*) from pg_constraint where conrelid = 'activity.users'::regclass and contype = 'c' and convalidated" 3

printf '1..%s\n' "$n"
[ "$bad" = 0 ] || { printf '# %s of %s failed\n' "$bad" "$n"; exit 1; }
