# shellcheck shell=bash
# Sourced by every script: where things are, how to speak, which process is really ours.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
RUN=$(realpath -m "${UPA_RUN_DIR:-$ROOT/.run}")
LOGS=$RUN/log
export PATH=$PATH:/usr/sbin:/sbin  # nginx lives there, and an ordinary user may not have it

say() { printf '%s\n' "$*"; }
step() { printf '==> %s\n' "$*"; }
warn() { printf 'warning: %s\n' "$*" >&2; }

# die MESSAGE [WHAT TO DO NEXT]
die() {
    printf '%s: %s\n' "${0##*/}" "$1" >&2
    [ -z "${2:-}" ] || printf '  next: %s\n' "$2" >&2
    exit 1
}

# The comment at the top of a script is its help.
show_help() { awk 'NR > 1 { if (!/^#/) exit; sub(/^# ?/, ""); print }' "$0"; }

need_value() { [ $# -ge 2 ] || die "$1 needs a value" "${0##*/} --help"; }

# log_tail FILE: the end of a log, indented, for a failure message.
log_tail() {
    [ -s "$1" ] || return 0
    printf '  the end of %s:\n' "$1" >&2
    tail -n 20 "$1" | sed 's/^/  | /' >&2
}

# wait_until SECONDS COMMAND…: polls every 50 ms.
wait_until() {
    local deadline=$((${EPOCHREALTIME/./} + $1 * 1000000))
    shift
    until "$@" >/dev/null 2>&1; do
        [ "${EPOCHREALTIME/./}" -lt "$deadline" ] || return 1
        sleep 0.05
    done
}

# live_pid FILE NEEDLE: prints the pid in FILE when that process lives and its command line contains NEEDLE.
# A pid file survives its process, and its number may belong to somebody else by now.
live_pid() {
    local pid=''
    [ -r "$1" ] && read -r pid _ <"$1" || [ -n "$pid" ] || return 1
    [[ $pid =~ ^[1-9][0-9]*$ ]] && [ -r "/proc/$pid/cmdline" ] || return 1
    tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | grep -qF -- "$2" || return 1
    printf '%s\n' "$pid"
}

# A zombie is gone; a process between fork and exec, which has no command line for a moment, is not.
is_gone() {
    local stat
    read -r stat 2>/dev/null <"/proc/$1/stat" || return 0
    case ${stat##*) } in [ZX]*) ;; *) return 1 ;; esac
}

# wait_started PID SECONDS COMMAND…: until the command succeeds; fails at once when the process ends before.
wait_started() {
    local pid=$1 deadline=$((SECONDS + $2))
    shift 2
    until "$@" >/dev/null 2>&1; do
        if is_gone "$pid" || [ "$SECONDS" -gt "$deadline" ]; then return 1; fi
        sleep 0.05
    done
}

# stop_pid NAME PID SIGNAL SECONDS: asks, waits, then insists.
stop_pid() {
    kill -s "$3" "$2" 2>/dev/null || return 0
    wait_until "$4" is_gone "$2" && return 0
    warn "$1 (pid $2) did not stop within $4 s of SIG$3; killing it"
    kill -s KILL "$2" 2>/dev/null || true
    wait_until 5 is_gone "$2"
}

# kill_orphans FILE PROGRAM: children of a killed daemon that hold its port. Its number, in FILE, is still their session's.
kill_orphans() {
    local session='' pid
    read -r session _ 2>/dev/null <"$1" || [ -n "$session" ] || return 0
    for pid in $(ps -o pid=,comm= --sid "$session" | awk -v name="$2" '$2 == name { print $1 }'); do
        is_gone "$pid" || stop_pid "$2" "$pid" KILL 5
    done
}

# start_daemon LOG COMMAND…: in a session of its own, without our terminal and our lock. Sets DAEMON_PID.
start_daemon() {
    local log=$1 size
    shift
    size=$(stat -c %s "$log" 2>/dev/null || echo 0)
    [ "$size" -lt 50000000 ] || mv -f "$log" "$log.1"
    setsid "$@" </dev/null >>"$log" 2>&1 9>&- &
    # shellcheck disable=SC2034  # the caller reads it
    DAEMON_PID=$!
}

port_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# require_port NAME PORT: refuses a port that somebody else listens on, before a server fails less clearly.
require_port() {
    ! port_taken "$2" || die "port $2 is taken by another program" "choose another: $1=… scripts/${0##*/}"
}

# One up or down at a time in a run directory; start_daemon keeps the lock out of what it starts.
# The lock file also marks the directory as ours: --wipe must never remove anything else.
lock_run_dir() {
    if [ -d "$RUN" ] && [ ! -e "$RUN/lock" ] && [ -n "$(ls -A "$RUN")" ]; then
        die "$RUN holds other things than a run of this service" "give UPA_RUN_DIR an empty or new directory"
    fi
    [ ! -d "$RUN" ] || [ -O "$RUN" ] || die "$RUN belongs to $(stat -c %U "$RUN")" "run this as that user, or choose another UPA_RUN_DIR"
    mkdir -p "$RUN" "$LOGS"
    chmod 0700 "$RUN"
    exec 9>"$RUN/lock"
    flock -w 300 9 || die "another scripts/up or scripts/down is busy in $RUN" "wait for it, then try again"
}

# Where sockets go: beside everything else, or in a short directory when the path would not fit sun_path (107 bytes).
sockets_dir() {
    local dir=$RUN/sockets
    [ ${#dir} -le 88 ] || dir=/tmp/upa-$(id -u)-$(printf %s "$RUN" | sha256sum | cut -c1-12)
    printf '%s\n' "$dir"
}

make_sockets_dir() {
    local dir
    dir=$(sockets_dir)
    [ -d "$dir" ] || mkdir -m 0700 "$dir"
    [ -O "$dir" ] || die "$dir belongs to somebody else" "remove it, or choose a shorter UPA_RUN_DIR"
}

# write_if_changed FILE MODE: stdin to FILE by rename; fails (1) when the content was already there.
write_if_changed() {
    local new=$1.new
    { (umask 077 && cat >"$new") && chmod "$2" "$new"; } || die "cannot write $1" "is the disk full?"
    if cmp -s "$new" "$1"; then
        rm -f "$new"
        return 1
    fi
    mv -f "$new" "$1"
}

# secret NAME: 32 random bytes in hex, made once, kept in the run directory.
secret() {
    local file=$RUN/secrets/$1
    if [ ! -s "$file" ]; then
        mkdir -p "$RUN/secrets"
        (umask 077 && openssl rand -hex 32 >"$file")
    fi
    cat "$file"
}
