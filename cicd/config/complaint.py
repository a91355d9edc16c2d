"""How a mistake in a noxfile is told: the call, what is wrong, what was meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Sequence

_WIDEST = 160


def complaint(call: str, wrong: str, hint: str = "") -> SettingsError:
    """Three lines: `noxfile.py: cicd.Backend(…)`, what cannot be, the fix."""
    lines = [f"noxfile.py: {call}", f"  {wrong}", *([f"  {hint}"] if hint else [])]
    return SettingsError("\n".join(_short(line) for line in lines))


def meant(given: str, known: Sequence[str]) -> str:
    """The known name that comes closest to the given one, or ""."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(given, known, n=1, cutoff=0.6)), "")


def _short(line: str) -> str:
    return line if len(line) <= _WIDEST else f"{line[: _WIDEST - 1]}…"
