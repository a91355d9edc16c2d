"""The templates of this lane, filled in by plain replacement."""

from __future__ import annotations

import re
from importlib.resources import files

_PLACE = re.compile(r"\{\{(\w+)\}\}")
_EMPTY = "\0"


def fill_template(name: str, /, **values: str) -> str:
    """The template with `{{each}}` place filled; lines that are empty only because their
    places are go, and blank lines that then stand together become one.

    Raises `KeyError` for a place without a value.
    """
    text = (files(__package__) / "templates" / name).read_text(encoding="utf-8")
    filled = _PLACE.sub(lambda place: values[place[1]] or _EMPTY, text)
    lines = [line for line in filled.splitlines() if not _is_gone(line)]
    kept = "\n".join(lines).replace(_EMPTY, "")
    return re.sub(r"\n{3,}", "\n\n", kept).strip("\n") + "\n"


def _is_gone(line: str) -> bool:
    return _EMPTY in line and not line.replace(_EMPTY, "").strip()
