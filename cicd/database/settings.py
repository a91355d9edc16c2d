"""How a server that we own is set up: nothing in it outlives us, so nothing is synced."""

from __future__ import annotations

from cicd.database.port import LOCALE

SUPERUSER = "postgres"

SETTINGS: dict[str, str] = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_connections": "200",
    "max_locks_per_transaction": "256",
    "max_wal_size": "256MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "unix_socket_directories": "",
    # In the data folder: a killed server would leave POSIX segments in /dev/shm.
    "dynamic_shared_memory_type": "mmap",
}


def server_arguments(*, listen: str, port: int, cluster: str) -> tuple[str, ...]:
    """Arguments of `postgres`. By the name `cluster` it can be told from any other server."""
    own = {"listen_addresses": listen, "port": str(port), "cluster_name": cluster}
    settings = {**SETTINGS, **own}
    return tuple(word for name in settings for word in ("-c", f"{name}={settings[name]}"))


def initdb_arguments(major: str) -> tuple[str, ...]:
    """Arguments of `initdb`, without the data folder and the password's file."""
    arguments = (
        "--no-sync",
        "--encoding=UTF8",
        f"--locale={LOCALE}",
        "--auth=scram-sha-256",
        f"--username={SUPERUSER}",
    )
    # 1 MB of write-ahead log instead of 16: a third less to copy for a prepared folder.
    return arguments if int(major) < 11 else (*arguments, "--wal-segsize=1")
