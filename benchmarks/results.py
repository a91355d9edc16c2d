"""What a case found, as a value and as JSON: kept, so that one case can be measured anew."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A line of the first table. `ours` and `beside` are told with their units; `ratio` and
    `reach` are of one kind, and less is better."""

    what: str
    ours: str
    beside: str
    ratio: float
    reach: float | None = None
    unit: str = ""

    @property
    def reached(self) -> bool | None:
        return None if self.reach is None else self.ratio <= self.reach


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """`text` says what was done on each side; `notes` what a reader has to know besides."""

    case: str
    title: str
    text: str
    columns: Sequence[str]
    lines: Sequence[Sequence[str]]
    comparisons: Sequence[Comparison] = ()
    notes: Sequence[str] = ()
    versions: Mapping[str, str] = field(default_factory=dict)
    on: str = ""
    rounds: int = 0


def keep(folder: Path, result: Result) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{result.case}.json").write_text(json.dumps(asdict(result), indent=1))


def read(folder: Path, case: str) -> Result | None:
    try:
        values = json.loads((folder / f"{case}.json").read_text())
        compared = [Comparison(**each) for each in values.pop("comparisons")]
        return Result(**values, comparisons=compared)
    except (OSError, ValueError, TypeError, KeyError):
        return None
