"""The variables that Python sources read: `os.environ`, environs, decouple, pydantic."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from cicd.config.setting_files import setting_files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicd.config.files import Files

_METHODS = frozenset("get str url db db_url int dj_db_url secret bool pop".split())
_DJANGO = {
    "HOST": "{host}",
    "PORT": "{port}",
    "USER": "{user}",
    "PASSWORD": "{password}",
    "NAME": "{dbname}",
}
_SIGNS = ("environ", "getenv", "Settings", "config(", "Config(", "env(", "env.", "decouple")


def read_names(files: Files, folder: str) -> Iterator[tuple[str, str, str]]:
    """Name, template where the place tells it (a Django database, a choice of the engine), and
    "file:line"."""
    for name in setting_files(files, folder):
        text = files.text(name)
        if not any(sign in text for sign in _SIGNS):
            continue
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError):
            continue
        for variable, template, line in _names(tree):
            yield variable, template, f"{name}:{line}"


def _names(tree: ast.AST) -> Iterator[tuple[str, str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            yield from _django(node)
        elif isinstance(node, ast.ClassDef):
            yield from _fields(node)
        elif isinstance(node, ast.Compare):
            yield from _choice(node)
        elif variable := _read(node):
            yield variable, "", getattr(node, "lineno", 1)


def _choice(node: ast.Compare) -> Iterator[tuple[str, str, int]]:
    """The word that makes a project take PostgreSQL: `os.getenv("DB") == "postgres"`."""
    variable = _read(node.left)
    if isinstance(node.left, ast.Attribute) and node.left.attr.isupper():
        variable = node.left.attr
    if not variable or not isinstance(node.ops[0], (ast.Eq, ast.In)):
        return
    for each in ast.walk(node.comparators[0]):
        if isinstance(each, ast.expr) and re.fullmatch("postgres(ql)?", _constant(each), re.I):
            yield variable, _constant(each), node.lineno
            return


def _read(node: ast.AST) -> str:
    """The variable that `os.environ["X"]`, `os.getenv("X")` or `env.str("X")` reads."""
    if isinstance(node, ast.Subscript) and _called(node.value) == "environ":
        return _constant(node.slice)
    if not isinstance(node, ast.Call) or not node.args:
        return ""
    return _constant(node.args[0]) if _is_reader(node.func) else ""


def _is_reader(function: ast.expr) -> bool:
    """`getenv`, `config`, `get_int_from_env`; `os.environ.get`, `env.str`, but not `data.get`."""
    name = _called(function)
    if isinstance(function, ast.Attribute) and name in _METHODS:
        return "env" in _called(function.value).lower()
    return name == "config" or "env" in name.lower()


def _django(node: ast.Dict) -> Iterator[tuple[str, str, int]]:
    """What the entries of a database in Django's settings are read from."""
    entries = {_constant(k): v for k, v in zip(node.keys, node.values, strict=True) if k}
    for key, template in _DJANGO.items() if "ENGINE" in entries else ():
        for inner in ast.walk(entries[key]) if key in entries else ():
            if variable := _read(inner):
                yield variable, template, getattr(inner, "lineno", 1)


def _fields(node: ast.ClassDef) -> Iterator[tuple[str, str, int]]:
    """The fields of pydantic settings; names are read whatever their case."""
    if not any("Settings" in _called(base) or "Config" in _called(base) for base in node.bases):
        return
    prefix = _prefix(node)
    for field in node.body:
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            if not field.target.id.startswith("_") and field.target.id != "model_config":
                alias = _alias(field.value)
                yield (alias or (prefix + field.target.id)).upper(), "", field.lineno


def _prefix(node: ast.ClassDef) -> str:
    for inner in ast.walk(node):
        if isinstance(inner, ast.keyword) and inner.arg == "env_prefix":
            return _constant(inner.value)
        if isinstance(inner, ast.Assign) and _called(inner.targets[0]) == "env_prefix":
            return _constant(inner.value)
    return ""


def _alias(value: ast.expr | None) -> str:
    keywords = value.keywords if isinstance(value, ast.Call) else []
    given = {k.arg: _constant(k.value) for k in keywords if k.arg in ("env", "alias")}
    aliases = {k.arg: _constant(k.value) for k in keywords if k.arg == "validation_alias"}
    return next((name for name in [*aliases.values(), *given.values()] if name), "")


def _called(node: ast.expr) -> str:
    """The last name of `os.environ.get` or `env`."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _constant(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
