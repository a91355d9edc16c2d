"""The report of a test run, as jest and vitest write it, and as JUnit."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from cicd.output import plain

if TYPE_CHECKING:
    from collections.abc import Sequence
    from xml.etree.ElementTree import Element


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One test; or, with an empty name, a file that could not be run. One that is aside failed
    and does not decide."""

    file: str
    name: str
    status: Literal["passed", "failed", "skipped", "aside"]
    duration_s: float = 0.0
    line: int | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class SuiteReport:
    """All the tests of a run. `succeeded` is what the runner itself thinks, `interrupted`
    whether it ended before all of them had run."""

    cases: tuple[Case, ...]
    succeeded: bool
    interrupted: bool = False

    def count(self, status: str) -> int:
        return sum(case.status == status for case in self.cases if case.name)

    @property
    def failed(self) -> tuple[Case, ...]:
        return tuple(case for case in self.cases if case.status == "failed")


def parse_report(text: str) -> SuiteReport:
    """Reads what `jest --json` or vitest's reporter `json` wrote.

    Raises `ValueError` for anything else.
    """
    written = json.loads(text)
    if not isinstance(written, dict) or not isinstance(written.get("testResults"), list):
        raise ValueError("it has no testResults")
    cases = [case for result in written["testResults"] for case in _read_file(result)]
    interrupted = written.get("wasInterrupted") is True
    return SuiteReport(tuple(cases), written.get("success") is True, interrupted)


def render_junit(report: SuiteReport, name: str, root: Path) -> str:
    """The report as JUnit XML, a suite for each file, named from the repository's `root` on."""
    from xml.etree import ElementTree

    suites = ElementTree.Element("testsuites", name=name)
    for file in dict.fromkeys(case.file for case in report.cases):
        told = os.path.relpath(file, root) if Path(file).is_relative_to(root) else file
        cases = [replace(case, file=told) for case in report.cases if case.file == file]
        suite = ElementTree.SubElement(suites, "testsuite", _totals(told, cases))
        for case in cases:
            _add_case(suite, case)
    ElementTree.indent(suites)
    return ElementTree.tostring(suites, encoding="unicode", xml_declaration=True) + "\n"


def _totals(file: str, cases: Sequence[Case]) -> dict[str, str]:
    return {
        "name": file,
        "tests": str(len(cases)),
        "failures": str(sum(case.status == "failed" for case in cases)),
        "skipped": str(sum(case.status in ("skipped", "aside") for case in cases)),
        "time": f"{sum(case.duration_s for case in cases):.3f}",
    }


def _add_case(suite: Element, case: Case) -> None:
    from xml.etree import ElementTree

    attributes = {"classname": case.file, "name": case.name or "test suite failed to run"}
    attributes |= {"file": case.file, "time": f"{case.duration_s:.3f}"}
    if case.line:
        attributes["line"] = str(case.line)
    element = ElementTree.SubElement(suite, "testcase", attributes)
    if case.status == "failed":
        first = case.message.partition("\n")[0]
        failure = ElementTree.SubElement(element, "failure", message=_printable(first))
        failure.text = _printable(case.message)
    elif case.status == "skipped":
        ElementTree.SubElement(element, "skipped")
    elif case.status == "aside":
        ElementTree.SubElement(element, "skipped", message="in quarantine")
        ElementTree.SubElement(element, "system-out").text = _printable(case.message)
    elif case.message:
        # It failed at first. As Maven's Surefire has it, and those who read its reports.
        ElementTree.SubElement(element, "flakyFailure").text = _printable(case.message)


def _printable(text: str) -> str:
    """XML has no way to write most control characters."""
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", text)


def _read_file(result: object) -> list[Case]:
    if not isinstance(result, Mapping) or not isinstance(result.get("name"), str):
        raise ValueError("a test result has no file")
    file = result["name"]
    cases = [_read_case(file, case) for case in result.get("assertionResults", [])]
    # A file that could not be loaded, or whose teardown threw, failed without a failed test.
    if result.get("status") == "failed" and all(case.status != "failed" for case in cases):
        message = _clean(str(result.get("message", "")))
        line = _line_in(file, message)
        cases.append(Case(file=file, name="", status="failed", line=line, message=message))
    return cases


def _read_case(file: str, case: Mapping[str, object]) -> Case:
    messages = case.get("failureMessages")
    message = _clean("\n".join(map(str, messages))) if isinstance(messages, list) else ""
    status = str(case.get("status"))
    duration_ms = case.get("duration")
    return Case(
        file=file,
        # vitest 1 begins the name of a test outside of any suite with a blank.
        name=str(case.get("fullName") or case.get("title") or "?").strip(),
        status=("passed" if status == "passed" else "failed" if status == "failed" else "skipped"),
        duration_s=duration_ms / 1000 if isinstance(duration_ms, (int, float)) else 0.0,
        line=_line_in(file, message) or _declared_line(case),
        message=message,
    )


def _declared_line(case: Mapping[str, object]) -> int | None:
    location = case.get("location")
    line = location.get("line") if isinstance(location, Mapping) else None
    return line if isinstance(line, int) else None


def _line_in(file: str, message: str) -> int | None:
    """The first line of the test's own file that a stack names."""
    name = file.replace("\\", "/").rpartition("/")[2]
    found = re.search(rf"{re.escape(name)}:(\d+):\d+", message)
    return int(found[1]) if found else None


def _clean(message: str) -> str:
    return plain(message).strip()
