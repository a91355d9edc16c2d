"""The last run, once more: in the terminal with all its numbers, and as Markdown in a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.errors import MissingError
from cicd.records.baseline import read_baseline
from cicd.records.markdown import render_markdown
from cicd.records.report import build_report
from cicd.records.runs import Run
from cicd.records.slowest import read_slowest
from cicd.records.store import read_records
from cicd.records.summary import render_terminal
from cicd.steps.work import current_work
from cicd.system.console import show
from cicd.system.state import write_text

if TYPE_CHECKING:
    from pathlib import Path

    import nox


def write_report(session: nox.Session) -> None:
    """Writes to `.cicd/report.md`, or to the path after `--`.

    Raises `MissingError` when nothing was judged here yet.
    """
    work = current_work(session)
    state = work.place.state
    run = _last_run(state)
    records = read_records(run.records)
    slowest = read_slowest([record.session for record in records], run.reports)
    report = build_report(records, before=read_baseline(state), slowest=slowest)
    show(work.masks.apply(render_terminal(report, detailed=True)))
    path = work.place.root / (work.arguments[0] if work.arguments else state / "report.md")
    write_text(path, work.masks.apply(render_markdown(report)))
    work.say(f"written to {path}")


def _last_run(state: Path) -> Run:
    folders = sorted((state / "runs").glob("*/records"), reverse=True)
    if not folders:
        raise MissingError("nothing was judged here yet", fix="nox -s ci")
    return Run(folders[0].parent.name, folders[0].parent)
