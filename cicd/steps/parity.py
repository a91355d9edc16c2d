"""The step that compares another run with the last one of this checkout."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from cicd.errors import CheckFailed, MissingError, SettingsError
from cicd.model import Outcome
from cicd.records.elsewhere import is_of_one_job, read_elsewhere
from cicd.records.parity import compare, differing_variables, numbers_left_out
from cicd.records.store import read_records
from cicd.records.variables import is_place
from cicd.records.whole import last_whole_run
from cicd.steps.github_join import measure_coverage
from cicd.steps.work import current_work
from cicd.system.ask import read_output
from cicd.system.console import show

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import nox

    from cicd.records.parity import Compared
    from cicd.records.record import Record
    from cicd.steps.work import Work

_ALL = "--all"
_USAGE = "name the other run: nox -s parity -- <record, folder or artifact>"
_NOT_READ = (
    ":(exclude)*.md",
    ":(exclude)*.rst",
    ":(exclude).github",
    ":(exclude).gitlab-ci.yml",
    ":(exclude)*Dockerfile*",
)
"""Where the names of variables stand without being read by what sessions run."""


def compare_runs(session: nox.Session) -> None:
    """Prints for each session the first difference, with `--all` every one.

    Raises `SettingsError` for a path that is not there, `MissingError` when there is nothing to
    compare, `CheckFailed` when something differs that can change a verdict.
    """
    work = current_work(session)
    path, every = _read_arguments(work.arguments)
    there = read_elsewhere(path, measure_coverage)
    here = _last_run(work, {record.session for record in there}, alone=is_of_one_job(path))
    compared = compare(here, there, _read_by_repository(work, differing_variables(here, there)))
    lines = [f"here   {_describe(here)}", f"there  {_describe(there)}, {path}", ""]
    lines += [f"  {one.render(every=every)}" for one in compared]
    show(work.masks.apply("\n".join(("", *lines, "", ""))))
    _judge(compared, _left_out(here, there))


def _read_arguments(arguments: Sequence[str]) -> tuple[Path, bool]:
    paths = [argument for argument in arguments if argument != _ALL]
    if len(paths) != 1 or paths[0].startswith("-"):
        raise SettingsError(_USAGE)
    return Path(paths[0]), len(paths) < len(arguments)


def _last_run(work: Work, sessions: set[str], *, alone: bool) -> tuple[Record, ...]:
    """The newest run that has ended and has all of these sessions, else the last of the whole
    repository, else one that has some; with `alone`, of that run only these."""
    runs = {}
    for folder in sorted((work.place.state / "runs").glob("*/records"), reverse=True):
        records = () if folder == work.run.records else read_records(folder)
        if all(each.verdict for each in records) and sessions & {r.session for r in records}:
            runs[folder] = records
    if not runs:
        names = ", ".join(sorted(sessions))
        raise MissingError(
            f"this checkout has no finished run of {names}", fix="run it here first: nox -s ci"
        )
    with_all = [found for found in runs.values() if sessions <= {r.session for r in found}]
    whole = last_whole_run(work.place.state)
    some = runs.get(whole.records if whole else Path(), next(iter(runs.values())))
    return tuple(r for r in (*with_all, some)[0] if not alone or r.session in sessions)


def _left_out(here: Sequence[Record], there: Sequence[Record]) -> str:
    """What the last line adds."""
    if {record.run for record in here} == {record.run for record in there}:
        return "This is the same run.\n"
    names = numbers_left_out(here, there)
    return f"Numbers were not compared, of shares of the tests: {', '.join(names)}.\n" * bool(names)


def _read_by_repository(work: Work, names: Iterable[str]) -> frozenset[str]:
    """Those of these variables that files of this repository name."""
    wanted = sorted(name for name in names if not is_place(name))
    if not wanted:
        return frozenset()
    patterns = (word for name in wanted for word in ("-e", name))
    asked = ("grep", "-hoIwF", "--untracked", *patterns, "--", ".", *_NOT_READ)
    found = read_output(("git", "-C", os.fspath(work.place.root), *asked))
    return frozenset((found or "").split()) & frozenset(wanted)


def _describe(records: Sequence[Record]) -> str:
    runs = dict.fromkeys(record.run for record in records)
    commits = dict.fromkeys(_commit(record) for record in records)
    run = f"run {next(iter(runs))}" if len(runs) == 1 else f"{len(runs)} runs"
    return f"{run}, {', '.join(commits)}"


def _commit(record: Record) -> str:
    commit = record.outcome.facts.get("commit", "")
    changed = " with changes" if commit.endswith("+") else ""
    return f"commit {commit.rstrip('+')[:12]}{changed}" if commit else "no commit"


def _judge(compared: Sequence[Compared], left_out: str) -> None:
    """The last line says what was found, and `left_out` what was not looked at."""
    differ = [one.session for one in compared if one.decides]
    if differ:
        headline = f"no parity: what can change a verdict differs for {', '.join(differ)}"
        raise CheckFailed(Outcome(headline=headline, passed=False))
    number = "the session has" if len(compared) == 1 else f"all {len(compared)} sessions have"
    show(f"Parity: {number} what decides in common.\n{left_out}")
