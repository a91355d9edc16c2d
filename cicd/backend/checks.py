"""Runs the checks of one kind and reports them together."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from cicd.backend import catalog
from cicd.backend.checkers.port import Checker, Finding, Scope
from cicd.backend.environment import Environment, ensure_tools
from cicd.backend.fields import from_root, part_folder, words
from cicd.backend.pins import tool_requirement
from cicd.backend.settings import read_settings
from cicd.backend.sources import avoided_inside, cover, python_files
from cicd.config.files import files_of, folder_of
from cicd.config.invocations import Invocation, find_invocation
from cicd.errors import MissingError, SettingsError
from cicd.model import Command, Completed, Failure, Outcome
from cicd.output import last_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path, PurePosixPath

    from cicd.config.parts import Backend
    from cicd.tree import Tree
    from cicd.system.place import Place


class Kind(StrEnum):
    """What a check judges. The value is the session's verb."""

    FORMAT = "format"
    LINT = "lint"
    TYPES = "types"


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What the checks of a part need: its environment, its files, and where it stands.

    `avoid` are the folders of the other parts; `search_path` is PATH as the session has it;
    `pinned` the versions of tools that the repository pins elsewhere; `repeat` the command
    that repeats the session, `fix` the one that writes. `borrow` is told each environment of
    a tool that the project brings none of.
    """

    place: Place
    part: Backend
    environment: Environment
    tree: Tree
    search_path: str = ""
    avoid: tuple[str, ...] = ()
    pinned: Mapping[str, str] = field(default_factory=dict)
    repeat: str = ""
    fix: str = "nox -s fix"
    borrow: Callable[[Environment], None] = lambda environment: None


def run_checks(task: Task, kind: Kind) -> Outcome:
    """Runs every tool of this kind that the part names, and judges from what they report.

    A tool that ends badly without a finding, that looked at fewer files than there are,
    or that cannot be run, is a failure. Raises `RemoteError` when a tool must be fetched
    and the registry does not answer.
    """
    files = python_files(task.tree, task.part.path, task.avoid)
    if not files:
        return Outcome(headline="no Python files", passed=False, failures=(_no_files(task),))
    reports = [_run_one(task, checker) for checker in checkers(task.part, kind)]
    failures = tuple(failure for report in reports for failure in report.failures)
    scanned = max((report.scanned for report in reports), default=len(files))
    return Outcome(
        headline=_headline(failures, scanned),
        passed=not failures,
        failures=failures,
        metrics={"findings": len(failures), "files": scanned},
        facts={report.name: report.version for report in reports},
    )


def run_fixes(task: Task) -> Outcome:
    """Runs the part's linters and formatters that can write, in this order."""
    failures = []
    found = (*checkers(task.part, Kind.LINT), *checkers(task.part, Kind.FORMAT))
    for checker in found:
        command = checker.fix_command(_scope(task, checker)[1])
        done = _run(task, command) if command else None
        if done and not done.ok:
            said = last_lines(done.output, 10)
            failures.append(Failure(title=f"{checker.NAME} could not write", detail=said))
    return Outcome(headline="", passed=not failures, failures=tuple(failures))


def checkers(part: Backend, kind: Kind) -> tuple[Checker, ...]:
    """The tools that a part names; raises `SettingsError` for one that is not supported."""
    catalogs = {
        Kind.FORMAT: ("formatter", part.formatter, catalog.FORMATTERS),
        Kind.LINT: ("linter", part.linter, catalog.LINTERS),
        Kind.TYPES: ("types", part.types, catalog.TYPE_CHECKERS),
    }
    field_name, value, known = catalogs[kind]
    for name in words(value):
        if name not in known:
            raise SettingsError(
                f"cicd.Backend({field_name}={name!r}): known are {', '.join(known)}"
            )
    return tuple(known[name] for name in words(value))


@dataclass(frozen=True, slots=True)
class _Report:
    name: str
    version: str
    scanned: int
    failures: tuple[Failure, ...]


def _run_one(task: Task, checker: Checker) -> _Report:
    origin, scope = _scope(task, checker)
    existing = len(_files(task, _invocation(task, checker)))
    done = _run(task, checker.check_command(scope))
    found = checker.parse_findings(done.output)
    theirs = [finding for finding in found if not is_about_the_noxfile(finding)]
    counted = (finding for finding in dict.fromkeys(theirs) if finding.severe or not done.ok)
    failures = [_failure(task, finding) for finding in counted]
    if not done.ok and not failures and len(theirs) == len(found):
        failures.append(_broken(task, checker, done))
    scanned = _scanned(task, checker, scope, done)
    if done.ok and (few := _few(checker, scope, scanned, existing)):
        failures.append(Failure(title=few, path=task.part.path, repeat=task.repeat))
    return _Report(checker.NAME, origin, scanned or existing, tuple(failures))


