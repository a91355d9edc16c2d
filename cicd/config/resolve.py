"""A part with every field found, and the place that each value comes from."""

from __future__ import annotations

from dataclasses import fields, replace
from importlib import import_module
from typing import TYPE_CHECKING, Any

from cicd.config.files import files_of, folder_of
from cicd.config.finding import DEFAULT, Finding
from cicd.config.parts import DISCOVER, Backend, Frontend
from cicd.config.survey import name_parts, survey

if TYPE_CHECKING:
    from cicd.config.found import Found
    from cicd.config.parts import Part
    from cicd.tree import Tree

GIVEN = "noxfile.py"
_BACKEND = {
    "pythons": ("pythons", "find_pythons"),
    "install": ("install", "find_install"),
    "requirements": ("install", "find_requirements"),
    "extras": ("install", "find_extras"),
    "groups": ("install", "find_groups"),
    "formatter": ("tools", "find_formatter"),
    "linter": ("tools", "find_linter"),
    "types": ("tools", "find_types"),
    "postgres": ("postgres", "find_postgres"),
    "env": ("connection", "find_env"),
    "migrations": ("migrations", "find_migrations"),
    "tests": ("test_runner", "find_tests"),
    "source": ("sources", "find_source"),
}
_FRONTEND = {
    "package_manager": ("node", "find_package_manager"),
    "node": ("node", "find_node"),
    "env": ("node", "find_node_env"),
}
_FOLDER = "its folder"
_VERBS = ("format", "lint", "types", "test", "build")
_SEVERAL = frozenset("pythons requirements extras groups formatter linter types source".split())


def resolve(tree: Tree, part: Part) -> Found:
    """Finds every field that nobody gave. Fields that take one name or several hold a tuple.

    Raises `SettingsError` for a file that cannot be read as what it is.
    """
    from cicd.config.found import Found

    names = [each.name for each in fields(part) if each.name != "path"]
    found = {name: _find(tree, part, name) for name in names}
    values = {name: each.value for name, each in found.items()}
    notes = dict.fromkeys(note for each in found.values() for note in each.notes)
    origins = {name: each.origin for name, each in found.items()}
    return Found(replace(part, **values), origins, tuple(notes))


def field(tree: Tree, part: Part, name: str) -> Any:
    """The value of one field, given or found, without looking for the others."""
    return _find(tree, part, name).value


def _find(tree: Tree, part: Part, name: str) -> Finding:
    given = getattr(part, name)
    if given is not DISCOVER:
        several = isinstance(part, Backend) and name in _SEVERAL and isinstance(given, str)
        return Finding((given,) if several else given, _origin(tree, part, name, given))
    if name == "name":
        return _name(tree, part)
    files, folder = files_of(tree), folder_of(part.path)
    if isinstance(part, Frontend) and name in _VERBS:
        from cicd.config.scripts import find_script

        return find_script(files, folder, name)
    module, function = (_BACKEND if isinstance(part, Backend) else _FRONTEND)[name]
    found: Finding = getattr(import_module(f"cicd.config.{module}"), function)(files, folder)
    return found


def _name(tree: Tree, part: Part) -> Finding:
    return Finding(name_parts(tree, (part,))[0].name, _FOLDER)


def _origin(tree: Tree, part: Part, name: str, given: object) -> str:
    """A field that has a plain default was given only when it differs from it.

    The name that `survey` gave a part is nobody's choice either.
    """
    if name == "name":
        return _FOLDER if (part.path, given) in _surveyed(tree) else GIVEN
    default = next(each.default for each in fields(part) if each.name == name)
    return DEFAULT if given == default else GIVEN


_last: list[tuple[Tree, set[tuple[str, object]]]] = []


def _surveyed(tree: Tree) -> set[tuple[str, object]]:
    """Paths and names of what `survey` finds, once for all parts of a tree."""
    if not _last or _last[0][0] is not tree:
        _last[:] = [(tree, {(each.path, each.name) for each in survey(tree)})]
    return _last[0][1]
