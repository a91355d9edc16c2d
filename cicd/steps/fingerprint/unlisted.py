"""What decides a verdict though git does not list it: what a part declares, and settings that
tools look for in folders above the repository, at home, and in files that git ignores."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from cicd.cache.elements import Unknown, digest
from cicd.config.files import files_of, folder_of, join, upward
from cicd.steps.fingerprint.ignored import ignored_sources
from cicd.system.file_ids import LINK, Unreadable, read_all_below, read_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cicd.config.parts import Part
    from cicd.steps.snapshot import Snapshot

_LENGTH = 8
_SECRETS = tuple(
    f".env{stage}{local}"
    for stage in ("", ".development", ".test", ".production")
    for local in ("", ".local")
)
"""Read by Vite, Next.js and pydantic-settings; nearly always ignored by git."""
_SETTINGS = (
    *"pyproject.toml setup.cfg tox.ini pytest.ini .pytest.ini pytest.toml .pytest.toml".split(),
    *".flake8 ruff.toml .ruff.toml mypy.ini .mypy.ini pyrightconfig.json ty.toml".split(),
    *"pylintrc .pylintrc pylintrc.toml .pylintrc.toml .isort.cfg .editorconfig".split(),
    *".coveragerc uv.toml .python-version conftest.py package.json package-lock.json".split(),
    *"tsconfig.json jsconfig.json .npmrc .yarnrc .yarnrc.yml pnpm-workspace.yaml".split(),
    *".pnpmfile.cjs pnpm-lock.yaml yarn.lock .node-version .nvmrc .tool-versions".split(),
    *"babel.config.js babel.config.json .babelrc .babelrc.json .browserslistrc".split(),
    *"eslint.config.js eslint.config.mjs eslint.config.cjs eslint.config.ts .eslintrc".split(),
    *".eslintrc.js .eslintrc.cjs .eslintrc.json .eslintrc.yml .eslintrc.yaml".split(),
    *"prettier.config.js prettier.config.mjs prettier.config.cjs .prettierrc".split(),
    *".prettierrc.json .prettierrc.yml .prettierrc.yaml .prettierrc.toml .prettierrc.js".split(),
    *"postcss.config.js postcss.config.cjs tailwind.config.js .postcssrc.json".split(),
    *_SECRETS,
)
"""Looked for from a folder upwards, whatever lies around the repository."""
_BESIDE = frozenset(_SETTINGS).difference(_SECRETS)
_AT_HOME = (
    *".npmrc .pylintrc .isort.cfg .mypy.ini .pydistutils.cfg .pip/pip.conf .pypirc".split(),
    *".config/black .config/pylintrc .config/mypy/config .config/isort.cfg".split(),
    *".config/ruff/ruff.toml .config/ruff/.ruff.toml .config/ruff/pyproject.toml".split(),
    *".config/uv/uv.toml .config/pip/pip.conf .config/pypoetry/config.toml".split(),
    *".config/pdm/config.toml .config/pnpm/rc .yarnrc .yarnrc.yml .babelrc .netrc".split(),
)


def ignored_settings(part: Part) -> tuple[str, ...]:
    """The files with settings in a part and above it that count also where git ignores them."""
    return tuple(join(each, name) for each in upward(folder_of(part.path)) for name in _SECRETS)


def unlisted_elements(
    snapshot: Snapshot, part: Part, inputs: frozenset[str]
) -> Mapping[str, str] | Unknown:
    """Digests by path, too short to prove what is in a file. `inputs` is what git lists."""
    listed = snapshot.contents.ids
    names = [name for name in ignored_settings(part) if name not in listed]
    known, unknown = dict[str, str](), list[str]()
    try:
        names += ignored_sources(snapshot, part, inputs, _BESIDE)
    except Unreadable as error:
        unknown.append(str(error))
    known.update(_held_inside(snapshot, names))
    for declared in part.reads:
        path = os.path.realpath(os.path.join(snapshot.root, os.path.expanduser(declared)))
        try:
            held = read_all_below(path, "sha1", leave=_below(snapshot, declared))
            known[f"reads {declared}"] = digest(held, _LENGTH) if held else "nothing is there"
        except Unreadable as error:
            unknown.append(f'reads="{declared}": {error}')
    return Unknown("; ".join(unknown), known) if unknown else known


def ignored_elements(snapshot: Snapshot) -> Mapping[str, str] | Unknown:
    """Sources and settings of the whole repository that git ignores, by path."""
    try:
        names = ignored_sources(snapshot, None, frozenset(), frozenset(_SETTINGS))
    except Unreadable as error:
        return Unknown(str(error))
    return _held_inside(snapshot, names)


def around_elements(snapshot: Snapshot) -> Mapping[str, str]:
    """The settings above the repository and at home, by path, with digests of their content."""
    return _held(around_paths(snapshot))


def around_paths(snapshot: Snapshot) -> Mapping[str, str]:
    """Where settings may lie above the repository and at home: there or not."""
    above = {
        f"above {'../' * (depth + 1)}{name}": f"{folder}/{name}"
        for depth, folder in enumerate(snapshot.root.absolute().parents)
        for name in _SETTINGS
    }
    home = snapshot.environ.get("HOME")
    at_home = {f"at home {name}": f"{home}/{name}" for name in _AT_HOME} if home else {}
    return {**above, **at_home}


def read_names(snapshot: Snapshot, part: Part) -> Iterable[str]:
    """The files that git lists in what a part declares."""
    for declared in part.reads:
        inner = _inner(snapshot, declared)
        if inner is not None:
            yield from (inner, *files_of(snapshot.tree).below(inner))


def _below(snapshot: Snapshot, declared: str) -> frozenset[str]:
    """What need not be read there, since git has a name for its content."""
    inner = _inner(snapshot, declared)
    if inner is None:
        return frozenset()
    start = len(join(inner, "")) if inner else 0
    return frozenset(name[start:] for name in files_of(snapshot.tree).below(inner))


def _inner(snapshot: Snapshot, declared: str) -> str | None:
    """From the repository's root on; None for what lies outside."""
    path = os.path.normpath(os.path.join(snapshot.root, os.path.expanduser(declared)))
    inner = os.path.relpath(path, snapshot.root)
    if inner == os.curdir:
        return ""
    return None if inner.split(os.sep)[0] == os.pardir else inner.replace(os.sep, "/")


def _held_inside(snapshot: Snapshot, names: Iterable[str]) -> dict[str, str]:
    return _held({f"file {name}": f"{snapshot.root}/{name}" for name in names})


def _held(paths: Mapping[str, str]) -> dict[str, str]:
    """Of those that are there. What we may not read, no tool of ours may."""
    found = {}
    for name, path in paths.items():
        try:
            if id := read_id(path, "sha1"):
                link = id.startswith(LINK)
                found[name] = digest(
                    read_id(os.path.realpath(path), "sha1") if link else id, _LENGTH
                )
        except Unreadable as error:
            found[name] = str(error)
    return found
