"""The folders of a repository that are Python projects, one for each project root."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.config.files import join, parent, upward
from cicd.config.skipped import is_never, is_seldom, is_tooling, may_be

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cicd.config.files import Files

_PROJECT = ("[project]", "[tool.poetry]", "[tool.flit.metadata]")
_SETUP_PY = ("from setuptools", "import setuptools", "from distutils", "from skbuild")
_SETUP_CFG = ("[metadata]", "[options]")
_SCRIPTS = frozenset(
    "setup.py noxfile.py conftest.py fabfile.py tasks.py hatch_build.py build.py versioneer.py "
    "dodo.py duties.py".split()
)


def find_backends(files: Files, *, everywhere: bool = False) -> list[str]:
    """Project roots. A requirements file, manage.py or alembic.ini below a project is its own.

    A project whose sources all lie in folders with requirements of their own is only
    the roof over them (tool settings, a workspace), and the folders are the projects.
    """
    declared = {folder for folder in _declared(files) if may_be(folder, everywhere)}
    loose = {
        folder
        for folder in _loose(files)
        if folder not in declared and may_be(folder, everywhere) and not is_tooling(folder)
    }
    roots = _with_sources(files, declared, declared | (loose & set(_required(files))))
    free = {folder for folder in loose if _above(folder, roots) is None}
    kept = _with_sources(files, free, roots | free, depth=3)
    own = {f for f in kept if not _has_above(f, kept) or _stands_alone(files, f)}
    return sorted(roots | own)


def requirements_files(files: Files, folder: str) -> list[str]:
    """The requirements files of a folder, those in its `requirements/` included."""
    flat = [name for name in files.inside(folder) if is_requirements(_base(name))]
    nested = files.inside(join(folder, "requirements"))
    return flat + [name for name in nested if name.endswith((".txt", ".in"))]


def is_requirements(base: str) -> bool:
    """requirements.txt, dev-requirements.in, requirements_test.txt."""
    words = base.replace("_", ".").replace("-", ".").split(".")
    return "requirements" in words and words[-1] in ("txt", "in")


def is_django(files: Files, folder: str) -> bool:
    return "DJANGO_SETTINGS_MODULE" in files.text(join(folder, "manage.py"))


def _declared(files: Files) -> Iterable[str]:
    yield from _holding(files, "pyproject.toml", _PROJECT)
    yield from _holding(files, "setup.py", _SETUP_PY)
    yield from _holding(files, "setup.cfg", _SETUP_CFG)
    yield from files.folders("Pipfile")


def _holding(files: Files, base: str, starts: tuple[str, ...]) -> list[str]:
    """The folders of those files that have a line which starts like this."""
    return [
        folder
        for folder in files.folders(base)
        if not is_never(folder)
        and any(line.startswith(starts) for line in files.text(join(folder, base)).splitlines())
    ]


def _loose(files: Files) -> Iterable[str]:
    """Folders with requirements; a manage.py or alembic.ini without any joins those above."""
    with_requirements = set(_required(files))
    yield from with_requirements
    for base in ("manage.py", "alembic.ini"):
        for folder in files.folders(base):
            if base != "manage.py" or is_django(files, folder):
                above = _above(folder, with_requirements)
                yield folder if above is None else above


def _required(files: Files) -> Iterable[str]:
    for base in files.bases():
        if is_requirements(base):
            for folder in files.folders(base):
                yield parent(folder) if _base(folder) == "requirements" else folder
        elif base.endswith(".txt"):
            yield from (parent(f) for f in files.folders(base) if _base(f) == "requirements")


def _above(folder: str, roots: set[str]) -> str | None:
    """The nearest root that is this folder or one above it."""
    return next((above for above in upward(folder) if above in roots), None)


def _has_above(folder: str, roots: set[str]) -> bool:
    return _above(folder, roots - {folder}) is not None


def _stands_alone(files: Files, folder: str) -> bool:
    """Whether a project with requirements inside another one is checked by itself."""
    tests = any("/test" in name for name in files.below(folder) if name.endswith(".py"))
    return bool(files.first(folder, "manage.py", "alembic.ini")) or (
        tests and bool(files.first(folder, "Dockerfile"))
    )


def _with_sources(files: Files, roots: set[str], nested: set[str], depth: int = 99) -> set[str]:
    """Those roots that have Python sources besides the projects nested in them."""
    return {
        root
        for root in roots
        if any(
            _is_source(name, root, depth) and _above(parent(name), nested | {root}) == root
            for name in files.below(root)
        )
    }


def _is_source(name: str, root: str, depth: int) -> bool:
    if not name.endswith(".py") or _base(name) in _SCRIPTS:
        return False
    inner = parent(name[len(root) :].lstrip("/"))
    return inner.count("/") < depth and not is_never(inner) and not _aside(inner)


def _aside(inner: str) -> bool:
    """Whether sources below a project root are no sign of a project: tests, scripts."""
    return bool(inner) and (is_seldom(inner) or is_tooling(inner))


def _base(name: str) -> str:
    return name.rpartition("/")[2]
