# How the scripts of this folder start a Docker engine in the background. Source it after lib.sh.
# shellcheck shell=bash

# start_dockerd NAME HOST COMMAND…: starts it, its log named after NAME, and waits until it answers at HOST.
start_dockerd() {
    local log=$CICD_LOGS/$1.log host=$2 deadline=$((SECONDS + 60)) pid
    shift 2
    # Its own session and streams: nobody waits for a pipe that a daemon holds open.
    setsid nohup "$@" </dev/null >"$log" 2>&1 9<&- &
    pid=$!
    until engine_answers "$host"; do
        kill -0 "$pid" 2>/dev/null || give_up "dockerd ended" "$log"
        ((SECONDS < deadline)) || give_up "dockerd did not answer within 60 s" "$log"
        sleep 0.2
    done
    echo "started dockerd (pid $pid), its log: $log"
}

# engine_answers [HOST]
engine_answers() {
    timeout 10 docker ${1:+--host "$1"} version --format '{{.Server.Version}}' >/dev/null 2>&1
}

# forget_dead NAME FILE: removes a pid file whose process is gone. A number that another process took over,
# or a dead process that nobody has reaped (its command line is empty), would keep the engine from starting.
forget_dead() {
    local name=$1 file=$2
    [[ -f $file ]] || return 0
    grep -qs "$name" "/proc/$(<"$file")/cmdline" || rm -f "$file"
}

give_up() {
    tail -n 60 "$2"
    fail "$1; its log: $2"
}
