# Packages of Debian 12 and 13, unpacked beside the system rather than installed in it. Source it after lib.sh.
# shellcheck shell=bash

CICD_CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/cicd-ci

# debian_unpack SUITE FOLDER PACKAGE…: unpacks the packages, without what they depend on, into FOLDER.
# apt gets a configuration and lists of its own, so the system's are never touched.
debian_unpack() {
    local suite=$1 folder=$2 here=$CICD_CACHE/apt-$1 work
    shift 2
    command -v apt-get >/dev/null || fail "apt-get is missing, and $* come from Debian's packages"
    work=$(mktemp -d)
    mkdir -p "$here/lists/partial" "$here/cache/archives/partial" "$folder"
    (
        flock 8 # apt refuses, rather than waits, where another one uses the same lists
        debian_source "$suite" >"$here/sources.list"
        touch "$here/status"
        debian_apt update || echo "apt-get update failed"
        cd "$work" && debian_apt download "$@"
    ) 8>"$here/lock" || fail "cannot fetch $* of Debian $suite: apt-get's messages are above"
    for package in "$work"/*.deb; do dpkg -x "$package" "$folder" || fail "cannot unpack $package"; done
    rm -rf "$work"
}

debian_apt() {
    apt-get -o Acquire::Retries=3 -o Acquire::Languages=none \
        -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false -o APT::Sandbox::User=root \
        -o Dir::Etc::SourceList="$here/sources.list" -o Dir::Etc::SourceParts=- \
        -o Dir::State::Lists="$here/lists" -o Dir::State::status="$here/status" -o Dir::Cache="$here/cache" "$@"
}

# debian_source SUITE: a source of it, from the mirror that this machine has Debian 12 from.
debian_source() {
    local mirror key
    mirror=$(debian_mirror)
    [[ -n $mirror ]] || fail "no apt source of this machine has Debian 12"
    key=/usr/share/keyrings/debian-archive-keyring.gpg
    [[ -f $key ]] || apt_install debian-archive-keyring >&2
    echo "deb [signed-by=$key] $mirror $1 main"
}

debian_mirror() {
    apt-get update --print-uris 2>/dev/null | sed -n "s|^'\(.*\)/dists/bookworm/InRelease'.*|\1|p" | sed -n 1p
}

# How this machine reaches its sources (proxies, checks of dates), for an apt that does not read /etc/apt.
debian_apt_settings() {
    apt-config dump --format '%f "%v";%n' | grep -E '^Acquire::(Check-|https?::|Retries )' || true
}