def is_about_the_noxfile(finding: Finding) -> bool:
    """Whether a tool misses nox, or us, in the environment of the project: they run it from
    outside, and a repository without a noxfile was green before."""
    name = finding.path.replace("\\", "/").rpartition("/")[2]
    return name == "noxfile.py" and bool(_OURS.search(finding.text))


_OURS = re.compile(r"(import|module)\b.*[\"'`](nox|cicd)\b", re.IGNORECASE)


def _scope(task: Task, checker: Checker) -> tuple[str, Scope]:
    """Finds the tool in the project's environment, else in one of its own; tells its version."""
    folder = part_folder(task.place, task.part)
    home = task.environment
    name = next((n for n in checker.PROGRAMS if home.program(n).exists()), "")
    if borrowed := not name:
        name = checker.NAME
        wanted = tool_requirement(checker.NAME, home.interpreter.minor, task.pinned)
        home = ensure_tools(task.place, (wanted,), home.interpreter)
        task.borrow(home)
    version = origin = home.version(checker.NAME)
    if borrowed:
        origin += " (the project brings none)"
    inside = avoided_inside(task.part.path, task.avoid)
    own = _invocation(task, checker)
    source = tuple(name for name in words(task.part.source) if (folder / name).exists())
    return origin, Scope(
        program=home.program(name),
        folder=folder,
        targets=own.paths if own.narrows else cover(_files(task, own), inside),
        whole=not inside and not own.narrows,
        settings=read_settings(folder, task.place.root, checker.SETTINGS),
        python=task.environment.python,
        borrowed=borrowed,
        source=source,
        line_length=_line_length(folder, task),
        version=version,
        options=own.options,
        narrowed=bool(own.paths),
    )


def _invocation(task: Task, checker: Checker) -> Invocation:
    """How the repository's own scripts call the tool: they decide what the verdict is about."""
    return find_invocation(files_of(task.tree), folder_of(task.part.path), checker.CALL)


def _files(task: Task, own: Invocation) -> tuple[PurePosixPath, ...]:
    """The part's Python files, or those of them that the repository's own scripts name."""
    found = python_files(task.tree, task.part.path, task.avoid)
    return tuple(
        file
        for file in found
        if not own.narrows or any(file.is_relative_to(path) for path in own.paths)
    )


def _line_length(folder: Path, task: Task) -> int:
    black = read_settings(folder, task.place.root, catalog.FORMATTERS["black"].SETTINGS)
    length = black.values.get("line-length", 88)
    return length if isinstance(length, int) else 88


def _run(task: Task, command: Command) -> Completed:
    command = command.with_env({**task.environment.variables(task.search_path), **_PLAIN})
    try:
        return task.place.runner.run(command, timeout_s=task.part.timeout_s)
    except MissingError as error:
        return Completed(command, 127, str(error))


_PLAIN = {"NO_COLOR": "1", "FORCE_COLOR": None, "COLUMNS": "200"}
"""Colours would stand between us and the report."""


def _scanned(task: Task, checker: Checker, scope: Scope, done: Completed) -> int | None:
    if count := checker.count_command(scope):
        count = count.with_env(task.environment.variables(task.search_path))
        listed = task.place.runner.run(count, timeout_s=task.part.timeout_s, quiet=True)
        return checker.parse_scanned(listed.output) if listed.ok else None
    return checker.parse_scanned(done.output)


def _few(checker: Checker, scope: Scope, scanned: int | None, existing: int) -> str:
    """What to say when a tool looked at fewer files than it should have; "" when it did not."""
    if scanned == 0:
        return f"{checker.NAME} looked at no file, and there are {existing}"
    excluded = {option.partition("=")[0].lstrip("-") for option in scope.options}
    narrowed = scope.settings.names_any(checker.NARROWING) or excluded & checker.NARROWING
    every = checker.SCANS_ALL and not narrowed
    if every and scanned is not None and scanned < existing:
        return f"{checker.NAME} looked at {scanned} of {existing} files, and no setting says why"
    return ""


def _failure(task: Task, finding: Finding) -> Failure:
    folder = part_folder(task.place, task.part)
    return Failure(
        title=finding.text,
        path=from_root(task.place, folder, finding.path),
        line=finding.line,
        repeat=task.repeat,
        fix=task.fix if finding.fixable else "",
    )


def _broken(task: Task, checker: Checker, done: Completed) -> Failure:
    ended = "reached the time limit" if done.timed_out else f"ended with {done.return_code}"
    title = f"{checker.NAME} {ended} and reported no finding"
    return Failure(
        title=title,
        path=task.part.path,
        detail=last_lines(done.output, 12),
        repeat=task.repeat,
    )


def _no_files(task: Task) -> Failure:
    return Failure(title="there is no Python file to check", path=task.part.path)


def _headline(failures: tuple[Failure, ...], scanned: int) -> str:
    if failures:
        return "1 finding" if len(failures) == 1 else f"{len(failures)} findings"
    return "1 file" if scanned == 1 else f"{scanned} files"
