"""What migrations told while they were watched; that of a template counts for each run that has
the template."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from cicd.steps.reads import TEMPLATE, notes_path, watching
from cicd.system.state import write_bytes

if TYPE_CHECKING:
    from pathlib import Path

    from cicd.steps.bench import Bench
    from cicd.steps.work import Work

_ENCODING = ("utf-8", "surrogateescape")


def watching_migrations(bench: Bench, of: str = "") -> dict[str, str]:
    """The variables under which they note what they read."""
    return watching(bench.work, of) if bench.tells_reads else {}


def read_told(work: Work) -> str:
    """The notes of a template's migrations, with paths that another checkout has as well."""
    try:
        text = _template_notes(work).read_bytes().decode(*_ENCODING)
    except OSError:
        return ""
    return re.sub(rf"(?<=\t){re.escape(_root(work))}(?=[/\n])", ".", text)


def recall_told(bench: Bench, told: str) -> None:
    """Leaves these notes where those of this run would be, whose migrations need not run."""
    if bench.tells_reads:
        text = re.sub(r"(?<=\t)\.(?=[/\n])", lambda _: _root(bench.work), told)
        write_bytes(_template_notes(bench.work), text.encode(*_ENCODING))


def _template_notes(work: Work) -> Path:
    return notes_path(work.run.folder, work.session, TEMPLATE)


def _root(work: Work) -> str:
    return os.path.realpath(work.place.root)
