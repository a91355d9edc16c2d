"""The major version of PostgreSQL that a project's tests need, if any."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cicd.config.compose import is_compose
from cicd.config.dependencies import dependencies
from cicd.config.files import join, line_at, parent, upward
from cicd.config.finding import Finding
from cicd.config.migrations import find_alembic, find_manage
from cicd.config.setting_files import setting_files
from cicd.config.skipped import is_seldom

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicd.config.files import Files

NEWEST = "18"
_DRIVERS = (
    "psycopg psycopg-binary psycopg-c psycopg2 psycopg2-binary psycopg2cffi asyncpg pg8000 aiopg "
    "databases[postgresql] databases[asyncpg] databases[aiopg] tortoise-orm[asyncpg] "
    "tortoise-orm[psycopg] piccolo[postgres] sqlalchemy[asyncpg] sqlalchemy[postgresql] "
    "sqlalchemy[postgresql-asyncpg] sqlalchemy[postgresql-psycopg] peewee[postgres]"
).split()
_IMAGE = re.compile(
    r"image:\s*.*?\b(?:postgres|postgis|pgvector|postgresql|timescaledb|timescaledb-ha|"
    r"postgresql-repmgr|supabase/postgres|postgres-ha|pgrouting|paradedb)"
    r"(?:@[^\s:]+)?:(?P<tag>[^\s\"'#]+)"
)
_BUILT = re.compile(r"^FROM\s+\S*\b(?:postgres|postgis|pgvector)\S*:(?P<tag>\S+)", re.M)
_LOCKED = re.compile(r'^name = "(psycopg\w*|psycopg2-binary|asyncpg|pg8000|aiopg)"', re.M)
_ENGINE = re.compile(r"backends[._]postgresql|postgresql(\+\w+)?://|backends\.postgis|psycopg")


def find_postgres(files: Files, folder: str) -> Finding:
    """The version of the repository's service; the newest where it names none; None without."""
    reason = _uses(files, folder)
    if not reason:
        return Finding(None)
    for name in _service_files(files, folder):
        if found := _version(files, name):
            return found
    return Finding(NEWEST, "default", f"uses PostgreSQL ({reason}), and no service says which")


def compose_files(files: Files, folder: str) -> list[str]:
    """The compose files in this folder, above it, and in their `docker` folders; plain ones first.

    Those of production come last, those inside the folder before those above it.
    """
    near = [f for above in upward(folder) for f in (above, join(above, "docker"))]
    near += [join(above, ".devcontainer") for above in upward(folder)]
    found = [name for each in near for name in files.inside(each) if is_compose(name)]
    return sorted(found, key=lambda name: "prod" in name)


def _uses(files: Files, folder: str) -> str:
    """Why the project needs PostgreSQL: its driver, or a database address in its settings."""
    known = dependencies(files, folder, workspace=False)
    driver = next((name for name in _DRIVERS if name in known), "")
    if driver:
        return driver
    if _is_locked_without(files, folder):
        return ""
    if find_alembic(files, folder) or find_manage(files, folder):
        for name in setting_files(files, folder):
            if _ENGINE.search(files.text(name)):
                return name
    return ""


def _is_locked_without(files: Files, folder: str) -> bool:
    """Whether a lock says that no driver is installed: what settings offer then stays unused."""
    locks = [
        n for n in (join(folder, b) for b in ("uv.lock", "poetry.lock", "pdm.lock")) if n in files
    ]
    return bool(locks) and not any(_LOCKED.search(files.text(name)) for name in locks)


def _service_files(files: Files, folder: str) -> Iterator[str]:
    compose = compose_files(files, folder)
    yield from (name for name in compose if "prod" not in name)
    workflows = [n for n in files.inside(".github/workflows") if n.endswith((".yml", ".yaml"))]
    yield from sorted(workflows, key=lambda name: "release" in name or "deploy" in name)
    yield from (name for name in (".gitlab-ci.yml",) if name in files)
    yield from (name for name in compose if "prod" in name)
    anywhere = [name for name in files.names if is_compose(name) and not is_seldom(parent(name))]
    yield from sorted(anywhere, key=lambda name: not name.startswith(f"{folder}/"))
    yield from (n for n in files.below("docker") if n.endswith((".yml", ".yaml")))
    yield from (n for n in files.names if "postgres" in n and "Dockerfile" in n)


def _version(files: Files, name: str) -> Finding | None:
    text = files.text(name)
    for found in (_BUILT if "Dockerfile" in name else _IMAGE).finditer(text):
        if major := _major(found["tag"], files):
            return Finding(major, f"{name}:{line_at(text, found.start())}")
    return None


def _major(tag: str, files: Files) -> str:
    """The major of a tag: "15-alpine", "pg16", "${PG_VERSION:-15}", "${PG_VERSION}" from `.env`."""
    variable = re.match(r"\$\{?(\w+)(?::?-([^}]*))?", tag)
    if variable:
        env = re.search(rf"^{variable[1]}\s*=\s*[\"']?(\S+?)[\"']?\s*$", files.text(".env"), re.M)
        tag = env[1] if env else variable[2] or ""
    found = re.match(r"(?:latest-)?(?:pg)?(\d{1,2})(?!\d)", tag)
    return found[1] if found and int(found[1]) >= 9 else ""
