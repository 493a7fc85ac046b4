# shellcheck shell=bash
# A private Redis on loopback: database 0 is the cache, database 1 holds the rate limits.

REDIS_DIR=$RUN/redis
REDIS_CONF=$REDIS_DIR/redis.conf
PORT_REDIS=${PORT_REDIS:-56379}

redis_pid() { live_pid "$REDIS_DIR/redis.pid" "$REDIS_CONF"; }
redis_ping() { [ "$(redis-cli -h 127.0.0.1 -p "$PORT_REDIS" ping)" = PONG ]; }

redis_conf() {
    cat <<CONF
bind 127.0.0.1
port $PORT_REDIS
databases 2
dir $REDIS_DIR
pidfile $REDIS_DIR/redis.pid
# The command line keeps the path of this file: scripts/down knows its own by it.
set-proc-title no
# Limits and records must survive a restart and must never be evicted.
appendonly yes
appendfsync everysec
maxmemory-policy noeviction
save 3600 1 300 1000
tcp-backlog 511
CONF
}

redis_up() {
    local pid
    mkdir -p "$REDIS_DIR"
    if redis_conf | write_if_changed "$REDIS_CONF" 0600; then redis_down; fi
    redis_pid >/dev/null && redis_ping && return 0
    require_port PORT_REDIS "$PORT_REDIS"
    step "Redis on 127.0.0.1:$PORT_REDIS"
    start_daemon "$LOGS/redis.log" redis-server "$REDIS_CONF"
    pid=$DAEMON_PID
    if ! wait_started "$pid" 15 redis_ping; then
        log_tail "$LOGS/redis.log"
        die "Redis did not start" "mend what the log says, then run scripts/up again"
    fi
    printf '%s\n' "$pid" >"$REDIS_DIR/redis.pid"
}

redis_down() {
    local pid
    pid=$(redis_pid) || return 0
    step "stopping Redis"
    stop_pid Redis "$pid" TERM 15
}
