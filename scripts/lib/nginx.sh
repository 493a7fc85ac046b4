# shellcheck shell=bash
# The configuration templates under nginx/ rendered into the run directory, and an nginx that serves them.

NGINX_DIR=$RUN/nginx
PORT_HTTP=${PORT_HTTP:-8080}
PORT_HTTPS=${PORT_HTTPS:-8443}
PORT_STATUS=${PORT_STATUS:-8081}

# render FILE NAME=VALUE…: stdout is FILE with every @NAME@ replaced; a marker without a value is an error.
render() {
    local file=$1 text pair left
    shift
    text=$(<"$file")
    for pair; do text=${text//"@${pair%%=*}@"/"${pair#*=}"}; done
    left=$(grep -o '@[A-Z][A-Z_]*@' <<<"$text" | sort -u | tr '\n' ' ') || true
    [ -z "$left" ] || die "nobody gave a value for ${left}in $file" "add it to the caller in scripts/lib/nginx.sh"
    printf '%s\n' "$text"
}

# render_nginx DIRECTORY NAME=VALUE…: all templates into DIRECTORY; succeeds when anything changed.
render_nginx() {
    local into=$1 file changed=1
    shift
    while IFS= read -r file; do
        mkdir -p "$into/$(dirname "$file")"
        render "$ROOT/nginx/$file" "$@" >"$into/$file.rendered"
        if write_if_changed "$into/$file" 0644 <"$into/$file.rendered"; then changed=0; fi
        rm -f "$into/$file.rendered"
    done < <(cd "$ROOT/nginx" && find . -name '*.conf' -printf '%P\n')
    return "$changed"
}

nginx_values() {
    local user=''
    # Started by root, the processes must still reach the socket below the run directory.
    [ "$(id -u)" != 0 ] || user='user root;'
    NGINX_VALUES=(
        "NGINX_USER=$user" "STATE_DIR=$NGINX_DIR" "LOG_DIR=$LOGS" "FCGI_SOCKET=$FCGI_SOCKET"
        "LISTEN=127.0.0.1" "PORT_HTTP=$PORT_HTTP" "PORT_HTTPS=$PORT_HTTPS" "HTTPS_PORT_SUFFIX=:$PORT_HTTPS"
        "STATUS_LISTEN=127.0.0.1:$PORT_STATUS" "SERVER_NAMES=localhost 127.0.0.1 [::1]"
        "TLS_CERTIFICATE=$TLS_DIR/server.crt" "TLS_KEY=$TLS_DIR/server.key"
        "OPERATOR_NETWORKS="
        "EXTRA_SERVERS=${UPA_NGINX_EXTRA:-}" # scripts/bench adds a listener
    )
}

nginx_pid() { live_pid "$NGINX_DIR/nginx.pid" "$NGINX_DIR/nginx.conf"; }
nginx_run() { nginx -e "$LOGS/nginx-error.log" -c "$NGINX_DIR/nginx.conf" "$@"; }
nginx_answers() { curl -sf -o /dev/null --max-time 2 "http://127.0.0.1:$PORT_STATUS/nginx_status"; }

nginx_check() {
    local out
    out=$(nginx_run -t 2>&1) && return 0
    printf '%s\n' "$out" >&2
    die "nginx refuses its configuration" "mend the file under nginx/ that it names"
}

nginx_up() {
    local pid changed=no port
    mkdir -p "$NGINX_DIR/temp"
    nginx_values
    if render_nginx "$NGINX_DIR" "${NGINX_VALUES[@]}"; then changed=yes; fi
    # A renewed certificate has the same path.
    if [ "$TLS_DIR/server.crt" -nt "$NGINX_DIR/nginx.pid" ]; then changed=yes; fi
    if pid=$(nginx_pid); then
        [ "$changed" = yes ] || return 0
        step "nginx: new configuration"
        nginx_check
        kill -s HUP "$pid"
        touch "$NGINX_DIR/nginx.pid"
    else
        kill_orphans "$NGINX_DIR/nginx.pid" nginx
        for port in PORT_HTTP PORT_HTTPS PORT_STATUS; do require_port "$port" "${!port}"; done
        rm -f "$NGINX_DIR/nginx.pid"
        nginx_check
        step "nginx on https://localhost:$PORT_HTTPS"
        start_daemon "$LOGS/nginx-error.log" nginx -e "$LOGS/nginx-error.log" -c "$NGINX_DIR/nginx.conf" -g 'daemon off;'
    fi
    wait_until 15 nginx_answers || {
        log_tail "$LOGS/nginx-error.log"
        die "nginx does not answer" "mend what the log says, then run scripts/up again"
    }
}

nginx_down() {
    local pid
    pid=$(nginx_pid) || return 0
    step "stopping nginx"
    stop_pid nginx "$pid" QUIT 45
}
