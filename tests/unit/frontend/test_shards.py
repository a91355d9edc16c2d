import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from cicd.config.parts import Frontend
from cicd.config.shard import Shard
from cicd.errors import SettingsError
from cicd.frontend.tests import run_tests
from cicd.frontend.toolchain import Toolchain
from cicd.model import Command, Completed, Outcome
from cicd.system.place import Place
from cicd.testing import FakeRunner

EMPTY = json.dumps({"testResults": [], "success": True})
Run = Callable[..., Outcome]


class ReportingRunner:
    """A FakeRunner whose runner writes this report."""

    def __init__(self, fake: FakeRunner, report: Path, text: str | None) -> None:
        self._fake, self._report, self._text = fake, report, text

    def run(
        self, command: Command, *, timeout_s: float | None = None, quiet: bool = False
    ) -> Completed:
        if self._text is not None:
            self._report.write_text(self._text)
        return self._fake.run(command, timeout_s=timeout_s, quiet=quiet)


@pytest.fixture
def run(
    place: Place,
    part: Frontend,
    toolchain: Toolchain,
    runner: FakeRunner,
    write_manifest: Callable[..., None],
) -> Run:
    def _run(
        report: str | None,
        *,
        script: str = "jest",
        wanted: float | None = None,
        fields: dict[str, object] | None = None,
        **ending: object,
    ) -> Outcome:
        write_manifest({"test": script}, **(fields or {}))
        runner.answer("npm", "run", "test", **ending)  # type: ignore[arg-type]
        return run_tests(
            replace(place, runner=ReportingRunner(runner, place.reports / "tests.json", report)),
            replace(part, coverage_percent=wanted),
            toolchain,
            repeat_prefix="nox -s web_test --",
            shard=Shard(2, 4),
        )

    return _run


def one(status: str) -> str:
    case = {"fullName": "adds", "status": status}
    return json.dumps(
        {
            "testResults": [{"name": "a.test.ts", "status": status, "assertionResults": [case]}],
            "success": status != "failed",
        }
    )


@pytest.mark.parametrize("script", ["jest", "vitest"])
def test_jest_and_vitest_run_their_own_share(run: Run, script: str) -> None:
    outcome = run(one("passed"), script=script)
    assert (outcome.passed, outcome.headline) == (True, "shard 2/4 · 1 test")
    assert "--shard=2/4 --passWithNoTests" in outcome.facts["command"]


def test_coverage_is_not_judged_by_a_share_and_its_gate_is_recorded(run: Run) -> None:
    outcome = run(one("passed"), wanted=90)
    assert outcome.passed
    assert outcome.facts["coverage_gate"] == "90"


@pytest.mark.parametrize(
    ("report", "output"), [(EMPTY, ""), (None, "No test files found, exiting with code 0")]
)
def test_a_share_without_tests_is_right(run: Run, report: str | None, output: str) -> None:
    outcome = run(report, output=output)
    assert (outcome.passed, outcome.headline) == (True, "shard 2/4 · 0 tests")


def test_a_runner_that_fails_or_says_nothing_is_red_in_a_share_too(run: Run) -> None:
    assert not run(EMPTY, return_code=1).passed
    assert not run(None).passed
    assert not run(one("failed"), return_code=1).passed


def test_tests_that_are_skipped_are_judged_with_all_shares(run: Run) -> None:
    assert run(one("skipped")).passed


def test_a_runner_that_cannot_divide_is_refused(run: Run) -> None:
    with pytest.raises(SettingsError, match="only jest and vitest divide them"):
        run(None, script="node --test")


def test_thresholds_that_no_share_can_meet_are_refused(run: Run, toolchain: Toolchain) -> None:
    jest = {"jest": {"coverageThreshold": {"global": {"lines": 80}}}}
    with pytest.raises(SettingsError, match="package.json sets `coverageThreshold`"):
        run(one("passed"), fields=jest)
    (toolchain.folder / "vitest.config.ts").write_text("test: {coverage: {thresholds: {lines: 1}}}")
    with pytest.raises(SettingsError, match="vitest.config.ts sets `thresholds`"):
        run(
            one("passed"), script="vitest", fields={"devDependencies": {"@vitest/coverage-v8": "3"}}
        )
