"""Alembic: one head, up from nothing, models agree, down and up again."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any

from cicd.backend.fields import from_root
from cicd.backend.testers.port import DRIVERS
from cicd.model import Command, Completed, Failure, Outcome
from cicd.output import last_lines

if TYPE_CHECKING:
    from pathlib import Path

    from cicd.backend.migrators.port import MigrationJob

_UP_AGAIN = 4
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six")


def upgrade_command(job: MigrationJob) -> Command:
    ini = _ini(job)
    argv = (str(job.environment.python), "-m", "alembic", "-c", ini.name, "upgrade", "head")
    return Command(argv, cwd=ini.parent, env=job.variables())


def check_command(job: MigrationJob, report: Path) -> Command:
    """One process for all steps, in the folder of the settings file: Alembic takes the
    paths in it from there."""
    ini = _ini(job)
    argv = (str(job.environment.python), str(DRIVERS / "cicd_alembic.py"), str(report), ini.name)
    return Command((*argv, *_steps(job)), cwd=ini.parent, env=job.variables())


def _steps(job: MigrationJob) -> tuple[str, ...]:
    steps = ("heads", "upgrade", "check", "downgrade", "upgrade")
    return steps if job.part.downgrade else steps[:3]


def run_checks(job: MigrationJob) -> Outcome:
    report = job.place.reports / "migrations.jsonl"
    report.unlink(missing_ok=True)
    command = check_command(job, report)
    done = job.place.runner.run(command, timeout_s=job.part.timeout_s)
    return judge_steps(job, done, parse_steps(report))


def parse_steps(report: Path) -> tuple[dict[str, Any], ...]:
    """What the steps wrote; not the line that a step which was killed left half."""
    if not report.is_file():
        return ()
    steps: list[dict[str, Any]] = []
    with contextlib.suppress(ValueError):
        for line in report.read_bytes().splitlines():
            steps.append(json.loads(line))
    return tuple(steps)


def judge_steps(job: MigrationJob, done: Completed, steps: tuple[dict[str, Any], ...]) -> Outcome:
    """The verdict from what the steps reported, and from the end where they did not."""
    heads = next((step for step in steps if step["step"] == "heads"), {})
    failures = tuple(failure for step in steps for failure in _judge_step(job, step))
    # A process that ends early may well end with 0: what counts is what was reported.
    if not failures and (not done.ok or len(steps) < len(_steps(job))):
        failures = (_cut_short(job, done, len(steps)),)
    unchecked = next((step["unchecked"] for step in steps if step.get("unchecked")), "")
    return Outcome(
        headline=failures[0].title if failures else _headline(heads, unchecked),
        passed=not failures,
        failures=failures,
        metrics=_metrics(heads, steps),
        facts={"models compared": unchecked or "yes"} if len(steps) > 2 else {},
    )


def _judge_step(job: MigrationJob, step: dict[str, Any]) -> tuple[Failure, ...]:
    if step.get("error"):
        return (_failed_step(job, step),)
    if step.get("differences"):
        return _differences(job, step["differences"])
    return _judge_heads(job, step["heads"]) if step.get("stop") else ()


def _judge_heads(job: MigrationJob, heads: list[list[str]]) -> tuple[Failure, ...]:
    path = from_root(job.place, job.folder, job.ini)
    if not heads:
        return (Failure(title="there is no revision", path=path, repeat=job.repeat),)
    number = _NUMBERS[len(heads)] if len(heads) < len(_NUMBERS) else str(len(heads))
    named = ", ".join(f"{revision} ({text})" if text else revision for revision, text in heads)
    ids = " ".join(revision for revision, _ in heads)
    fix = f'alembic merge -m "merge" {ids}'
    title = f"{number} heads: {named}"
    return (Failure(title=title, path=path, repeat=job.repeat, fix=fix),)


def _differences(job: MigrationJob, differences: list[str]) -> tuple[Failure, ...]:
    number = len(differences)
    many = "1 difference" if number == 1 else f"{number} differences"
    return (
        Failure(
            title=f"models and migrations disagree: {many}",
            path=from_root(job.place, job.folder, job.ini),
            detail="\n".join(differences),
            repeat=job.repeat,
            fix='alembic revision --autogenerate -m "…"',
        ),
    )


def _failed_step(job: MigrationJob, step: dict[str, Any]) -> Failure:
    what = {
        "heads": "the revisions cannot be read",
        "upgrade": "the upgrade from nothing fails",
        "check": "models and migrations cannot be compared",
        "downgrade": "the downgrade to nothing fails",
    }[step["step"]]
    if step["number"] == _UP_AGAIN:
        what = "the upgrade after the downgrade fails: the downgrade left something behind"
    one_way = step["step"] == "downgrade" and "NotImplementedError" in step["error"]
    return Failure(
        title=what,
        path=from_root(job.place, _ini(job).parent, step["file"] or _ini(job).name),
        line=step["line"] or None,
        detail=step["error"],
        repeat=job.repeat,
        fix=f'cicd.Backend("{job.part.path}", downgrade=False)' if one_way else "",
    )


def _cut_short(job: MigrationJob, done: Completed, steps: int) -> Failure:
    ended = "reached the time limit" if done.timed_out else f"ended with {done.return_code}"
    return Failure(
        title=f"alembic {_steps(job)[min(steps, len(_steps(job)) - 1)]} {ended}",
        path=from_root(job.place, job.folder, job.ini),
        detail=last_lines(done.output, 12),
        repeat=job.repeat,
    )


def _headline(heads: dict[str, Any], unchecked: str) -> str:
    number = heads["revisions"]
    many = "1 revision" if number == 1 else f"{number} revisions"
    return f"{many}, one head" + (f" · models not compared: {unchecked}" if unchecked else "")


def _metrics(heads: dict[str, Any], steps: tuple[dict[str, Any], ...]) -> dict[str, float]:
    seconds = {f"{step['step']}_{step['number']}_s": step["duration_s"] for step in steps}
    return {"revisions": heads.get("revisions", 0), "heads": len(heads.get("heads", ())), **seconds}


def _ini(job: MigrationJob) -> Path:
    return job.folder / job.ini
