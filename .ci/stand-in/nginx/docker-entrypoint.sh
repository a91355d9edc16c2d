#!/bin/sh
# Runs what lies in /docker-entrypoint.d before nginx starts, then becomes the command. As in the official
# image, a *.envsh is read into this shell, a *.sh is run, and both count only where they may be executed.
set -e

say() { [ -n "${NGINX_ENTRYPOINT_QUIET_LOGS:-}" ] || echo "$0: $*"; }

case ${1:-} in
nginx | nginx-debug)
    for script in /docker-entrypoint.d/*; do
        if [ ! -x "$script" ]; then
            say "ignoring $script, which is not executable"
            continue
        fi
        case $script in
        *.envsh)
            say "reading $script"
            # shellcheck disable=SC1090
            . "$script"
            ;;
        *.sh) say "running $script" && "$script" ;;
        *) say "ignoring $script" ;;
        esac
    done
    ;;
esac
exec "$@"
