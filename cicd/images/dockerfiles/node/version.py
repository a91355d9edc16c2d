"""The Node of a frontend's build stage, as a tag of the official image."""

from __future__ import annotations

import re

from cicd.images.dockerfiles.pins import NODE

_LTS = {"hydrogen": "18", "iron": "20", "jod": "22", "krypton": "24"}
_LINES = (NODE, "22", "24", "26", "18", "16", "14")
_COMPARATOR = re.compile(r"(>=|<=|>|<|=|\^|~>?)?\s*v?(\d+)(?:\.[\dxX*]+){0,2}")


def node_tag(wanted: str) -> str:
    """ "20", "20.18.0" and "lts/iron" name one; of a range the first line that it admits."""
    text = wanted.strip().lower().removeprefix("v")
    if re.fullmatch(r"\d+(\.\d+){0,2}", text):
        return text
    if name := _LTS.get(text.removeprefix("lts/")):
        return name
    return next((line for line in _LINES if _admits(text, int(line))), NODE)


def _admits(text: str, major: int) -> bool:
    """Whether some alternative of the range has versions of this line."""
    for alternative in text.split("||"):
        hyphen = re.fullmatch(r"\s*v?(\d+)[\d.x*]*\s+-\s+v?(\d+)[\d.x*]*\s*", alternative)
        if hyphen:
            fits = int(hyphen[1]) <= major <= int(hyphen[2])
        else:
            found = _COMPARATOR.findall(alternative)
            fits = bool(found) and all(_compare(sign, int(n), major) for sign, n in found)
        if fits:
            return True
    return False


def _compare(sign: str, bound: int, major: int) -> bool:
    match sign:
        case ">=":
            return major >= bound
        case ">":
            return major > bound
        case "<=":
            return major <= bound
        case "<":
            return major < bound
    return major == bound
