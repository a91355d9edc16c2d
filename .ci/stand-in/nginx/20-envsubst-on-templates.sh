#!/bin/sh
# Fills the templates in /etc/nginx/templates with the environment's variables, and no others: nginx has its own.
set -e

templates=${NGINX_ENVSUBST_TEMPLATE_DIR:-/etc/nginx/templates}
suffix=${NGINX_ENVSUBST_TEMPLATE_SUFFIX:-.template}
output=${NGINX_ENVSUBST_OUTPUT_DIR:-/etc/nginx/conf.d}

[ -d "$templates" ] || exit 0
if [ ! -w "$output" ]; then
    echo "$0: $output is not writable, so no template is filled" >&2
    exit 0
fi

wanted=$(awk -v filter="${NGINX_ENVSUBST_FILTER:-}" \
    'BEGIN { for (name in ENVIRON) if (name ~ filter && name ~ /^[A-Za-z_][A-Za-z0-9_]*$/) printf "${%s} ", name }')
find "$templates" -follow -type f -name "*$suffix" | while read -r template; do
    name=${template#"$templates/"}
    target=$output/${name%"$suffix"}
    mkdir -p "$(dirname "$target")"
    envsubst "$wanted" <"$template" >"$target"
done
