# shellcheck shell=bash
# A private PostgreSQL 15 cluster: durable, on loopback and a unix socket, passwords for everybody.

PG_BIN=/usr/lib/postgresql/15/bin
PG_DATABASE=userprofile
PORT_PG=${PORT_PG:-55432}
PG_AS=()                        # how to become somebody whom PostgreSQL accepts
PG_HOME=$RUN/postgres           # data directory and configuration
PG_SOCKETS=$(sockets_dir)

# PostgreSQL refuses root. A user namespace makes root look like somebody else and leaves the files root's own;
# where that is forbidden the cluster belongs to the user postgres, in a directory that this user can reach.
pg_identity() {
    local pointer=$RUN/postgres.home
    [ "$(id -u)" = 0 ] || return 0
    if [ ! -s "$pointer" ]; then
        mkdir -p "$PG_HOME"
        PG_AS=(unshare -U --map-user=1000 --map-group=1000)
        if "${PG_AS[@]}" test -w "$PG_HOME" 2>/dev/null; then return 0; fi
        rmdir "$PG_HOME"
        mktemp -d -p /tmp >"$pointer"
        chown postgres: "$(<"$pointer")"
    fi
    PG_AS=(setpriv --reuid=postgres --regid=postgres --clear-groups)
    PG_HOME=$(<"$pointer")
    PG_SOCKETS=$PG_HOME
}

pg_pid() { live_pid "$PG_HOME/data/postmaster.pid" "$PG_HOME/data"; }
pg_ready() { "$PG_BIN/pg_isready" -q -h 127.0.0.1 -p "$PORT_PG"; }

pg_url() { printf 'postgresql://postgres:%s@127.0.0.1:%s/%s' "$(secret postgres)" "$PORT_PG" "$PG_DATABASE"; }
# The service goes through the socket: no TCP on the way of every request.
pg_api_url() {
    printf 'postgresql://userprofile_api:%s@/%s?host=%s&port=%s' \
        "$(secret userprofile_api)" "$PG_DATABASE" "${PG_SOCKETS//\//%2F}" "$PORT_PG"
}
# pg_as USER DATABASE ARGUMENTS…: psql with the password in its environment: arguments show in the process list.
pg_as() {
    local user=$1 database=$2
    shift 2
    PGPASSWORD=$(secret "$user") psql -X -q -v ON_ERROR_STOP=1 -At -h 127.0.0.1 -p "$PORT_PG" -U "$user" -d "$database" "$@"
}
pg_sql() { pg_as postgres "$PG_DATABASE" "$@"; }

# An eighth of the memory for shared buffers, between 128 MB and 1 GB.
pg_shared_buffers() {
    local mb
    mb=$(awk '/^MemTotal/ { print int($2 / 8192) }' /proc/meminfo)
    printf '%sMB' $((mb < 128 ? 128 : mb > 1024 ? 1024 : mb))
}

pg_conf() {
    cat <<CONF
listen_addresses = '127.0.0.1'
port = $PORT_PG
unix_socket_directories = '$PG_SOCKETS'
unix_socket_permissions = 0700
password_encryption = 'scram-sha-256'
max_connections = 200
shared_buffers = '$(pg_shared_buffers)'
effective_cache_size = '2GB'
work_mem = '16MB'
maintenance_work_mem = '256MB'
random_page_cost = 1.1
jit = off                            # requests take microseconds, compiling them milliseconds
max_wal_size = '4GB'
checkpoint_timeout = '15min'
wal_compression = on
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] %q%u@%d '
log_min_duration_statement = '500ms'
log_parameter_max_length = 0         # never what people wrote
log_parameter_max_length_on_error = 0
CONF
}

pg_init() {
    local pwfile=$PG_HOME/pwfile
    step "PostgreSQL cluster in $PG_HOME"
    secret postgres >"$pwfile"
    chmod 0600 "$pwfile"
    chown --reference="$PG_HOME" "$pwfile"
    "${PG_AS[@]}" "$PG_BIN/initdb" -D "$PG_HOME/data" -U postgres --pwfile="$pwfile" --auth=scram-sha-256 \
        --encoding=UTF8 --locale=C.UTF-8 --data-checksums --no-instructions >"$LOGS/initdb.log" 2>&1 || {
        log_tail "$LOGS/initdb.log"
        rm -f "$pwfile"
        die "initdb failed" "mend what the log says, then run scripts/up again"
    }
    rm -f "$pwfile"
    printf "include 'upa.conf'\n" >>"$PG_HOME/data/postgresql.conf"
}

pg_up() {
    local file
    pg_identity
    make_sockets_dir
    mkdir -p "$PG_HOME"
    [ -s "$PG_HOME/data/PG_VERSION" ] || pg_init
    file=$PG_HOME/data/upa.conf
    if pg_conf | write_if_changed "$file" 0600; then
        chown --reference="$PG_HOME" "$file"
        pg_down
    fi
    pg_pid >/dev/null || pg_start
    pg_create_database
}

pg_start() {
    local deadline=$((SECONDS + 20)) mark
    require_port PORT_PG "$PORT_PG"
    # Left by a dead server; the number in them may be anybody's now.
    rm -f "$PG_HOME/data/postmaster.pid" "$PG_SOCKETS/.s.PGSQL.$PORT_PG" "$PG_SOCKETS/.s.PGSQL.$PORT_PG.lock"
    step "PostgreSQL on 127.0.0.1:$PORT_PG"
    while :; do
        mark=$(wc -l 2>/dev/null <"$LOGS/postgres.log" || echo 0)
        start_daemon "$LOGS/postgres.log" "${PG_AS[@]}" "$PG_BIN/postgres" -D "$PG_HOME/data"
        wait_started "$DAEMON_PID" 60 pg_ready && return
        # The children of a server that was killed take a moment to notice; until then they hold its memory.
        tail -n +$((mark + 1)) "$LOGS/postgres.log" | grep -q 'shared memory block .* still in use' || break
        [ "$SECONDS" -lt "$deadline" ] || break
        sleep 0.2
    done
    log_tail "$LOGS/postgres.log"
    die "PostgreSQL did not start" "mend what the log says, then run scripts/up again"
}

pg_create_database() {
    local exists
    exists=$(pg_as postgres postgres -c "select 1 from pg_database where datname = '$PG_DATABASE'")
    [ "$exists" = 1 ] || pg_as postgres postgres -c "create database $PG_DATABASE"
}

pg_down() {
    local pid
    pg_identity
    pid=$(pg_pid) || return 0
    step "stopping PostgreSQL"
    stop_pid PostgreSQL "$pid" INT 60
}

# What --wipe must remove besides the run directory.
pg_wipe() {
    local home
    [ -s "$RUN/postgres.home" ] || return 0
    home=$(<"$RUN/postgres.home")
    case $home in /tmp/tmp.??????????) rm -rf "$home" ;; esac
}
