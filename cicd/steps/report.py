"""The last run, once more: in the terminal with all its numbers, and as Markdown in a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.errors import MissingError, SettingsError
from cicd.records.baseline import read_baseline
from cicd.records.markdown import render_markdown
from cicd.records.report import build_report
from cicd.records.runs import Run, read_duration
from cicd.records.slowest import read_slowest
from cicd.records.store import read_records
from cicd.records.summary import render_terminal
from cicd.records.whole import is_whole
from cicd.steps.work import current_work
from cicd.system.console import show
from cicd.system.state import write_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import nox

    from cicd.steps.work import Work

_FILE = "report.md"
_USAGE = "name one file: nox -s report -- out/report.md"


def write_report(session: nox.Session, required: Sequence[str], order: Sequence[str]) -> None:
    """Writes to `.cicd/report.md`, or to the path after `--`. `required` are the sessions of
    `ci`, which count where it was asked for, `order` is that of the table.

    Raises `MissingError` when nothing was judged here yet, `SettingsError` for no file's path.
    """
    work = current_work(session)
    path, state = _target(work), work.place.state
    run = _last_run(state)
    records = read_records(run.records)
    slowest = read_slowest([record.session for record in records], run.reports)
    report = build_report(
        records,
        required=required if is_whole(run) else (),
        order=order,
        duration_s=read_duration(run),
        before=read_baseline(state),
        slowest=slowest,
    )
    show(work.masks.apply(render_terminal(report, detailed=True)))
    try:
        write_text(path, work.masks.apply(render_markdown(report)))
    except OSError as error:
        why = error.strerror or error
        raise SettingsError(f"the report cannot be written to {path}: {why}", fix=_USAGE) from error
    work.say(f"written to {path}")


def _target(work: Work) -> Path:
    if len(work.arguments) > 1:
        raise SettingsError(f"report does not understand {' '.join(work.arguments)}", fix=_USAGE)
    return work.place.root / (work.arguments[0] if work.arguments else work.place.state / _FILE)


def _last_run(state: Path) -> Run:
    folders = sorted((state / "runs").glob("*/records"), reverse=True)
    if not folders:
        raise MissingError("nothing was judged here yet", fix="nox -s ci")
    return Run(folders[0].parent.name, folders[0].parent)
