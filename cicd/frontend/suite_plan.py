"""How a package's tests are run once, with a report that we can read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd.errors import SettingsError
from cicd.frontend.affected import GIT, affected_arguments
from cicd.frontend.scripts import choose, plan_command, plan_script
from cicd.frontend.shards import require_no_thresholds, shard_arguments
from cicd.frontend.suite_tool import SuiteTool, follow_script, recognise_tool
from cicd.frontend.suite_workers import worker_arguments, worker_variables

if TYPE_CHECKING:
    from pathlib import Path

    from cicd.config.parts import Frontend
    from cicd.config.shard import Shard
    from cicd.frontend.package import Package
    from cicd.frontend.toolchain import Toolchain
    from cicd.model import Command

_VITEST_COVERAGE = ("@vitest/coverage-v8", "@vitest/coverage-istanbul", "@vitest/coverage-c8")

_COVERAGE_REPORTS = ("json-summary", "cobertura", "lcovonly", "text")


@dataclass(frozen=True, slots=True, kw_only=True)
class SuitePlan:
    """`report` is where the runner writes its results, None when it writes none.

    `measures`: whether coverage is measured. It is not where arguments choose tests: a few
    of them cannot cover what all should.
    """

    command: Command
    tool: SuiteTool
    report: Path | None = None
    measures: bool = False
    follows: str = ""
    """The script that npm runs after the tests, unless one of them fails."""


def plan_suite(
    part: Frontend,
    toolchain: Toolchain,
    package: Package,
    *,
    reports: Path,
    arguments: tuple[str, ...] = (),
    shard: Shard | None = None,
    since: str = "",
    cores: int | None = None,
) -> SuitePlan:
    """The part's test script, never watching, with what jest and vitest need to report.
    `cores` is how many they may keep busy, None for all.

    Raises `SettingsError` when the part names a script that is not there, where a share of the
    tests cannot be run, and where it cannot be told which tests failed.
    """
    plan_script(part, "test", toolchain, package)
    chosen = follow_script(choose(part, "test"), package.scripts)
    tool, words = recognise_tool(chosen, package.scripts)
    chosen_by_change = affected_arguments(tool, since) if since else ()
    measures = not (arguments or since) and _can_measure(tool, package)
    reads = tool in (SuiteTool.JEST, SuiteTool.VITEST)
    ours = _arguments(tool, words, reports, measures, has_karma="karma" in package.dependencies)
    ours = (*ours, *shard_arguments(part, tool, shard), *_to_the_end(part, tool, words))
    ours = (*ours, *worker_arguments(tool, words, package.folder, cores))
    if shard and measures:
        require_no_thresholds(part, package.folder)
    command = plan_command(part, toolchain, package, chosen, (*ours, *chosen_by_change, *arguments))
    return SuitePlan(
        command=(command.with_env(GIT) if since else command).with_env(
            worker_variables(tool, words, package.folder, cores)
        ),
        tool=tool,
        report=report_path(reports) if reads else None,
        measures=measures,
        follows=f"post{chosen}" if f"post{chosen}" in package.scripts else "",
    )


def _to_the_end(part: Frontend, tool: SuiteTool, words: tuple[str, ...]) -> tuple[str, ...]:
    """Where a test may fail without making the run red, all of them have to run."""
    if not (part.retries or part.quarantine):
        return ()
    field = "retries" if part.retries else "quarantine"
    if tool not in (SuiteTool.JEST, SuiteTool.VITEST):
        raise SettingsError(
            f"{part.path}: `{field}` was given, and only jest and vitest tell which tests failed",
            fix=f"remove `{field}` from the noxfile",
        )
    if any(word.partition("=")[0] in ("--bail", "-b") for word in words):
        raise SettingsError(
            f"{part.path}: `{field}` was given, and the test script stops at a failure (--bail)",
            fix="remove --bail from the script",
        )
    return ("--bail=0",)


def _can_measure(tool: SuiteTool, package: Package) -> bool:
    return tool is SuiteTool.JEST or (
        tool is SuiteTool.VITEST and any(name in package.dependencies for name in _VITEST_COVERAGE)
    )


def report_path(reports: Path) -> Path:
    """The runner's own report: both runners write jest's form."""
    return reports / "tests.json"


def coverage_folder(reports: Path) -> Path:
    return reports / "coverage"


def _arguments(
    tool: SuiteTool, words: tuple[str, ...], reports: Path, measures: bool, *, has_karma: bool
) -> tuple[str, ...]:
    match tool:
        case SuiteTool.JEST:
            return _jest(words, reports, measures)
        case SuiteTool.VITEST:
            return _vitest(words, reports, measures)
        case SuiteTool.ANGULAR:
            # Angular's builders for jest and vitest know no browsers.
            return ("--watch=false", *(("--browsers=ChromeHeadless",) if has_karma else ()))
        case SuiteTool.KARMA:
            return ("--single-run", "--browsers=ChromeHeadless")
    return ()


def _jest(words: tuple[str, ...], reports: Path, measures: bool) -> tuple[str, ...]:
    coverage = (
        "--coverage",
        f"--coverageDirectory={coverage_folder(reports)}",
        *(f"--coverageReporters={name}" for name in _COVERAGE_REPORTS),
    )
    return (
        "--ci",
        "--watchAll=false",
        *(("--watch=false",) if "--watch" in words else ()),
        "--json",
        f"--outputFile={report_path(reports)}",
        "--testLocationInResults",
        *(coverage if measures else ("--coverageThreshold={}",)),
    )


def _vitest(words: tuple[str, ...], reports: Path, measures: bool) -> tuple[str, ...]:
    coverage = (
        "--coverage.enabled",
        "--coverage.reportOnFailure",
        f"--coverage.reportsDirectory={coverage_folder(reports)}",
        *(f"--coverage.reporter={name}" for name in _COVERAGE_REPORTS),
    )
    return (
        *(() if "run" in words or "--run" in words else ("--run",)),
        "--reporter=default",
        "--reporter=json",
        f"--outputFile.json={report_path(reports)}",
        *(coverage if measures else ()),
    )
