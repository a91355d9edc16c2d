"""What runs in the container in place of the image's own entrypoint.

The image's starts the server twice and waits 0.1 s at a time between: 1.5 s until the first
query, where this takes 0.8. This one also ends when its standard input closes, which happens
when the process that wanted the server is killed, and after a maximum lifetime.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from cicd.database import settings

if TYPE_CHECKING:
    from collections.abc import Mapping

LIFETIME_S = 6 * 3600
PORT = 5432
CLUSTER = "cicd"
KEEP = "CICD_KEEP"
"""When set, the container stays when the server has stopped, until standard input closes."""
PRISTINE = "pristine"
"""Beside the data: a copy of it from before the server's first start."""


def data_mount(major: str) -> str:
    """Where the image declares its volume; 18 moved it. Mounting on it saves a volume."""
    return "/var/lib/postgresql/data" if int(major) < 18 else "/var/lib/postgresql"


def environment(major: str) -> Mapping[str, str]:
    home = f"{data_mount(major)}/cicd"
    return {"PGDATA": f"{home}/data", "CICD_HOME": home, "TZ": "UTC", "LC_ALL": "C"}


def script(major: str, *, unpack_bytes: int | None) -> str:
    """The shell script. Standard input begins with a line that holds the password, or, with
    `unpack_bytes`, with a tar file of the data that is so long. Then it stays open for as
    long as we live."""
    server = settings.server_arguments(listen="*", port=PORT, cluster=CLUSTER)
    return _SCRIPT.format(
        data=_initdb(major) if unpack_bytes is None else _UNPACK.format(size=unpack_bytes),
        server=shlex.join(("postgres", *server)),
        lifetime=LIFETIME_S,
    )


def _initdb(major: str) -> str:
    return _INITDB.format(initdb=shlex.join(("initdb", *settings.initdb_arguments(major))))


# Counted, so that a damaged file ends here instead of waiting for its other half.
# Data that was copied from a server that ran has the number of its process in it.
_UNPACK = 'head -c {size} <&3 | tar -x -C "$PGDATA" -f -; rm -f "$PGDATA/postmaster.pid"'

_INITDB = """\
read -r password <&3
printf '%s\\n' "$password" >"$CICD_HOME/password"
{initdb} --pwfile="$CICD_HOME/password" -D "$PGDATA" </dev/null >"$CICD_HOME/initdb.log" 2>&1 ||
    {{ cat "$CICD_HOME/initdb.log" >&2; exit 1; }}
rm "$CICD_HOME/password"
echo 'host all all all scram-sha-256' >>"$PGDATA/pg_hba.conf"
cp -a "$PGDATA" "$CICD_HOME/pristine"
"""

# Descriptor 3 is the standard input that a shell takes from its background jobs.
_SCRIPT = """\
set -e
umask 077
exec 3<&0
mkdir "$CICD_HOME" "$PGDATA"
{data}
{server} </dev/null 3<&- &
server=$!
trap 'kill -QUIT $server' TERM INT
{{ cat <&3 >/dev/null; kill -QUIT $server; }} 2>/dev/null &
owner=$!
{{ sleep {lifetime}; kill -QUIT $server $owner; }} 2>/dev/null &
code=0
wait $server || code=$?
[ -z "$CICD_KEEP" ] || wait $owner || true
exit $code
"""
