# What the build scripts of the stand-ins share: a root folder from Debian's packages, made outside the
# engine, and an image from it. Source it; `here` is the stand-in's own folder, `work` a temporary one.
# shellcheck shell=bash disable=SC2154
. "$here/../../lib.sh"
. "$here/../../debian.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# make_root SUITE PACKAGES OPTION…: writes $work/root.tar with the packages (a list with commas), after
# running `finish` in it, if there is one. The options are mmdebstrap's.
make_root() {
    local suite=$1 packages=$2 path options=()
    shift 2
    command -v mmdebstrap >/dev/null || apt_install mmdebstrap
    for path in '/usr/share/doc/*' '/usr/share/man/*' '/usr/share/info/*' '/usr/share/locale/*/*'; do
        options+=(--dpkgopt="path-exclude=$path")
    done
    [[ ! -f $here/finish ]] || options+=(--customize-hook="copy-in $here/finish /tmp" --customize-hook='chroot "$1" /tmp/finish')
    debian_apt_settings >"$work/apt.conf"
    mmdebstrap --mode=root --variant=essential --aptopt="$work/apt.conf" --include="$packages" \
        "$@" --skip=cleanup/run "${options[@]}" "$suite" "$work/root.tar" "$(debian_source "$suite")"
}

# make_image IMAGE RECIPE: from the stand-in's Dockerfile, beside whose files lie root.tar and `machine`.
make_image() {
    make_machine
    cp "$here"/* "$work"
    docker build --label "cicd.stand-in=$2" --tag "$1" "$work"
}

# What programs in a container need to reach the package registries as this machine does: whom it trusts,
# and where it looks. The second copy outlives `update-ca-certificates`; the variables name that one.
make_machine() {
    local bundle=${SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt} etc=$work/machine/etc local=$work/machine/usr/local
    install -D -m 644 "$bundle" "$etc/ssl/certs/ca-certificates.crt"
    install -D -m 644 "$bundle" "$local/share/cicd/ca.crt"
    mkdir -p "$etc/apt/apt.conf.d" "$local/etc"
    debian_apt_settings >"$etc/apt/apt.conf.d/90this-machine"
    pip_settings >"$etc/pip.conf"
    npm_settings >"$local/etc/npmrc"
}

pip_settings() {
    echo "[global]"
    python3 -m pip config list 2>/dev/null | sed -n "s/^\(global\|:env:\)\.\(index-url\|extra-index-url\|trusted-host\)='\(.*\)'$/\2 = \3/p" || true
}

npm_settings() {
    { command -v npm >/dev/null && npm config get registry 2>/dev/null; } | sed -n 's/^http/registry=http/p' || true
}
