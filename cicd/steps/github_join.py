"""One verdict from the records that the jobs of a workflow left: `-- FOLDER`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cicd.backend.joined_coverage import unite_coverage
from cicd.errors import CheckFailed, MissingError, SettingsError
from cicd.frontend.joined_coverage import unite_lcov
from cicd.model import Outcome
from cicd.records.jobs import own_jobs, prerequisites_of, read_jobs
from cicd.records.join import join_session
from cicd.records.judgement import judge
from cicd.records.store import write_record
from cicd.records.whole import mark_whole
from cicd.steps.work import current_work
from cicd.system.git import read_commit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import nox

    from cicd.steps.work import Work


def join_jobs(
    session: nox.Session, required: Sequence[str], requires: Mapping[str, Sequence[str]]
) -> None:
    """Joins the records of all jobs below the folder that is given after `--`.

    `required` are the sessions that `ci` judges, `requires` what each session runs before it.
    The joined records become those of this run, as if it had done all the work: its summary
    and its report are theirs. Raises `CheckFailed` unless all of it is green.
    """
    work = current_work(session)
    mark_whole(work.run)
    jobs = read_jobs(_folder(work))
    commit = read_commit(work.place.root)
    prerequisites = prerequisites_of(required, requires)
    records = [
        join_session(
            name,
            own_jobs(jobs, name, prerequisites),
            commit=commit,
            run=work.run.id,
            measure=measure_coverage,
        )
        for name in required
    ]
    for record in records:
        write_record(work.run.records, record, work.masks.apply)
    judgement = judge(records, required)
    if not required:
        raise SettingsError("there is nothing to judge: `ci` requires no session")
    if judgement.red:
        raise CheckFailed(Outcome(headline=f"red: {', '.join(judgement.red)}", passed=False))
    if judgement.unverified and work.strict:
        gaps = f"not verified: {', '.join(judgement.unverified)}"
        raise CheckFailed(Outcome(headline=gaps, passed=False))


def _folder(work: Work) -> Path:
    if len(work.arguments) != 1:
        raise SettingsError(
            "one folder is wanted, that holds what the jobs left",
            fix=f"nox -s {work.session} -- FOLDER",
        )
    folder = work.place.root / work.arguments[0]
    if folder.exists() and not folder.is_dir():
        raise SettingsError(
            f"{work.arguments[0]} is no folder", fix="name the one that holds what the jobs left"
        )
    if not folder.is_dir():
        raise MissingError(f"{work.arguments[0]} is not there: no job left a record")
    return folder


def measure_coverage(folders: Sequence[Path]) -> float | None:
    """Python's tests leave `coverage.json`, those of a Node package lcov."""
    python = [file for folder in folders if (file := folder / "coverage.json").is_file()]
    if python:
        return unite_coverage(python)
    node = (folder / "coverage" / "lcov.info" for folder in folders)
    return unite_lcov(file for file in node if file.is_file())
