from pathlib import Path

import pytest

from cicd.backend.junit import Case, first_error_line, parse_junit, places_in

REPORT = """<?xml version="1.0"?>
<testsuites><testsuite>
<testcase classname="tests.test_a.TestX" name="test_ok" file="tests/test_a.py" line="3" time="0.5"/>
<testcase classname="tests.test_a" name="test_skip" file="tests/test_a.py" line="9" time="0">
<skipped type="pytest.skip" message="not today"/></testcase>
<testcase classname="tests.test_a" name="test_bad" file="tests/test_a.py" line="12" time="0.25">
<failure message="AssertionError: assert 1 == 2&#10; + where 1 = x">
tests/test_a.py:14: Error</failure></testcase>
<testcase classname="tests.test_a" name="test_bad" file="tests/test_a.py" line="12" time="0">
<error message="failed on teardown with &quot;boom&quot;">later</error></testcase>
</testsuite></testsuites>
"""


def test_each_test_counts_once_and_its_first_failure_stands(tmp_path: Path) -> None:
    path = tmp_path / "junit.xml"
    path.write_text(REPORT)
    report = parse_junit(path)
    assert (report.tests, report.passed, len(report.skipped)) == (3, 1, 1)
    assert report.pass_percent == 50
    assert report.duration_s == 0.75
    assert report.failed == (
        Case(
            classname="tests.test_a",
            name="test_bad",
            kind="failure",
            message="AssertionError: assert 1 == 2\n + where 1 = x",
            text="\ntests/test_a.py:14: Error",
            file="tests/test_a.py",
            line=13,
            time_s=0.25,
        ),
    )


@pytest.mark.parametrize("text", ["", "<testsuites><testsuite>", "not xml"])
def test_a_report_that_is_cut_off_is_an_error(tmp_path: Path, text: str) -> None:
    path = tmp_path / "junit.xml"
    path.write_text(text)
    with pytest.raises(ValueError, match="the report cannot be read"):
        parse_junit(path)


def test_a_report_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no report was written"):
        parse_junit(tmp_path / "junit.xml")


@pytest.mark.parametrize(
    ("message", "text", "line"),
    [
        ("AssertionError: assert 1 == 2\n +  where", "", "assert 1 == 2"),
        ("ValueError: no", "", "ValueError: no"),
        ("collection failure", "x\nE   A\nE   ImportError: no b\n", "ImportError: no b"),
        ('failed on setup with "KeyError: 1"', "", "KeyError: 1"),
        ('failed on setup with "KeyError: 1\nmore"', "", "KeyError: 1"),
        ("", "first\nsecond", "first"),
        ("", "", ""),
    ],
)
def test_an_error_is_told_in_one_line(message: str, text: str, line: str) -> None:
    case = Case(classname="", name="", kind="failure", message=message, text=text)
    assert first_error_line(case) == line


def test_places_are_read_from_both_kinds_of_traceback() -> None:
    text = """\
tests/test_a.py:3: in test_x
    f()
E   shop/a b.py:7: ValueError
  File "/repo/tests/test_b.py", line 12, in test_y
"""
    assert places_in(text) == (
        ("tests/test_a.py", 3),
        ("shop/a b.py", 7),
        ("/repo/tests/test_b.py", 12),
    )


def test_words_that_begin_on_the_next_line_are_told() -> None:
    case = Case(classname="a", name="b", kind="failure", message="AssertionError: \ntwo left\nmore")
    assert first_error_line(case) == "two left"
