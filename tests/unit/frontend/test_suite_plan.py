from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from cicd.config.parts import Frontend
from cicd.frontend.package import read_package
from cicd.frontend.suite_plan import SuitePlan, plan_suite
from cicd.frontend.suite_tool import SuiteTool, follow_script, recognise_tool
from cicd.frontend.toolchain import Toolchain

REPORTS = Path("/reports")
JEST = (
    "--ci",
    "--watchAll=false",
    "--json",
    "--outputFile=/reports/tests.json",
    "--testLocationInResults",
)
VITEST = ("--reporter=default", "--reporter=json", "--outputFile.json=/reports/tests.json")


@pytest.mark.parametrize(
    ("text", "tool"),
    [
        ("jest", SuiteTool.JEST),
        ("jest --watch", SuiteTool.JEST),
        ("npm run build && jest --runInBand", SuiteTool.JEST),
        ("cross-env NODE_ENV=test npx jest", SuiteTool.JEST),
        ("NODE_OPTIONS='--experimental-vm-modules --x' jest", SuiteTool.JEST),
        ("node --experimental-vm-modules node_modules/jest/bin/jest.js", SuiteTool.JEST),
        ("dotenv -e .env.test -- jest", SuiteTool.JEST),
        ("react-scripts test", SuiteTool.JEST),
        ("vitest", SuiteTool.VITEST),
        ("vitest run --coverage", SuiteTool.VITEST),
        ("ng test", SuiteTool.ANGULAR),
        ("karma start", SuiteTool.KARMA),
        ("jest && echo done", SuiteTool.OTHER),
        ("npm run a && npm run b", SuiteTool.OTHER),
        ("node --test", SuiteTool.OTHER),
        ("echo jest", SuiteTool.OTHER),
        ("", SuiteTool.OTHER),
    ],
)
def test_the_runner_is_the_last_command(text: str, tool: SuiteTool) -> None:
    assert recognise_tool("test", {"test": text})[0] is tool


def test_a_script_that_only_calls_another_is_followed() -> None:
    scripts = {"test": "npm run test:unit", "test:unit": "jest"}
    assert follow_script("test", scripts) == "test:unit"
    assert follow_script("test", {**scripts, "pretest": "tsc"}) == "test"
    assert follow_script("a", {"a": "npm run b", "b": "npm run a"}) == "a"


@pytest.fixture
def plan(
    part: Frontend, toolchain: Toolchain, write_manifest: Callable[..., None]
) -> Callable[..., SuitePlan]:
    def _plan(text: str, *dependencies: str, arguments: tuple[str, ...] = ()) -> SuitePlan:
        write_manifest({"test": text}, devDependencies=dict.fromkeys(dependencies, "*"))
        package = read_package(toolchain.folder, toolchain.lock_root)
        return plan_suite(part, toolchain, package, reports=REPORTS, arguments=arguments)

    return _plan


def test_jest_reports_and_measures(plan: Callable[..., SuitePlan]) -> None:
    planned = plan("jest")
    assert planned.command.argv == (
        *("npm", "run", "test", "--"),
        *JEST,
        "--coverage",
        "--coverageDirectory=/reports/coverage",
        "--coverageReporters=json-summary",
        "--coverageReporters=cobertura",
        "--coverageReporters=lcovonly",
        "--coverageReporters=text",
    )
    assert (planned.report, planned.measures) == (REPORTS / "tests.json", True)


def test_a_watching_jest_is_told_not_to(plan: Callable[..., SuitePlan]) -> None:
    assert "--watch=false" in plan("jest --watch").command.argv


def test_chosen_tests_are_not_measured(plan: Callable[..., SuitePlan]) -> None:
    planned = plan("jest", arguments=("src/a.test.ts", "-t", "adds"))
    argv = (
        "npm",
        "run",
        "test",
        "--",
        *JEST,
        "--coverageThreshold={}",
        "src/a.test.ts",
        "-t",
        "adds",
    )
    assert (planned.command.argv, planned.measures) == (argv, False)


def test_vitest_is_run_once(plan: Callable[..., SuitePlan]) -> None:
    assert plan("vitest").command.argv == ("npm", "run", "test", "--", "--run", *VITEST)
    assert plan("vitest run").command.argv == ("npm", "run", "test", "--", *VITEST)


def test_vitest_measures_where_it_has_its_coverage_package(
    plan: Callable[..., SuitePlan],
) -> None:
    planned = plan("vitest run", "@vitest/coverage-v8")
    assert planned.measures
    assert "--coverage.enabled" in planned.command.argv
    assert "--coverage.reportsDirectory=/reports/coverage" in planned.command.argv
    assert not plan("vitest run").measures


def test_karma_gets_a_browser_without_a_screen(plan: Callable[..., SuitePlan]) -> None:
    headless = ("--watch=false", "--browsers=ChromeHeadless")
    assert plan("ng test", "karma").command.argv[-2:] == headless
    assert plan("ng test").command.argv[-1] == "--watch=false"
    assert plan("karma start").command.argv[-2:] == ("--single-run", "--browsers=ChromeHeadless")


def test_another_runner_is_judged_by_its_exit_code(plan: Callable[..., SuitePlan]) -> None:
    planned = plan("node --test")
    assert (planned.command.argv, planned.report) == (("npm", "run", "test"), None)


def test_a_tuple_is_run_without_a_script(
    part: Frontend, toolchain: Toolchain, plan: Callable[..., SuitePlan]
) -> None:
    package = read_package(toolchain.folder, toolchain.lock_root)
    direct = replace(part, test=("vitest", "run"))
    planned = plan_suite(direct, toolchain, package, reports=REPORTS)
    assert planned.command.argv == ("vitest", "run", *VITEST)
