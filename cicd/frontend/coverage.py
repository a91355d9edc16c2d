"""The share of covered lines, and the reports where people look for them."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def read_line_percent(folder: Path) -> float | None:
    """The covered lines of `coverage-summary.json`; None when nothing was measured."""
    try:
        total = json.loads((folder / "coverage-summary.json").read_text(encoding="utf-8"))["total"]
        percent = total["lines"]["pct"] if total["lines"]["total"] else None
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return float(percent) if isinstance(percent, (int, float)) else None


def keep_cobertura(folder: Path, target: Path) -> None:
    """Puts the XML report where those of other parts lie, too."""
    written = folder / "cobertura-coverage.xml"
    if written.is_file():
        os.replace(written, target)
