"""One folder with all that a run leaves, to be uploaded as it is."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from cicd.records.runs import Run
from cicd.records.store import write_record
from cicd.records.whole import is_whole, mark_whole
from cicd.system.state import publish_folder, write_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from cicd.records.record import Record
    from cicd.system.masking import Masks

ARTIFACT = "artifact"


def publish_artifact(
    state: Path, run: Run, records: Iterable[Record], markdown: str, masks: Masks
) -> None:
    """Makes `.cicd/artifact/` anew: records, the reports of their sessions, and the summary.

    Of a session that was killed nobody has masked the reports: only its record is there.
    """
    folder = run.folder / ARTIFACT
    (folder / "reports").mkdir(parents=True)
    for record in records:
        write_record(folder / "records", record)
        reports = run.reports(record.session)
        if record.verdict and reports.is_dir() and any(reports.iterdir()):
            shutil.copytree(reports, folder / "reports" / record.session)
    write_text(folder / "report.md", markdown)
    if is_whole(run):
        mark_whole(Run(run.id, folder))
    masks.apply_below(folder / "reports")
    publish_folder(folder, state / ARTIFACT)
    shutil.rmtree(folder, ignore_errors=True)
