#!/usr/bin/env bash
# A new PostgreSQL with the schema in it, as long as a command runs: with-database.sh COMMAND...
set -euo pipefail
export POSTGRES_SERVER=127.0.0.1 POSTGRES_USER=bookshop POSTGRES_PASSWORD=bookshop POSTGRES_DB=bookshop
id=$(docker run --detach --rm --publish 127.0.0.1::5432 \
    --env POSTGRES_USER --env POSTGRES_PASSWORD --env POSTGRES_DB postgres:15)
trap 'docker rm --force --volumes "$id" >/dev/null' EXIT
POSTGRES_PORT=$(docker port "$id" 5432/tcp | head -n 1)
export POSTGRES_PORT=${POSTGRES_PORT##*:}
# -h: while it is made, the server answers on its socket only.
until docker exec "$id" pg_isready --quiet -h 127.0.0.1 -U bookshop; do sleep 0.2; done
uv run alembic upgrade head
"$@"
