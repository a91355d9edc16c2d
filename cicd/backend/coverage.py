"""Reads coverage reports and judges them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from cicd.model import Failure

if TYPE_CHECKING:
    from pathlib import Path


def read_coverage(path: Path) -> float | None:
    """The covered share in percent, from coverage's JSON report; None when there is none.

    Raises `ValueError` when the report is there and cannot be read.
    """
    if not path.is_file():
        return None
    try:
        totals = json.loads(path.read_text(encoding="utf-8"))["totals"]
        # Without a statement to cover, coverage says 100 %, and that is no measurement.
        return float(totals["percent_covered"]) if totals["num_statements"] else None
    except (KeyError, TypeError, json.JSONDecodeError) as error:
        raise ValueError(f"the coverage report cannot be read: {error}") from error


def judge_coverage(
    percent: float | None, wanted_percent: float | None, why: str, path: str
) -> tuple[Failure, ...]:
    """What is wrong with the coverage; nothing where no limit is set. `why` tells the
    reason when nothing was measured."""
    if wanted_percent is None:
        return ()
    if percent is None:
        title = f"coverage was not measured, and {wanted_percent:g} % are asked for"
        return (Failure(title=title, path=path, detail=why),)
    if percent + 1e-9 < wanted_percent:
        title = f"coverage {render_percent(percent)} is below {wanted_percent:g} %"
        return (Failure(title=title, path=path),)
    return ()


def render_percent(percent: float) -> str:
    """Rounded down, so that 89.96 does not look like the 90 that it misses."""
    return f"{int(percent * 10) / 10:g} %"
