"""The tests that took longest, from the reports of a run."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path
    from xml.etree.ElementTree import Element

_SHOWN = 5
_WORTH_TELLING_S = 0.005


@dataclass(frozen=True, slots=True, kw_only=True)
class SlowTest:
    """A test, and how long it took. `name` has its file or its class in front."""

    session: str
    name: str
    time_s: float


def read_slowest(sessions: Iterable[str], folder: Callable[[str], Path]) -> tuple[SlowTest, ...]:
    """The slowest tests of all these sessions, slowest first; `folder` says where a session's
    reports are. A report that is not there or cannot be read has none."""
    found = (each for session in sessions for each in _read(session, folder(session)))
    return tuple(heapq.nlargest(_SHOWN, found, key=lambda test: test.time_s))


def _read(session: str, folder: Path) -> Iterator[SlowTest]:
    from xml.etree.ElementTree import ParseError, iterparse

    try:
        for _, element in iterparse(folder / "junit.xml"):
            if element.tag == "testcase":
                if (time_s := _seconds(element)) >= _WORTH_TELLING_S:
                    yield SlowTest(session=session, name=_name(element), time_s=time_s)
                element.clear()
    except (OSError, ParseError):
        return


def _name(element: Element) -> str:
    place = element.get("file") or element.get("classname") or ""
    name = element.get("name", "")
    return f"{place}::{name}" if place else name


def _seconds(element: Element) -> float:
    try:
        return float(element.get("time", "0").replace(",", ""))
    except ValueError:
        return 0.0
