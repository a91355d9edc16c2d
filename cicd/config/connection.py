"""The variables under which a project reads its connection, and the others it cannot do without."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cicd.config.compose import service_variables
from cicd.config.connection_names import is_secondary, template_of
from cicd.config.dependencies import dependencies
from cicd.config.env_files import example_files, read_variables, real_files
from cicd.config.files import files_of, folder_of, line_at
from cicd.config.finding import Finding
from cicd.config.headings import task_files
from cicd.config.migrations import find_manage
from cicd.config.postgres import compose_files, find_postgres
from cicd.config.setting_sources import read_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicd.config.files import Files
    from cicd.config.parts import Backend
    from cicd.tree import Tree

_PIECES = "{user}:{password}@{host}:{port}/{dbname}"
_SCHEME = re.compile(r"^(postgresql\+\w+)://")
_CHOICE = re.compile(
    r"""^\W*((?:\w+_)?(?:DB|DATABASE)_(?:ENGINE|TYPE|BACKEND|DIALECT|VENDOR|KIND|PROVIDER))"""
    r"""\s*[:=]\s*["']?(postgres(?:ql)?)["']?\s*$""",
    re.M,
)
_PLACEHOLDER = re.compile(r"\{\w+\}")


def find_env(files: Files, folder: str) -> Finding:
    """Connection names with templates; what only an example sets goes along with its value.

    Real `.env` files are the project's own to read: of them only the names are used, and
    where one is committed no example's values are passed.
    """
    found = _connection(files, folder) if find_postgres(files, folder).value else {}
    scheme = _scheme(files, folder, {name: value for name, (_, value, _) in found.items()})
    env = {name: _url(template, value, scheme) for name, (template, value, _) in found.items()}
    others = {} if real_files(files, folder) else _others(files, folder, env)
    origins = dict.fromkeys(origin.partition(":")[0] for _, _, origin in found.values())
    notes = (f"{', '.join(others)}: values of {_source(files, folder)}",) if others else ()
    return Finding(env | others, ", ".join(list(origins)[:3]) or "default", *notes)


def find_scheme(tree: Tree, part: Backend) -> str:
    """The scheme that `DATABASE_URL` needs for the part's own driver; "" for the plain one."""
    files, folder = files_of(tree), folder_of(part.path)
    found = _connection(files, folder)
    return _scheme(files, folder, {name: value for name, (_, value, _) in found.items()})


def _connection(files: Files, folder: str) -> dict[str, tuple[str, str, str]]:
    """Name → template, example value, origin.

    Where sources can read the address of a further database (a replica, analytics) and
    nothing sets it, it stays unset: setting it would turn that database on.
    """
    found: dict[str, tuple[str, str, str]] = {}
    for name, value, sure, origin in _mentions(files, folder):
        if template := sure or template_of(name):
            known = found.get(name, (template, value, origin))
            found[name] = (known[0], known[1] or value, known[2])
    main = {template for name, (template, _, _) in found.items() if not is_secondary(name)}
    return {
        name: each
        for name, each in found.items()
        if not (is_secondary(name) and each[0] in main and ".py:" in each[2])
    }


def _mentions(files: Files, folder: str) -> Iterator[tuple[str, str, str, str]]:
    """Name, value, template where it is sure, and origin; from the surest place to the least."""
    for name in [*real_files(files, folder), *example_files(files, folder)]:
        for variable, value in read_variables(files, name).items():
            yield variable, value, "", files.at(name, f"{variable}=")
    read = set()
    for variable, template, origin in read_names(files, folder):
        read.add(variable)
        yield variable, "", template, origin
    yield from (each for each in _choices(files, folder) if each[0] in read)
    for name in compose_files(files, folder):
        for variable, value, origin in service_variables(files, name):
            yield variable, value, "", origin


def _choices(files: Files, folder: str) -> Iterator[tuple[str, str, str, str]]:
    """Where a task or a workflow makes the project take PostgreSQL: `DB_ENGINE: postgres`."""
    for name in (*task_files(files, folder), *compose_files(files, folder)):
        for found in _CHOICE.finditer(files.text(name)):
            yield found[1], "", found[2], f"{name}:{line_at(files.text(name), found.start())}"


def _others(files: Files, folder: str, env: dict[str, str]) -> dict[str, str]:
    """What the example sets besides the connection; values that hold a placeholder are left out."""
    source = _source(files, folder)
    variables = read_variables(files, source) if source else {}
    return {
        name: value
        for name, value in variables.items()
        if value and name not in env and not _PLACEHOLDER.search(value)
    }


def _source(files: Files, folder: str) -> str:
    return next(iter(example_files(files, folder)), "")


def _scheme(files: Files, folder: str, values: dict[str, str]) -> str:
    """The scheme of SQLAlchemy's driver, where examples or dependencies tell it; else ""."""
    for name, value in values.items():
        if found := _SCHEME.match(value):
            return found[1]
        if template_of(name) == "{url}" and value.startswith(("postgres://", "postgresql://")):
            return ""
    known = dependencies(files, folder)
    if find_manage(files, folder):
        return ""
    if not {"sqlalchemy", "sqlmodel", "alembic", "fastapi-users-db-sqlalchemy"} & set(known):
        return ""
    if "psycopg2" in known or "psycopg2-binary" in known:
        return ""
    drivers = [name for name in ("asyncpg", "psycopg", "pg8000") if name in known]
    return f"postgresql+{drivers[0]}" if drivers else ""


def _url(template: str, example: str, scheme: str) -> str:
    """{url}, or its pieces behind the scheme that the project's driver needs."""
    if template != "{url}":
        return template
    own = _SCHEME.match(example)
    if own:
        return f"{own[1]}://{_PIECES}"
    plain = example.startswith(("postgres://", "postgresql://"))
    return template if plain or not scheme else f"{scheme}://{_PIECES}"
