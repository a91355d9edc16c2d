# What the scripts of this folder share: steps with a log each, and packages from Debian. Source it.
# shellcheck shell=bash

CICD_LOGS=$(realpath -m "${CICD_LOGS:-$(dirname "${BASH_SOURCE[0]}")/logs}")
export CICD_LOGS
mkdir -p "$CICD_LOGS"

# step NAME COMMAND…: runs the command with its output in a log, prints one line (verdict, name,
# seconds), after a failure the end of the log too, and returns the command's code. Give it programs
# and scripts rather than functions: bash ignores `set -e` in a function whose code is tested.
step() {
    local name=$1 code=0 started=${EPOCHREALTIME/[.,]/} log verdict=ok tenths
    shift
    log=$CICD_LOGS/${name//[^A-Za-z0-9._-]/-}.log
    "$@" </dev/null >"$log" 2>&1 || code=$?
    ((code == 0)) || verdict=FAILED
    tenths=$(((${EPOCHREALTIME/[.,]/} - started) / 100000))
    printf '%-6s  %-32s %4d.%d s\n' "$verdict" "$name" $((tenths / 10)) $((tenths % 10))
    ((code == 0)) || show_end "$name" "$code" "$log"
    return "$code"
}

show_end() {
    local name=$1 code=$2 log=$3
    printf -- '---- %s ended with %d; the last lines of its log:\n' "$name" "$code"
    tail -n 60 "$log"
    printf -- '---- the whole log: %s\n' "$log"
}

# apt_install PACKAGE…: installs without recommended packages; waits for apt's lock, and tries three
# times with fresh lists. An update that fails is no failure yet: the lists there may be enough.
apt_install() {
    local try options=(-o DPkg::Lock::Timeout=120 -o Acquire::Retries=3)
    ((EUID == 0)) || fail "only root can install $*"
    export DEBIAN_FRONTEND=noninteractive
    for try in 1 2 3; do
        apt-get "${options[@]}" update || echo "apt-get update failed"
        apt-get "${options[@]}" install --yes --no-install-recommends "$@" && return
        echo "attempt $try to install $* failed"
        sleep $((try * 3))
    done
    fail "cannot install $*: apt-get's messages are above"
}

fail() {
    echo "${0##*/}: $*" >&2
    exit 1
}
