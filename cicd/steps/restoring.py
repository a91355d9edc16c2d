"""The reports of a verdict that is reused: they are there again, and say where they come from."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cicd.steps.snapshot import current_snapshot
from cicd.system.state import publish_folder, write_bytes
from cicd.system.strict import is_strict

if TYPE_CHECKING:
    from pathlib import Path

    from cicd.cache.entry import Entry
    from cicd.records.runs import Run
    from cicd.steps.reuse import Lookup

_MARK = "reused"
"""A file beside them: of which verdict they are, so that they are written once."""
_SUITE = re.compile(rb"""<testsuite\b(?:[^>"']|"[^"]*"|'[^']*')*(?<!/)>(\s*<properties>)?""")


def restore_reports(lookup: Lookup, run: Run, state: Path) -> None:
    """Puts them where people and tools look for those of the last run that ended.

    Nothing where they are there already, or are kept no longer. Raises `OSError`.
    """
    entry = lookup.entry
    if entry is None or not entry.reports:
        return
    target, mark = state / "reports" / entry.session, f"{entry.key} {entry.earned_at}\n"
    snapshot = current_snapshot()
    # Where `CI` is set the run's own folder becomes an artifact.
    if _read(target / _MARK) == mark and not is_strict(snapshot.environ):
        return
    found = snapshot.store.reports(entry)
    folder = run.reports(entry.session)
    for name, content in found.items():
        write_bytes(folder / name, _marked(content, entry) if name == "junit.xml" else content)
    if found:
        write_bytes(folder / _MARK, mark.encode())
        publish_folder(folder, target)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""


def _marked(junit: bytes, entry: Entry) -> bytes:
    """With properties of the first suite, as JUnit has them: when and where it was earned."""
    from xml.sax.saxutils import quoteattr

    told = {"reused": "true", "earned_at": entry.earned_at, "earned_where": entry.where}
    lines = "".join(
        f"<property name={quoteattr(name)} value={quoteattr(value)}/>"
        for name, value in told.items()
    ).encode()

    def insert(suite: re.Match[bytes]) -> bytes:
        return suite[0] + (lines if suite[1] else b"<properties>" + lines + b"</properties>")

    return _SUITE.sub(insert, junit, count=1)
