from dataclasses import replace
from pathlib import Path

import pytest

from cicd.backend.environment import Environment
from cicd.backend.interpreters import Interpreter
from cicd.backend.junit import Case, Report
from cicd.backend.selection import parse_selection
from cicd.backend.testers import django, pytest as pytest_tests, unittest
from cicd.backend.testers.port import DRIVERS, SuiteJob
from cicd.config.parts import Backend
from cicd.model import Command, Completed
from cicd.system.place import Place
from cicd.testing import FakeRunner

ROOT = Path("/repo")
JOB = SuiteJob(
    place=Place(
        root=ROOT,
        state=ROOT / ".cicd",
        cache=ROOT / "cache",
        reports=ROOT / "reports",
        runner=FakeRunner(),
    ),
    part=Backend("backend", name="backend", tests="pytest", source=("shop",), workers=3),
    environment=Environment(path=Path("/env"), interpreter=Interpreter("3.13.0", Path("/py"))),
    selection=parse_selection(("-k", "orders")),
    env={"DATABASE_URL": "here", "PYTHONPATH": "/plugins"},
    environ={"PATH": "/usr/bin", "PYTHONPATH": "/mine"},
)


def test_pytest_is_asked_for_every_report() -> None:
    command = pytest_tests.suite_command(JOB)
    assert command.argv == (
        "/env/bin/python",
        *("-m", "pytest"),
        *("--junitxml=/repo/reports/junit.xml", "-o", "junit_family=xunit1", "--durations=10"),
        *("--cov=shop", "--cov-report=term:skip-covered", "--cov-fail-under=0"),
        *("-n", "3", "-k", "orders"),
    )
    assert command.cwd == Path("/repo/backend")
    assert command.env["PYTHONPATH"] == f"{DRIVERS}:/plugins"
    assert command.env["PATH"] == "/env/bin:/usr/bin"
    assert command.env["DATABASE_URL"] == "here"


def test_all_tests_keep_the_own_gate_of_the_project() -> None:
    command = pytest_tests.suite_command(replace(JOB, selection=parse_selection(())))
    assert "--cov-fail-under=0" not in command.argv


def test_django_is_run_under_coverage_with_our_report() -> None:
    argv = django.suite_command(replace(JOB, selection=parse_selection(("shop.tests",)))).argv
    assert argv == (
        *("/env/bin/python", "-m", "coverage", "run", "--source=shop", "manage.py", "test"),
        *("--testrunner=cicd_unittest.DjangoRunner", "--noinput", "shop.tests"),
    )


def test_unittest_is_run_by_our_program() -> None:
    argv = unittest.suite_command(JOB).argv
    assert argv[:6] == (
        *("/env/bin/python", "-m", "coverage", "run", "--source=shop"),
        str(DRIVERS / "cicd_unittest.py"),
    )


@pytest.mark.parametrize(
    ("case", "file", "name"),
    [
        (
            Case(classname="tests.test_a.TestX.TestY", name="test_z[a b]", file="tests/test_a.py"),
            "tests/test_a.py",
            "tests/test_a.py::TestX::TestY::test_z[a b]",
        ),
        (
            Case(classname="backend.test_a", name="test_z", file="backend/test_a.py"),
            "test_a.py",
            "test_a.py::test_z",
        ),
        (Case(classname="", name="tests.test_a", file="tests/test_a.py"), "t.py", "t.py"),
        (Case(classname="a.b", name="c"), "", "a.b.c"),
    ],
)
def test_a_test_of_pytest_is_named_by_its_file(case: Case, file: str, name: str) -> None:
    assert pytest_tests.case_id(case, file) == name


FAILED = Report(tests=2, failed=(Case(classname="a", name="b", kind="failure"),))
GREEN = Report(tests=2)


@pytest.mark.parametrize(
    ("code", "report", "title"),
    [
        (0, GREEN, ""),
        (0, FAILED, ""),
        (1, FAILED, ""),
        (1, GREEN, "pytest failed, and no test of its report did"),
        (2, FAILED, ""),
        (2, GREEN, "pytest was interrupted"),
        (3, FAILED, "pytest had an internal error"),
        (4, Report(), "pytest could not start"),
        (5, Report(), ""),
        (70, GREEN, "pytest ended with 70"),
    ],
)
def test_an_end_that_does_not_agree_with_the_report_is_red(
    code: int, report: Report, title: str
) -> None:
    done = Completed(Command(("pytest",)), code, "the last words")
    failures = pytest_tests.judge_end(JOB, done, report)
    assert [failure.title for failure in failures] == ([title] if title else [])


def test_the_own_gate_of_a_project_is_told_in_its_words() -> None:
    words = "FAIL Required test coverage of 90% not reached. Total coverage: 75.00%"
    done = Completed(Command(("pytest",)), 1, f"dots\n{words}\nmore\n")
    assert [f.title for f in pytest_tests.judge_end(JOB, done, GREEN)] == [words]


def test_unittest_that_fails_without_a_failed_test_is_red() -> None:
    done = Completed(Command(("python",)), 1, "Traceback")
    assert len(unittest.judge_end(JOB, done, GREEN)) == 1
    assert unittest.judge_end(JOB, done, FAILED) == ()
