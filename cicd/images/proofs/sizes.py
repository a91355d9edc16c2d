"""How large an image is, layer by layer, and how much it grew since the last run."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from cicd.system.state import write_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SCHEMA = 1
_MB = 1_000_000
_GROWTH_BYTES = 10 * _MB
_GROWTH_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class LayerSize:
    """A layer's files, unpacked, and the instruction that made it."""

    size_bytes: int
    command: str


@dataclass(frozen=True, slots=True)
class Sizes:
    """The layers of an image from the base up."""

    layers: tuple[LayerSize, ...]

    @property
    def total_bytes(self) -> int:
        return sum(layer.size_bytes for layer in self.layers)


def explain_budget(sizes: Sizes, max_mb: float | None, last: Sizes | None) -> str:
    """What exceeds the budget, with the table of layers; "" when nothing does."""
    if max_mb is None or sizes.total_bytes <= max_mb * _MB:
        return ""
    return f"{render_mb(sizes.total_bytes)}, {max_mb:g} MB are allowed\n{render_table(sizes, last)}"


def explain_growth(sizes: Sizes, last: Sizes | None) -> str:
    """What to tell when it grew by a fifth and by 10 MB since the last run; else ""."""
    if last is None:
        return ""
    grown = sizes.total_bytes - last.total_bytes
    if grown < max(_GROWTH_BYTES, last.total_bytes * _GROWTH_SHARE):
        return ""
    said = f"{render_mb(grown)} larger than in the last run, now {render_mb(sizes.total_bytes)}"
    return f"{said}\n{render_table(sizes, last)}"


def render_table(sizes: Sizes, last: Sizes | None) -> str:
    """One line for each layer; against the last run a layer is known by its instruction."""
    before = {layer.command: layer.size_bytes for layer in last.layers} if last else {}
    return "\n".join(
        f"  {render_mb(layer.size_bytes):>9} {_change(layer, before):>10}  {layer.command}"
        for layer in sizes.layers
    )


def _change(layer: LayerSize, before: dict[str, int]) -> str:
    if not before:
        return ""
    if layer.command not in before:
        return "new"
    change = layer.size_bytes - before[layer.command]
    return f"{change / _MB:+.1f} MB" if abs(change) >= _MB / 20 else ""


def render_mb(size_bytes: int) -> str:
    size = size_bytes / _MB
    return f"{size:.0f} MB" if size >= 10 else f"{size:.1f} MB"


def write_sizes(path: Path, sizes: Sizes) -> None:
    write_text(path, json.dumps({"schema": SCHEMA, **asdict(sizes)}, indent=2) + "\n")


def read_sizes(path: Path) -> Sizes | None:
    """Those of the last run; None when there was none."""
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        if values["schema"] != SCHEMA:
            return None
        layers: Sequence[dict[str, object]] = values["layers"]
        return Sizes(tuple(LayerSize(int(str(x["size_bytes"])), str(x["command"])) for x in layers))
    except (OSError, ValueError, LookupError, TypeError):
        return None
