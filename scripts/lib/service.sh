# shellcheck shell=bash
# The service itself: its environment file, its start in a session of its own, and what a second run changes.

SERVICE_ENV=$RUN/service.env
SERVICE_PID=$RUN/userprofile-api.pid
SERVICE_BUILD=$RUN/userprofile-api.build
FCGI_SOCKET=$(sockets_dir)/fcgi.sock
SERVICE_KEYS=(PARTICIPATION_API_KEY MODERATION_API_KEY ACTIVITIES_API_KEY PAYMENT_API_KEY)
# Taken from the environment of scripts/up when set there; otherwise what service.env says stays.
SERVICE_OVERRIDES=(CACHE_ENABLED ENABLE_METRICS LOG_LEVEL LOG_FORMAT UPA_WORKERS UPA_THREADS
    DATABASE_POOL_MIN_SIZE DATABASE_POOL_MAX_SIZE CORS_ORIGINS SERVICE_KEY_SCOPES)

# What the run directory decides, on every run.
service_env_fixed() {
    cat <<ENV
ENVIRONMENT=development
FCGI_SOCKET=$FCGI_SOCKET
DATABASE_URL=$(pg_api_url)
REDIS_URL=redis://127.0.0.1:$PORT_REDIS
REDIS_CACHE_DB=0
REDIS_RATE_LIMIT_DB=1
JWT_SECRET_KEY=$(secret jwt)
RATE_LIMIT_ENABLED=${RATE_LIMIT_ENABLED:-true}
UPA_PID_FILE=$SERVICE_PID
ENV
    local name
    for name in "${SERVICE_KEYS[@]}"; do printf '%s=%s\n' "$name" "$(secret "$name")"; done
    for name in "${SERVICE_OVERRIDES[@]}"; do
        [ -z "${!name+set}" ] || printf '%s=%s\n' "$name" "${!name}"
    done
}

# What a developer may edit; given once.
service_env_defaults() {
    cat <<'ENV'
IMAGE_API_CDN_DOMAIN=cdn.example.com
LOG_LEVEL=INFO
LOG_FORMAT=json
CACHE_ENABLED=true
ENABLE_METRICS=true
ENV
}

# Edits survive, unless they are about what the run directory decides.
service_env() {
    local fixed names
    fixed=$(service_env_fixed)
    names=$(cut -d= -f1 <<<"$fixed" | paste -sd'|')
    {
        printf '# Edit, then: userprofile-api reload --wait --pid-file %s\n' "$SERVICE_PID"
        printf '# Set anew by every scripts/up:\n%s\n# Yours:\n' "$fixed"
        if [ -s "$SERVICE_ENV" ]; then
            grep -vE "^(# (Edit|Set|Yours)|($names)=)" "$SERVICE_ENV" || true
        else
            service_env_defaults | grep -vE "^($names)=" || true
        fi
    } | write_if_changed "$SERVICE_ENV" 0600
}

service_pid() { live_pid "$SERVICE_PID" "$SERVICE_ENV"; }
service_healthy() {
    curl -sf -o /dev/null --max-time 3 --cacert "$CA_CERT" "https://localhost:$PORT_HTTPS/health"
}
service_build() { stat -Lc '%n %i %Y %s' "$SERVICE_BINARY"; }

# Only what it needs: a shell that has read dev.env must not configure it. Expects SERVICE_BINARY.
service_start() {
    step "userprofile-api ($SERVICE_BINARY)"
    rm -f "$SERVICE_PID"
    start_daemon "$LOGS/service.log" env -i PATH="$PATH" HOME="${HOME:-/}" LANG=C.UTF-8 \
        "$SERVICE_BINARY" serve --env-file "$SERVICE_ENV"
    SERVICE_STARTED=$DAEMON_PID
    service_build >"$SERVICE_BUILD"
}

service_up() {
    local changed=no
    if service_env; then changed=yes; fi
    SERVICE_STARTED=
    if service_pid >/dev/null && ! service_build | cmp -s - "$SERVICE_BUILD"; then
        service_down
    fi
    if ! service_pid >/dev/null; then
        service_start
    elif [ "$changed" = yes ]; then
        step "userprofile-api: new configuration"
        "$SERVICE_BINARY" reload --wait --pid-file "$SERVICE_PID" || {
            log_tail "$LOGS/service.log"
            die "the new configuration was refused; the old one is still served" "mend $SERVICE_ENV, then run scripts/up again"
        }
    fi
}

# Ready means: answered through nginx. A process that ended is reported at once.
service_ready() {
    if ! wait_started "${SERVICE_STARTED:-$(service_pid)}" 30 service_healthy; then
        log_tail "$LOGS/service.log"
        die "the service does not answer on https://localhost:$PORT_HTTPS/health" "mend what $LOGS/service.log says, then run scripts/up again"
    fi
}

service_down() {
    local pid
    pid=$(service_pid) || return 0
    step "stopping userprofile-api"
    stop_pid userprofile-api "$pid" TERM 45
    rm -f "$SERVICE_PID"
}
