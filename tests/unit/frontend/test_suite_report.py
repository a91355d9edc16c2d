import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from cicd.frontend.suite_report import Case, SuiteReport, parse_report, render_junit

STACK = (
    "\n    at Object.toBe (/repo/web/src/sum.test.js:7:23)\n    at x (/node_modules/jest.js:1:1)"
)
ERROR = "Error: expect(received).toBe(expected)\n\nExpected: 4\nReceived: 3"
WRITTEN = {
    "success": False,
    "testResults": [
        {
            "name": "/repo/web/src/sum.test.js",
            "status": "failed",
            "assertionResults": [
                {"fullName": "sums adds", "status": "passed", "duration": 2, "failureMessages": []},
                {
                    "fullName": "sums is wrong",
                    "status": "failed",
                    "duration": 1.5,
                    "location": {"line": 6, "column": 3},
                    "failureMessages": [f"\x1b[31m{ERROR}\x1b[0m{STACK}"],
                },
                {"fullName": "later", "status": "todo", "duration": None},
            ],
        },
        {
            "name": "/repo/web/src/broken.test.js",
            "status": "failed",
            "message": "Cannot find module './nothing'\n  at (src/broken.test.js:1:17)",
            "assertionResults": [],
        },
    ],
}


def test_a_report_becomes_cases() -> None:
    sums, broken = "/repo/web/src/sum.test.js", "/repo/web/src/broken.test.js"
    report = parse_report(json.dumps(WRITTEN))
    assert report.cases == (
        Case(file=sums, name="sums adds", status="passed", duration_s=0.002),
        Case(
            file=sums,
            name="sums is wrong",
            status="failed",
            duration_s=0.0015,
            line=7,
            message=ERROR + STACK,
        ),
        Case(file=sums, name="later", status="skipped"),
        Case(
            file=broken,
            name="",
            status="failed",
            line=1,
            message="Cannot find module './nothing'\n  at (src/broken.test.js:1:17)",
        ),
    )
    assert [report.count(one) for one in ("passed", "failed", "skipped")] == [1, 1, 1]


def test_a_file_that_failed_after_its_tests_is_a_failure() -> None:
    result = {
        "name": "/a.test.js",
        "status": "failed",
        "message": "afterAll threw",
        "assertionResults": [{"fullName": "x", "status": "passed"}],
    }
    report = parse_report(json.dumps({"testResults": [result], "success": False}))
    assert [case.message for case in report.failed] == ["afterAll threw"]


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"testResults": [{"name": null}]}'])
def test_anything_else_is_no_report(text: str) -> None:
    with pytest.raises(ValueError):
        parse_report(text)


def test_junit_has_a_suite_for_each_file() -> None:
    cases = (
        Case(file="a.test.ts", name="adds", status="passed", duration_s=0.25),
        Case(
            file="a.test.ts", name='is "<wrong>"', status="failed", line=7, message="no\x1b\nmore"
        ),
        Case(file="b.test.ts", name="later", status="skipped"),
        Case(file="c.test.ts", name="", status="failed", message="cannot load"),
    )
    root = ElementTree.fromstring(render_junit(SuiteReport(cases, False), "web", Path("/repo")))
    suites = [(one.get("name"), one.get("tests"), one.get("failures")) for one in root]
    assert suites == [("a.test.ts", "2", "1"), ("b.test.ts", "1", "0"), ("c.test.ts", "1", "1")]
    failure = root.find(".//testcase[@line='7']/failure")
    assert failure is not None
    assert (failure.get("message"), failure.text) == ("no", "no\nmore")
    assert root.find(".//testcase[@name='test suite failed to run']") is not None


def test_junit_names_files_from_the_root_of_the_repository_on() -> None:
    report = parse_report(json.dumps(WRITTEN))
    assert "/repo/web" not in re.sub(
        r"<failure.*?</failure>",
        "",
        junit := render_junit(report, "web", Path("/repo")),
        flags=re.S,
    )
    case = ElementTree.fromstring(junit).find(".//testcase")
    assert case is not None and case.get("file") == "web/src/sum.test.js"
