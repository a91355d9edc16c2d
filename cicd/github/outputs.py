"""What a step hands on: its outputs, and its part of the job's summary."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SUMMARY_BYTES = 1024 * 1024
"""Of one step; GitHub shows nothing of a summary that is larger."""


def write_outputs(file: Path, outputs: Mapping[str, str]) -> None:
    """Appends to the step's outputs. No value can end itself and set another one: what ends it
    is a word that nobody can guess."""
    with file.open("a", encoding="utf-8") as stream:
        for name, value in outputs.items():
            end = f"end_{secrets.token_hex(16)}"
            stream.write(f"{name}<<{end}\n{value}\n{end}\n")


def summary_room(file: Path) -> int:
    """How many bytes the step may still add to its summary."""
    written = file.stat().st_size if file.exists() else 0
    return max(0, SUMMARY_BYTES - written - 1)


def append_summary(file: Path, markdown: str) -> None:
    with file.open("a", encoding="utf-8") as stream:
        stream.write(f"{markdown}\n")
