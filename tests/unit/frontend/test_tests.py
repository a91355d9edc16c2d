import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from cicd.config.parts import Frontend
from cicd.frontend.package import known
from cicd.frontend.tests import run_tests
from cicd.frontend.toolchain import Toolchain
from cicd.model import Command, Completed, Outcome
from cicd.system.place import Place
from cicd.testing import FakeRunner


class ReportingRunner:
    """A FakeRunner whose jest writes these files when it runs."""

    def __init__(self, fake: FakeRunner, folder: Path, files: dict[str, str]) -> None:
        self._fake, self._folder, self._files = fake, folder, files

    def run(
        self, command: Command, *, timeout_s: float | None = None, quiet: bool = False
    ) -> Completed:
        for name, text in self._files.items():
            (self._folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self._folder / name).write_text(text)
        return self._fake.run(command, timeout_s=timeout_s, quiet=quiet)


def results(folder: Path, *statuses: str) -> str:
    cases = [
        {
            "fullName": f"sums [{number}]",
            "status": status,
            "failureMessages": (
                [f"Error: {number}\n  at (src/a.test.ts:{number + 1}:5)"]
                if status == "failed"
                else []
            ),
        }
        for number, status in enumerate(statuses)
    ]
    file = {
        "name": str(folder / "src/a.test.ts"),
        "status": "failed" if "failed" in statuses else "passed",
        "assertionResults": cases,
    }
    return json.dumps({"testResults": [file], "success": "failed" not in statuses})


def covered(percent: float) -> str:
    return json.dumps({"total": {"lines": {"total": 200, "pct": percent}}})


@pytest.fixture
def run(
    place: Place,
    part: Frontend,
    toolchain: Toolchain,
    runner: FakeRunner,
    write_manifest: Callable[..., None],
) -> Callable[..., Outcome]:
    """Runs the tests of a package whose script writes these reports and ends this way."""

    def _run(
        report: str | None = None,
        *,
        script: str = "jest",
        coverage: float | None = None,
        wanted: float | None = None,
        arguments: tuple[str, ...] = (),
        **ending: object,
    ) -> Outcome:
        write_manifest({"test": script})
        files = {} if report is None else {"tests.json": report}
        if coverage is not None:
            files["coverage/coverage-summary.json"] = covered(coverage)
            files["coverage/cobertura-coverage.xml"] = "<coverage/>"
        runner.answer("npm", "run", "test", **ending)  # type: ignore[arg-type]
        return run_tests(
            replace(place, runner=ReportingRunner(runner, place.reports, files)),
            replace(part, coverage_percent=wanted),
            toolchain,
            arguments=arguments,
            repeat_prefix="nox -s web_test --",
        )

    return _run


Run = Callable[..., Outcome]


def titles(outcome: Outcome) -> list[str]:
    return [failure.title for failure in outcome.failures]


def test_tests_that_pass_are_green_with_their_numbers(run: Run, toolchain: Toolchain) -> None:
    outcome = run(results(toolchain.folder, "passed", "passed", "pending"), coverage=99.6)
    assert (outcome.passed, outcome.headline) == (True, "3 tests · 99 % covered")
    assert outcome.metrics == {
        "passed": 2,
        "failed": 0,
        "skipped": 1,
        "tests": 3,
        "coverage_percent": 99.6,
    }


def test_reports_lie_where_people_look(run: Run, place: Place, toolchain: Toolchain) -> None:
    run(results(toolchain.folder, "passed"), coverage=50)
    assert (place.reports / "junit.xml").read_text().startswith("<?xml")
    assert (place.reports / "coverage.xml").read_text() == "<coverage/>"


def test_a_failed_test_has_its_line_and_the_command_that_repeats_it(
    run: Run, toolchain: Toolchain
) -> None:
    outcome = run(results(toolchain.folder, "passed", "failed"), return_code=1)
    assert (outcome.passed, outcome.headline) == (False, "1 of 2 tests failed")
    (failure,) = outcome.failures
    assert (failure.location, failure.title) == ("web/src/a.test.ts:2", "sums [1]")
    assert failure.detail == "Error: 1"
    assert failure.repeat == r"nox -s web_test -- src/a.test.ts -t 'sums \[1\]'"


def test_a_file_that_cannot_be_run_is_red(run: Run, toolchain: Toolchain) -> None:
    file = {
        "name": str(toolchain.folder / "src/[id].test.ts"),
        "status": "failed",
        "message": "  ● Test suite failed to run\n\n    Cannot find module './x'\n",
        "assertionResults": [],
    }
    outcome = run(json.dumps({"testResults": [file], "success": False}), return_code=1)
    assert outcome.headline == "0 tests · 1 file could not be run"
    (failure,) = outcome.failures
    assert failure.detail == "Cannot find module './x'"
    assert failure.repeat == "nox -s web_test -- --runTestsByPath 'src/[id].test.ts'"


@pytest.mark.parametrize("output", ["No tests found, exiting with code 1\n", ""])
def test_no_tests_are_a_failure(run: Run, toolchain: Toolchain, output: str) -> None:
    empty = json.dumps({"testResults": [], "success": True})
    assert titles(run(empty, output=output)) == ["no tests were found"]


def test_tests_that_are_all_skipped_are_a_failure(run: Run, toolchain: Toolchain) -> None:
    outcome = run(results(toolchain.folder, "pending", "todo"))
    assert titles(outcome) == ["all 2 tests are skipped"]


