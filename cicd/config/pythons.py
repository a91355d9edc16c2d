"""The Python versions of a project."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cicd.config.files import files_of, folder_of, join, line_at, upward
from cicd.config.finding import Finding
from cicd.config.headings import workflows

if TYPE_CHECKING:
    from cicd.config.files import Files
    from cicd.config.parts import Backend
    from cicd.tree import Tree

_VERSION = r"^(?:cpython-|python-|python)?(\d+\.\d+)(?:[.\w+-]*)$"
_SET_UP = (
    r"^[ \t-]*[\"']?python(?:[-_]?versions?)?[\"']?:((?:.*)(?:\n\s*- *[\"']?3\.[\d.]+[\"']?)*)"
)
_BOUND = r"(\d+)(?:\.(\d+))?(?:\.(\d+))?"


def find_pythons(files: Files, folder: str) -> Finding:
    """The versions of the nearest `.python-version`, else the lowest that the workflows set up
    and the project admits; () is any that `requires_python` admits."""
    for above in upward(folder):
        name = join(above, ".python-version")
        versions = _versions(files.text(name)) if name in files else ()
        if versions:
            return Finding(versions, f"{name}:1")
    return _of_workflows(files, folder) or Finding(())


def _of_workflows(files: Files, folder: str) -> Finding | None:
    """One version: what a project is tested on, and the one most likely to find a fault."""
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    specifier, _ = _pyproject(files, folder) or _older(files, folder) or ("", "")
    try:
        admitted = SpecifierSet(specifier)
    except InvalidSpecifier:
        return None
    found = {
        version: f"{name}:{line_at(text, match.start())}"
        for name in workflows(files)
        for text in [files.text(name)]
        for match in re.finditer(_SET_UP, text, re.M)
        for version in re.findall(r"(?<![\d.])3\.\d+\b", match[1])
        if admitted.contains(f"{version}.99") or admitted.contains(f"{version}.0")
    }
    lowest = min(found, key=lambda version: int(version.partition(".")[2]), default="")
    return Finding((lowest,), found[lowest]) if lowest else None


def is_workflow(origin: str) -> bool:
    """Whether a version's origin is a workflow: what a service runs, and not a declaration."""
    return origin.startswith(".github/")


def requires_python(tree: Tree, part: Backend) -> tuple[str, str]:
    """The specifier that the interpreter must satisfy, and where it stands; "" for any."""
    files, folder = files_of(tree), folder_of(part.path)
    return _pyproject(files, folder) or _older(files, folder) or ("", "default")


def specifier_of(poetry: str) -> str:
    """A constraint as Poetry writes it, as a specifier: "^3.11" is ">=3.11,<4"."""
    return ",".join(_clause(piece.strip()) for piece in poetry.split("||")[0].split(",") if piece)


def _versions(text: str) -> tuple[str, ...]:
    lines = [line.partition("#")[0].strip() for line in text.splitlines()]
    found = [
        match[1] for line in lines for each in line.split() if (match := re.match(_VERSION, each))
    ]
    return tuple(dict.fromkeys(found))


def _pyproject(files: Files, folder: str) -> tuple[str, str] | None:
    name = join(folder, "pyproject.toml")
    settings = files.toml(name)
    if wanted := (settings.get("project") or {}).get("requires-python"):
        return str(wanted).replace(" ", ""), files.at(name, "requires-python")
    poetry = (settings.get("tool") or {}).get("poetry") or {}
    wanted = (poetry.get("dependencies") or {}).get("python")
    if isinstance(wanted, dict):
        wanted = wanted.get("version")
    return (specifier_of(wanted), files.at(name, "\npython")) if wanted else None


def _older(files: Files, folder: str) -> tuple[str, str] | None:
    """What setup.cfg, setup.py, Pipfile and runtime.txt say."""
    for base, pattern in (
        ("setup.cfg", r"^python_requires\s*=\s*(.+)$"),
        ("setup.py", r"python_requires\s*=\s*[\"']([^\"']+)"),
        ("Pipfile", r"^python_(?:full_)?version\s*=\s*[\"']([^\"']+)"),
        ("runtime.txt", r"^python-?(\d+\.\d+)"),
    ):
        name = join(folder, base)
        if found := re.search(pattern, files.text(name), re.M):
            wanted = re.sub(r"\s+", "", found[1])
            wanted = wanted if not wanted[0].isdigit() else f"=={_minor(wanted)}.*"
            return wanted, files.at(name, found[0])
    return None


def _minor(version: str) -> str:
    return ".".join(version.split(".")[:2])


def _clause(piece: str) -> str:
    bound = re.search(_BOUND, piece)
    if not bound:
        return ""
    version = piece.lstrip("^~=<>! ")
    major, minor = int(bound[1]), bound[2]
    if piece.startswith("^"):
        return f">={version},<{major + 1}"
    if piece.startswith("~") and not piece.startswith("~="):
        return f">={version},<{major}.{int(minor) + 1}" if minor else f">={version},<{major + 1}"
    if piece[0].isdigit():
        return f"=={version}" if "*" in version or bound[3] else f"=={version}.*"
    return piece.replace(" ", "")
