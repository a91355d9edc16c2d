"""Reads JUnit reports: what ran, what failed, and where."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path
    from xml.etree.ElementTree import Element


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One test that did not simply pass, or that did: `kind` tells.

    `file` and `line` (from 1) are where the test stands, as the runner writes them.
    """

    classname: str
    name: str
    kind: str = "passed"
    message: str = ""
    text: str = ""
    file: str = ""
    line: int | None = None
    time_s: float = 0.0

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes it the same test in another run."""
        return self.file, self.classname, self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a run reports. `tests` counts each test once, also one that failed twice.

    `cases` are all of them, `aside` the number of those that ran and do not decide. `stopped`:
    the runner ended before all of them had run.
    """

    tests: int = 0
    failed: tuple[Case, ...] = ()
    skipped: tuple[Case, ...] = ()
    duration_s: float = 0.0
    cases: tuple[Case, ...] = ()
    aside: int = 0
    stopped: bool = False

    @property
    def deciding(self) -> int:
        """How many ran and decide."""
        return self.tests - len(self.skipped) - self.aside

    @property
    def passed(self) -> int:
        return self.deciding - len(self.failed)

    @property
    def pass_percent(self) -> float:
        """The share of passed tests among those that decide; skipped ones did not run."""
        return 100.0 * self.passed / self.deciding if self.deciding else 0.0


def parse_junit(path: Path) -> Report:
    """Reads a report of any size, one test at a time.

    Raises `ValueError` with the reason when it is not there or not a whole report.
    """
    from xml.etree.ElementTree import ParseError, iterparse

    seen: dict[tuple[str, str, str], Case] = {}
    stopped = False
    try:
        for _, element in iterparse(path):
            if element.tag == "testcase":
                _keep(seen, parse_case(element))
                element.clear()
            # Our runner of unittest says it; pytest says it on the screen alone.
            stopped = stopped or element.get("stopped") == "true"
    except FileNotFoundError:
        raise ValueError("no report was written") from None
    except ParseError as error:
        raise ValueError(f"the report cannot be read: {error}") from error
    return _report(tuple(seen.values()), stopped)


def _keep(seen: dict[tuple[str, str, str], Case], case: Case) -> None:
    """A test whose teardown fails as well has two entries: the first failure stands."""
    if case.key not in seen or seen[case.key].kind in ("passed", "skipped"):
        seen[case.key] = case


def _report(cases: tuple[Case, ...], stopped: bool) -> Report:
    return Report(
        tests=len(cases),
        failed=tuple(case for case in cases if case.kind in ("failure", "error")),
        skipped=tuple(case for case in cases if case.kind == "skipped"),
        duration_s=sum(case.time_s for case in cases),
        cases=cases,
        stopped=stopped,
    )


def parse_case(element: Element) -> Case:
    outcomes = {child.tag: child for child in element}
    kind = next((k for k in ("failure", "error", "skipped") if k in outcomes), "passed")
    told = outcomes.get(kind)
    line = element.get("line", "")
    return Case(
        classname=element.get("classname", ""),
        name=element.get("name", ""),
        kind=kind,
        message=told.get("message", "") if told is not None else "",
        text=(told.text or "") if told is not None else "",
        file=element.get("file", "").replace("\\", "/"),
        # pytest counts lines from 0 here.
        line=int(line) + 1 if line.isdigit() else None,
        time_s=_seconds(element.get("time", "0")),
    )


def _seconds(text: str) -> float:
    try:
        return float(text.replace(",", ""))
    except ValueError:
        return 0.0


_PLACES = re.compile(
    r"^(?:E\s+)?(?P<a>[^\s:][^:\n]*\.py):(?P<b>\d+): |File \"(?P<c>[^\"\n]+)\", line (?P<d>\d+)",
    re.MULTILINE,
)


def places_in(text: str) -> tuple[tuple[str, int], ...]:
    """The files and lines that a traceback names, outermost first."""
    found = _PLACES.finditer(text)
    return tuple((m["a"] or m["c"], int(m["b"] or m["d"])) for m in found)


_IN_FIXTURE = re.compile(r"^failed on (?:setup|teardown) with \"(?P<rest>.*?)\"?$")
_EXPLAINED = re.compile(r"^E +(?P<rest>\S.*)$", re.MULTILINE)


def first_error_line(case: Case) -> str:
    """What went wrong, in one line: "assert 1 == 2", not "AssertionError: assert 1 == 2"."""
    # The words of an assertion may begin on the next line.
    lines = (case.message or case.text).strip().removeprefix("AssertionError:").strip().splitlines()
    first = lines[0] if lines else ""
    if first == "collection failure" and (explained := _EXPLAINED.findall(case.text)):
        first = explained[-1]
    if wrapped := _IN_FIXTURE.match(first):
        first = wrapped["rest"]
    return first.removeprefix("AssertionError: ").strip()
