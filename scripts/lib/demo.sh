# shellcheck shell=bash
# Schema, demo users, and the file that tells people and tests where everything is.

DEV_ENV=$RUN/dev.env
DEMO_PASSWORD='correct horse battery staple'
# In the order of sql/fixtures/demo.sql, whose ids count from 1: they stay when somebody renames or deletes a demo user.
DEMO_USERS=(ALICE BOB PREM MOD ADMIN BLOCKER BANNED)

schema_up() {
    local out password=''
    # The role comes with the migrations, its password from here.
    pg_as userprofile_api "$PG_DATABASE" -c 'select 1' >/dev/null 2>&1 || password=$(secret userprofile_api)
    out=$(MIGRATE_DATABASE_URL=$(pg_url) APP_DB_PASSWORD=$password "$ROOT/scripts/migrate" up 2>&1) || {
        printf '%s\n' "$out" >&2
        die "the migrations failed" "mend what is said above, then run scripts/up again"
    }
    [ -z "$password" ] || step "schema"
}

# The salt is fixed: everybody's hash is the same, so that a second run changes nothing.
demo_hash() { printf %s "$DEMO_PASSWORD" | argon2 userprofile-demo -id -v 13 -k 65536 -t 3 -p 4 -l 32 -e; }

demo_up() { pg_sql -v demo_hash="$(demo_hash)" -f "$ROOT/sql/fixtures/demo.sql" >/dev/null; }

demo_token() { "$SERVICE_BINARY" token mint --sub "$1" --ttl 2592000 --env-file "$SERVICE_ENV"; }

export_line() { printf 'export %s=%q\n' "$1" "$2"; }

dev_env() {
    local name id number=0
    {
        export_line BASE_URL "https://localhost:$PORT_HTTPS"
        export_line HTTP_URL "http://localhost:$PORT_HTTP"
        export_line CA_CERT "$CA_CERT"
        export_line METRICS_URL "http://127.0.0.1:$PORT_STATUS/metrics"
        export_line STATUS_URL "http://127.0.0.1:$PORT_STATUS/nginx_status"
        export_line FCGI_SOCKET "$FCGI_SOCKET"
        export_line DATABASE_URL "$(pg_url)"
        export_line REDIS_URL "redis://127.0.0.1:$PORT_REDIS"
        export_line JWT_SECRET_KEY "$(secret jwt)"
        for name in "${SERVICE_KEYS[@]}"; do export_line "$name" "$(secret "$name")"; done
        export_line IMAGE_API_CDN_DOMAIN "$(sed -n 's/^IMAGE_API_CDN_DOMAIN=//p' "$SERVICE_ENV")"
        export_line SUPERVISOR_PID_FILE "$SERVICE_PID"
        export_line SERVICE_ENV_FILE "$SERVICE_ENV"
        for name in "${DEMO_USERS[@]}"; do
            number=$((number + 1))
            id=01900000-0000-7000-8000-00000000000$number
            export_line "USER_$name" "$id"
            export_line "TOKEN_$name" "$(demo_token "$id")"
        done
    } >"$DEV_ENV.new"
    chmod 0600 "$DEV_ENV.new"
    mv -f "$DEV_ENV.new" "$DEV_ENV"
}

# bulk_up N
bulk_up() {
    step "$1 users"
    pg_sql -v users="$1" -f "$ROOT/sql/fixtures/bulk.sql"
}
