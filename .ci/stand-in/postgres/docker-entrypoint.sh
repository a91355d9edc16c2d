#!/usr/bin/env bash
# Prepares a data folder as the official postgres image does, then becomes the command. Written from that
# image's documentation: POSTGRES_USER, _PASSWORD, _DB (each also as …_FILE), _INITDB_ARGS,
# _HOST_AUTH_METHOD, PGDATA, and the scripts in /docker-entrypoint-initdb.d.
set -eo pipefail

main() {
    [[ ${1:-} == -* ]] && set -- postgres "$@"
    if [[ ${1:-} == postgres ]] && ! asks_only "$@"; then
        own_data
        ((EUID != 0)) || become_postgres "$@"
        [[ -s $PGDATA/PG_VERSION ]] || initialise "$@"
    fi
    exec "$@"
}

asks_only() {
    local word
    for word; do
        case $word in -\? | --help | --version | -V | --describe-config) return 0 ;; esac
    done
    return 1
}

own_data() {
    mkdir -p "$PGDATA"
    ((EUID == 0)) || return 0
    find "$PGDATA" /var/run/postgresql \! -user postgres -exec chown postgres {} +
    chmod 700 "$PGDATA"
}

become_postgres() {
    export HOME=/var/lib/postgresql
    exec setpriv --reuid=postgres --regid=postgres --init-groups "${BASH_SOURCE[0]}" "$@"
}

initialise() {
    local server_options
    read_setting POSTGRES_PASSWORD ''
    read_setting POSTGRES_USER postgres
    read_setting POSTGRES_DB "$POSTGRES_USER"
    read_setting POSTGRES_INITDB_ARGS ''
    require_password
    eval 'initdb --username="$POSTGRES_USER" --pwfile=<(printf "%s\n" "$POSTGRES_PASSWORD") '"$POSTGRES_INITDB_ARGS"
    printf '\nhost all all all %s\n' "${POSTGRES_HOST_AUTH_METHOD:-$("$@" -C password_encryption)}" >>"$PGDATA/pg_hba.conf"
    export PGUSER=${PGUSER:-$POSTGRES_USER} PGPASSWORD=${PGPASSWORD:-$POSTGRES_PASSWORD}
    # Reachable through its socket only, so nobody outside takes it for the finished server.
    server_options=$(printf '%q ' "${@:2}" -c listen_addresses= -p "${PGPORT:-5432}")
    pg_ctl -D "$PGDATA" -w -o "$server_options" start
    create_database
    run_scripts
    pg_ctl -D "$PGDATA" -w -m fast stop
    unset PGPASSWORD PGUSER
    printf '\nPostgreSQL init process complete; ready for start up.\n\n'
}

# read_setting NAME DEFAULT: the variable, or the content of the file that NAME_FILE names.
read_setting() {
    local from_file=${1}_FILE
    [[ -z ${!1} || -z ${!from_file} ]] || refuse "both $1 and $from_file are set"
    [[ -z ${!from_file} ]] || export "$1=$(<"${!from_file}")"
    export "$1=${!1:-$2}"
}

require_password() {
    [[ -n $POSTGRES_PASSWORD || $POSTGRES_HOST_AUTH_METHOD == trust ]] ||
        refuse "set POSTGRES_PASSWORD to a password for the superuser (or POSTGRES_HOST_AUTH_METHOD=trust)"
}

create_database() {
    [[ $POSTGRES_DB == postgres ]] || createdb -U "$POSTGRES_USER" --maintenance-db=postgres "$POSTGRES_DB"
}

run_scripts() {
    local script
    for script in /docker-entrypoint-initdb.d/*; do
        [[ -f $script ]] || continue
        echo "init script: $script"
        case $script in
        *.sh)
            # shellcheck disable=SC1090
            if [[ -x $script ]]; then "$script"; else . "$script"; fi
            ;;
        *.sql) docker_process_sql -f "$script" ;;
        *.sql.gz) gunzip -c "$script" | docker_process_sql ;;
        esac
    done
}

# The name that scripts written for the official image may call.
docker_process_sql() {
    PGHOST='' PGHOSTADDR='' psql -v ON_ERROR_STOP=1 --no-password --no-psqlrc -U "$POSTGRES_USER" -d "$POSTGRES_DB" "$@"
}

refuse() {
    echo "docker-entrypoint.sh: $*" >&2
    exit 1
}

main "$@"
