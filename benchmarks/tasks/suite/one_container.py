"""One container for the whole run: `one_container.py <command>…`."""

import os
import subprocess
import sys

from testcontainers.community.postgres import PostgresContainer

with PostgresContainer("postgres:15", driver=None) as container:
    env = {**os.environ, "DATABASE_URL": container.get_connection_url()}
    code = subprocess.run(sys.argv[1:], env=env, check=False).returncode
sys.exit(code)
