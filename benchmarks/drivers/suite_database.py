"""Our way: a server in a container, one template, a copy for each process of a pytest command.

    suite_database.py <cache> <provider> <python of the suite> <pytest argument>…

Runs in the folder of a project with Alembic; what a session does besides is left out.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from cicd.database.broker import serve_databases
from cicd.database.catalog import open_server
from cicd.database.connection import connection_env
from cicd.database.container import ContainerProvider
from cicd.database.local import LocalProvider
from cicd.database.port import Need, Provider, Server
from cicd.database.template import keep_template, make_template
from cicd.system.process import plain_env

SCHEMA = "the bookshop's migrations"


def main(cache: Path, kind: str, python: str, arguments: list[str]) -> int:
    providers: dict[str, Provider] = {
        "container": ContainerProvider(cache=cache, environ=os.environ),
        "local": LocalProvider(cache=cache, path=os.environ["PATH"]),
    }
    need = Need(major="15", extensions=("uuid-ossp", "pg_trgm"))
    with open_server(need, [providers[kind]], schema=SCHEMA) as server:
        template = make_template(server, SCHEMA, lambda dbname: migrate(server, python, dbname))
        if not template.reused:
            keep_template(server, SCHEMA)
        with serve_databases(server, template, templates={}) as broker:
            env = plain_env(os.environ, broker.env)
            return subprocess.run((python, "-m", "pytest", *arguments), env=env).returncode


def migrate(server: Server, python: str, dbname: str) -> None:
    env = plain_env(os.environ, connection_env(server, dbname, {}))
    subprocess.run((python, "-m", "alembic", "upgrade", "head"), env=env, check=True)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4:]))
