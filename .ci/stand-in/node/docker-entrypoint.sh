#!/bin/sh
# As in the official image, what is no program (an option, a file) is an argument of node.
set -e
case ${1:-} in
-*) set -- node "$@" ;;
*) if ! command -v "${1:-}" >/dev/null; then set -- node "$@"; fi ;;
esac
exec "$@"
