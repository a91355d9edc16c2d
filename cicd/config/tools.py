"""The formatters, linters and type checkers that a repository configures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.config.finding import Finding
from cicd.config.headings import find_file, find_heading, find_hook, find_mention

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cicd.config.files import Files

_CHECKED = r"ruff\s+format|pre-commit-ruff-format"


def find_formatter(files: Files, folder: str) -> Finding:
    """black, ruff and isort as configured; black where no formatter and no linter is."""
    found = _formatters(files, folder)
    if found:
        return _finding(files, folder, found, {"ruff": "ruff format"})
    if other := _other_formatter(files, folder):
        return Finding(None, other, "the configured formatter is not one that cicd runs")
    if where := next(iter(_linters(files, folder).values()), ""):
        return Finding(None, where, "a linter is configured and no formatter: none is run")
    return Finding(("black",))


def find_linter(files: Files, folder: str) -> Finding:
    """flake8, ruff and pylint as configured; flake8 where no formatter and no linter is."""
    found = _linters(files, folder)
    if found:
        return _finding(files, folder, found, {"ruff": "ruff check"})
    if where := next(iter(_formatters(files, folder).values()), ""):
        return Finding(None, where, "a formatter is configured and no linter: none is run")
    return Finding(("flake8",))


def find_types(files: Files, folder: str) -> Finding:
    """mypy, pyright and ty where they are configured; None otherwise.

    Settings of pyright serve editors too: beside another checker they count only when
    something runs it.
    """
    found = {
        "mypy": _tool(files, folder, "mypy")
        or find_file(files, folder, "mypy.ini", ".mypy.ini")
        or find_heading(files, folder, "setup.cfg", "mypy")
        or find_hook(files, folder, "mypy"),
        "ty": _tool(files, folder, "ty") or find_file(files, folder, "ty.toml"),
        "pyright": _tool(files, folder, "pyright")
        or find_file(files, folder, "pyrightconfig.json")
        or find_hook(files, folder, "pyright"),
    }
    return _finding(files, folder, _run_only(files, folder, found, "pyright"), {"ty": "ty check"})


def _run_only(files: Files, folder: str, found: dict[str, str], last: str) -> dict[str, str]:
    """Those that are configured; the last one beside others only if a hook or a task runs it."""
    found = {name: where for name, where in found.items() if where}
    if last in found and len(found) > 1 and not find_hook(files, folder, last):
        if not find_mention(files, folder, rf"(?m)^(?!\[)[^#\n]*\b{last}\b(?![\w.\]-])"):
            del found[last]
    return found


def _finding(files: Files, folder: str, found: dict[str, str], calls: Mapping[str, str]) -> Finding:
    """The tools, with a note for each that the repository's own scripts narrow or adjust."""

    def look() -> Iterator[str]:
        from cicd.config.invocations import find_invocation

        for name in found:
            own = find_invocation(files, folder, calls.get(name, name))
            if own.narrows or own.options:
                yield f"{calls.get(name, name)} {own}, as {own.origin} does"

    return Finding(tuple(found), next(iter(found.values())), look=look) if found else Finding(None)


def _formatters(files: Files, folder: str) -> dict[str, str]:
    black = _tool(files, folder, "black") or find_hook(files, folder, "black", "black-jupyter")
    ruff = _ruff(files, folder)
    ruff_format = find_hook(files, folder, "ruff-format")
    if not (black or ruff_format):
        ruff_format = _tool(files, folder, "ruff.format") or find_mention(files, folder, _CHECKED)
    if not (black or ruff or ruff_format):
        black = find_mention(files, folder, r"\bblack\s+(--check|--diff|\.|[\w/]+\s+--check)")
    isort = find_hook(files, folder, "isort")
    isort = isort or ("" if ruff else _tool(files, folder, "isort"))
    isort = isort or ("" if ruff else find_file(files, folder, ".isort.cfg"))
    if not (black or ruff_format or _other_formatter(files, folder)):
        black = _depends(files, folder).get("black", "")
    # isort first: it moves lines that the formatter then wraps
    found = {"isort": isort, "ruff": ruff_format, "black": "" if ruff_format else black}
    return {name: where for name, where in found.items() if where}


def _linters(files: Files, folder: str) -> dict[str, str]:
    found = {
        "ruff": _ruff(files, folder) or find_hook(files, folder, "ruff", "ruff-check"),
        "flake8": _flake8(files, folder),
        "pylint": _tool(files, folder, "pylint")
        or find_file(files, folder, ".pylintrc", "pylintrc")
        or find_hook(files, folder, "pylint"),
    }
    if not any(found.values()):
        known = _depends(files, folder)
        found = {name: known.get(name, "") for name in ("ruff", "flake8", "pylint")}
    return _run_only(files, folder, found, "pylint")


def _flake8(files: Files, folder: str) -> str:
    return (
        find_file(files, folder, ".flake8")
        or find_heading(files, folder, "setup.cfg", "flake8")
        or find_heading(files, folder, "tox.ini", "flake8")
        or _tool(files, folder, "flake8")
        or find_hook(files, folder, "flake8")
    )


def _ruff(files: Files, folder: str) -> str:
    return _tool(files, folder, "ruff") or find_file(files, folder, "ruff.toml", ".ruff.toml")


def _other_formatter(files: Files, folder: str) -> str:
    return (
        _tool(files, folder, "yapf")
        or find_file(files, folder, ".style.yapf")
        or _tool(files, folder, "autopep8")
        or find_hook(files, folder, "yapf", "autopep8", "blue", "darker")
    )


def _tool(files: Files, folder: str, name: str) -> str:
    return find_heading(files, folder, "pyproject.toml", f"tool.{name}")


def _depends(files: Files, folder: str) -> dict[str, str]:
    from cicd.config.dependencies import dependencies

    return dependencies(files, folder)