def test_a_report_that_is_missing_is_a_failure(run: Run) -> None:
    outcome = run(None, output="process.exit called\n")
    assert titles(outcome) == ["jest wrote no report (exit code 0)"]
    assert outcome.failures[0].detail == "process.exit called"


def test_a_report_that_cannot_be_read_is_a_failure(run: Run) -> None:
    assert titles(run("{}")) == [
        "the report of jest cannot be read: it has no testResults (exit code 0)"
    ]


def test_an_earlier_runs_report_is_not_taken_for_this_ones(
    run: Run, place: Place, toolchain: Toolchain
) -> None:
    run(results(toolchain.folder, "passed"))
    assert not run(None).passed


def test_an_exit_code_that_the_report_does_not_explain_is_a_failure(
    run: Run, toolchain: Toolchain
) -> None:
    report = results(toolchain.folder, "passed")
    output = 'Jest: "global" coverage threshold for lines (90%) not met: 66.66%\n'
    outcome = run(report, return_code=1, output=output)
    assert titles(outcome) == ["the tests ended with exit code 1, though none failed"]
    assert outcome.failures[0].detail == output.strip()


def test_too_little_coverage_is_a_failure(run: Run, toolchain: Toolchain) -> None:
    report = results(toolchain.folder, "passed")
    assert run(report, coverage=80, wanted=80).passed
    assert titles(run(report, coverage=79.9, wanted=80)) == [
        "coverage: 79.9 % of lines, 80 % wanted"
    ]


def test_coverage_that_was_not_reported_is_a_failure(run: Run, toolchain: Toolchain) -> None:
    outcome = run(results(toolchain.folder, "passed"), wanted=80)
    assert titles(outcome) == ["coverage: 80 % wanted, no report was written"]


def test_coverage_that_vitest_cannot_measure_tells_what_to_add(
    run: Run, toolchain: Toolchain
) -> None:
    report = results(toolchain.folder, "passed")
    assert run(report, script="vitest").headline == "1 test · coverage not measured"
    (failure,) = run(report, script="vitest", wanted=80).failures
    assert failure.title == "coverage: 80 % wanted, and it cannot be measured"
    assert failure.fix == "add @vitest/coverage-v8 to devDependencies"


def test_chosen_tests_are_not_judged_by_their_coverage(run: Run, toolchain: Toolchain) -> None:
    outcome = run(results(toolchain.folder, "passed"), wanted=80, arguments=("src/a.test.ts",))
    assert (outcome.passed, outcome.headline) == (True, "1 test")
    assert outcome.unverified == ("coverage was not judged: arguments were given",)


def test_tests_over_their_time_limit_are_red_and_name_the_file(
    run: Run, toolchain: Toolchain
) -> None:
    for name in ("a.test.ts", "b.test.ts"):
        (toolchain.folder / "src").mkdir(exist_ok=True)
        (toolchain.folder / "src" / name).touch()
    output = "\x1b[32mPASS\x1b[0m src/a.test.ts (5.2 s)\n"
    outcome = run(None, return_code=-15, timed_out=True, output=output)
    assert titles(outcome) == ["the tests did not end within 900 s"]
    (failure,) = outcome.failures
    assert (failure.path, failure.detail) == ("web/src/b.test.ts", "not finished: src/b.test.ts")
    assert failure.repeat == "nox -s web_test -- src/b.test.ts"


def test_tests_that_end_without_ending_say_so(run: Run, toolchain: Toolchain) -> None:
    outcome = run(None, return_code=-15, timed_out=True)
    assert outcome.failures[0].detail.startswith("every test file had ended")


@pytest.mark.parametrize(("return_code", "passed"), [(0, True), (1, False)])
def test_another_runner_is_judged_by_its_exit_code(
    run: Run, return_code: int, passed: bool
) -> None:
    outcome = run(script="node --test", return_code=return_code, output="not ok 1\n")
    assert outcome.passed is passed
    wanted = "numbers unknown" if passed else "the tests ended with exit code 1"
    assert outcome.headline == wanted


@pytest.mark.parametrize(
    ("output", "tests"),
    [
        ("# tests 3\n# suites 0\n# pass 3\n", 3),
        ("\x1b[34mℹ tests 2\x1b[39m\nℹ pass 2\n", 2),
        ("  12 passing (8ms)\n  1 pending\n", 12),
        (" 5 pass\n 0 fail\nRan 5 tests across 1 file. [9.00ms]\n", 5),
        (
            "Chrome Headless: Executed 1 of 3 SUCCESS (0 secs / 0.1 secs)\n"
            "Chrome Headless: Executed 3 of 3 SUCCESS (0.1 secs / 0.2 secs)\nTOTAL: 3 SUCCESS\n",
            3,
        ),
        ("all good\n", None),
    ],
)
def test_another_runners_own_count_is_shown(run: Run, output: str, tests: int | None) -> None:
    outcome = run(script="node --test", output=output)
    assert outcome.passed
    assert outcome.metrics.get("tests") == tests
    assert outcome.headline == ("numbers unknown" if tests is None else f"{tests} tests")


def test_another_runner_that_counts_no_tests_is_red(run: Run) -> None:
    outcome = run(script="node --test", output="# tests 0\n# pass 0\n")
    assert titles(outcome) == ["no tests were found"]


def test_coverage_cannot_be_asked_of_another_runner(run: Run) -> None:
    (failure,) = run(script="node --test", wanted=80).failures
    assert failure.detail == "only jest and vitest are asked for it"


def test_a_part_is_complete_before_it_is_used(part: Frontend) -> None:
    assert known(part.package_manager) == "npm"
