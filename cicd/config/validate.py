"""Mistakes in a noxfile, found when it is loaded and told in a few lines."""

from __future__ import annotations

import keyword
from collections import Counter
from typing import TYPE_CHECKING

from cicd.config.complaint import complaint, meant
from cicd.config.field_checks import check_fields
from cicd.config.files import files_of, folder_of, join
from cicd.config.parts import DISCOVER, Backend
from cicd.config.survey import name_parts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cicd.config.files import Files
    from cicd.config.parts import Part
    from cicd.errors import SettingsError
    from cicd.tree import Tree

_PYTHON = ("pyproject.toml", "setup.py", "setup.cfg", "Pipfile", "manage.py", "alembic.ini")


def complete(tree: Tree, parts: Sequence[Part]) -> tuple[Part, ...]:
    """The given parts, checked, each with its name."""
    validate(tree, parts)
    return name_parts(tree, parts)


def validate(tree: Tree, parts: Sequence[Part]) -> None:
    """Raises `SettingsError` for the first thing that cannot be meant."""
    files = files_of(tree)
    for part in parts:
        _check_path(files, part)
        _check_name(part)
        check_fields(part)
    _check_names(tree, parts)


def unknown_field(cls_name: str, path: str, given: str, known: Sequence[str]) -> SettingsError:
    """The error for a keyword argument that a part does not have."""
    call = f'cicd.{cls_name}("{path}", {given}=…)'
    close = meant(given, known)
    hint = f"did you mean `{close}`?" if close else f"it has: {', '.join(sorted(known))}"
    return complaint(call, f"`{given}` is not a field of {cls_name}", hint)


def _check_path(files: Files, part: Part) -> None:
    call = f"cicd.{type(part).__name__}({part.path!r})".replace("'", '"')
    if not isinstance(part.path, str):
        raise complaint(call, "its path must be a string, relative to the noxfile")
    folder = folder_of(part.path)
    if part.path.startswith("/") or ".." in folder.split("/"):
        raise complaint(call, "its path must lie below the noxfile, and be relative to it")
    if not files.below(folder):
        close = meant(folder, _projects(files, part))
        hint = f'did you mean "{close}"?' if close else _there_are(_projects(files, part))
        raise complaint(call, f'there is no folder "{folder}" that git knows', hint)
    if not _is_project(files, folder, part):
        raise complaint(call, _lacking(part), _there_are(_projects(files, part)))


def _is_project(files: Files, folder: str, part: Part) -> bool:
    if not isinstance(part, Backend):
        return join(folder, "package.json") in files
    return any(name.endswith(".py") for name in files.below(folder)) or bool(
        files.first(folder, *_PYTHON)
    )


def _lacking(part: Part) -> str:
    if isinstance(part, Backend):
        return "there is no Python project: no pyproject.toml, and no Python file"
    return "there is no package.json"


def _projects(files: Files, part: Part) -> list[str]:
    from cicd.config.backends import find_backends
    from cicd.config.frontends import find_frontends

    find = find_backends if isinstance(part, Backend) else find_frontends
    return [folder or "." for folder in find(files, everywhere=True)]


def _there_are(folders: list[str]) -> str:
    """The projects that could have been meant, at most five."""
    shown = ", ".join(f'"{folder}"' for folder in folders[:5])
    return f"there is one in: {shown}" if shown else ""


def _check_name(part: Part) -> None:
    name = part.name
    if name is DISCOVER:
        return
    call = f'cicd.{type(part).__name__}("{part.path}", name={name!r})'.replace("'", '"')
    if not isinstance(name, str) or not name.isidentifier() or keyword.iskeyword(name):
        fix = "use letters, digits and `_`: it becomes the prefix of session names"
        raise complaint(call, "`name` must be a Python identifier", fix)
    if name in ("ci", "fix", "doctor", "push"):
        raise complaint(call, f'`name` cannot be "{name}": a session has that name')


def _check_names(tree: Tree, parts: Sequence[Part]) -> None:
    """Discovery would tell two parts of one folder apart; a person who writes both must."""
    for part, name in _twice(tree, parts):
        calls = [
            f'cicd.{type(other).__name__}("{other.path}")'
            for other, its_name in _named(tree, parts)
            if its_name == name
        ]
        hint = f'give one of them another: name="{name}_2"'
        raise complaint(" and ".join(calls), f'both have the name "{name}"', hint)


def _twice(tree: Tree, parts: Sequence[Part]) -> list[tuple[Part, str]]:
    named = _named(tree, parts)
    counted = Counter(name for _, name in named)
    return [(part, name) for part, name in named if counted[name] > 1]


def _named(tree: Tree, parts: Sequence[Part]) -> list[tuple[Part, str]]:
    """Each part with its name; those of one kind and folder get the one of that folder."""
    alone = {(type(part), folder_of(part.path)): part for part in reversed(parts)}
    names = dict(zip(alone, name_parts(tree, tuple(alone.values())), strict=True))
    return [
        (
            part,
            str(
                names[type(part), folder_of(part.path)].name if part.name is DISCOVER else part.name
            ),
        )
        for part in parts
    ]
