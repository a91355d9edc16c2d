"""How a project migrates its database, and the files that decide the schema."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from cicd.config.backends import is_django
from cicd.config.files import files_of, folder_of, join, parent
from cicd.config.finding import Finding
from cicd.config.skipped import is_seldom
from cicd.config.territory import is_own

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicd.config.files import Files
    from cicd.config.parts import Backend
    from cicd.tree import Tree

_CREATE = r"(?i)CREATE\s+EXTENSION\s+(?:IF\s+NOT\s+EXISTS\s+)?[\\\"']*([\w-]+)"
_CREATED = r"\bCreateExtension\(\s*(?:name\s*=\s*)?[\"']([\w-]+)"
_OPERATIONS = {
    "BloomExtension": "bloom",
    "BtreeGinExtension": "btree_gin",
    "BtreeGistExtension": "btree_gist",
    "CITextExtension": "citext",
    "CryptoExtension": "pgcrypto",
    "HStoreExtension": "hstore",
    "TrigramExtension": "pg_trgm",
    "UnaccentExtension": "unaccent",
    "VectorExtension": "vector",
}


def find_migrations(files: Files, folder: str) -> Finding:
    """ "alembic" where it is configured, "django" where there is a manage.py."""
    if name := find_alembic(files, folder):
        return Finding("alembic", name)
    if name := find_manage(files, folder):
        return Finding("django", name)
    return Finding(None)


def find_alembic(files: Files, folder: str) -> str:
    """The nearest alembic.ini of the project, or the pyproject.toml that takes its place."""
    project = join(folder, "pyproject.toml")
    found = _nearest(files, folder, "alembic.ini")
    own = re.search(r"^\[tool\.alembic\]", files.text(project), re.M)
    return project if own and parent(found) != folder else found


def find_manage(files: Files, folder: str) -> str:
    """The nearest manage.py of the project that is Django's."""
    return _nearest(files, folder, "manage.py")


def alembic_config(tree: Tree, part: Backend) -> PurePosixPath | None:
    """alembic's settings, relative to the root; None when there are none."""
    name = find_alembic(files_of(tree), folder_of(part.path))
    return PurePosixPath(name) if name else None


def manage_py(tree: Tree, part: Backend) -> PurePosixPath | None:
    """Django's manage.py, relative to the root; None when there is none."""
    name = find_manage(files_of(tree), folder_of(part.path))
    return PurePosixPath(name) if name else None


def migration_inputs(tree: Tree, part: Backend) -> tuple[PurePosixPath, ...]:
    """The files whose content decides the schema: revisions and what runs them."""
    files, folder = files_of(tree), folder_of(part.path)
    return tuple(map(PurePosixPath, sorted({*_inputs(files, folder)})))


def extensions(tree: Tree, part: Backend) -> tuple[str, ...]:
    """The extensions of PostgreSQL that the migrations create, by name."""
    files, folder = files_of(tree), folder_of(part.path)
    texts = [files.text(name) for name in _inputs(files, folder) if name.endswith((".py", ".sql"))]
    found = {name for text in texts for name in _extensions(text)}
    return tuple(sorted(found - {"if", "extension"}))


def _extensions(text: str) -> Iterator[str]:
    if "xtension" not in text and "EXTENSION" not in text:
        return
    yield from (match.lower() for match in re.findall(_CREATE, text))
    yield from re.findall(_CREATED, text)
    yield from (name for call, name in _OPERATIONS.items() if re.search(rf"\b{call}\(", text))


def _inputs(files: Files, folder: str) -> Iterator[str]:
    if config := find_alembic(files, folder):
        yield config
        for location in script_locations(files, config):
            yield from (n for n in files.below(location) if n.endswith((".py", ".sql", ".mako")))
    elif find_manage(files, folder):
        for name in files.below(folder):
            if "/migrations/" in f"/{name}" and name.endswith((".py", ".sql")):
                yield name
            elif re.search(r"(^|/)settings(/[\w/]+)?\.py$", name):
                yield name


def script_locations(files: Files, config: str) -> list[str]:
    """The folders of alembic's environments that a settings file names, from the root."""
    found = re.findall(r"^script_location\s*=\s*[\"']?(.+?)[\"']?\s*$", files.text(config), re.M)
    return list(dict.fromkeys(_location(config, value) for value in found))


def _location(config: str, value: str) -> str:
    """`%(here)s/x`, `package:x` and `x`, beside the settings file."""
    value = re.sub(r"%\(here\)s/?|%%\(here\)s/?", "", value.strip())
    if ":" in value:
        package, _, rest = value.partition(":")
        value = join(package.replace(".", "/"), rest)
    pieces = parent(config).split("/") if parent(config) else []
    for piece in value.split("/"):
        pieces = pieces[:-1] if piece == ".." else [*pieces, *([piece] if piece.strip(".") else [])]
    return "/".join(pieces)


def _nearest(files: Files, folder: str, base: str) -> str:
    """The file nearest to the project's root; one that lies in tests last."""
    inside = f"{folder}/" if folder else ""
    found = [
        join(each, base)
        for each in files.folders(base)
        if f"{each}/".startswith(inside)
        and is_own(files, folder, each)
        and (base != "manage.py" or is_django(files, each))
    ]
    return min(found, key=lambda n: (is_seldom(parent(n)), n.count("/"), n), default="")
