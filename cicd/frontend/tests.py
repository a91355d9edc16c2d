"""Running a package's tests once, and judging the run by its report."""

from __future__ import annotations

import shutil
from datetime import date
from typing import TYPE_CHECKING

from cicd.config.quarantine import read_quarantine
from cicd.frontend.coverage import keep_cobertura, read_line_percent
from cicd.frontend.package import read_package
from cicd.frontend.suite_counts import parse_count
from cicd.frontend.suite_plan import coverage_folder, plan_suite
from cicd.frontend.suite_report import SuiteReport, parse_report, render_junit
from cicd.frontend.suite_run import SuiteRun
from cicd.frontend.suite_settling import Suite, settle
from cicd.frontend.suite_verdict import judge_run
from cicd.frontend.watching import watched
from cicd.system.state import write_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from cicd.config.parts import Frontend
    from cicd.config.shard import Shard
    from cicd.frontend.package import Package
    from cicd.frontend.suite_plan import SuitePlan
    from cicd.frontend.suite_settling import Further
    from cicd.frontend.toolchain import Toolchain
    from cicd.model import Outcome
    from cicd.system.place import Place


def run_tests(
    place: Place,
    part: Frontend,
    toolchain: Toolchain,
    *,
    arguments: tuple[str, ...] = (),
    repeat_prefix: str = "",
    shard: Shard | None = None,
    watch: Mapping[str, str] | None = None,
    today: date = date.max,
    since: str = "",
    cores: int | None = None,
) -> Outcome:
    """Runs the part's tests, or a share of them; `arguments` go to the runner and choose tests.

    Leaves `tests.json`, `junit.xml`, `coverage.xml` and `coverage/` in the reports folder.
    `repeat_prefix` ("nox -s frontend_test --") is what a single test's own arguments follow.
    `watch` are the variables under which each Node of the run notes what it reads. `today` says
    which quarantines hold; without it, none. `since` is a commit: those tests run that what
    changed after it can reach. `cores` is how many they may keep busy, None for all.
    """
    package = read_package(toolchain.folder, toolchain.lock_root)
    reports = place.reports
    narrowed = bool(arguments or since)
    plan = plan_suite(
        part,
        toolchain,
        package,
        reports=reports,
        arguments=arguments,
        shard=shard,
        since=since,
        cores=cores,
    )
    _clear(plan, reports)
    done = place.runner.run(watched(plan.command, watch or {}), timeout_s=part.timeout_s)
    first, problem = _read_report(plan)
    suite = Suite(
        root=place.root,
        folder=toolchain.folder,
        tool=plan.tool,
        done=done,
        report=first,
        retries=part.retries,
        quarantine=read_quarantine(part, today),
        whole=not narrowed,
        share=shard is not None,
        lasting=plan.follows,
    )
    settled = settle(suite, _further(place, part, toolchain, package, watch or {}))
    report = settled.report
    if report is not None:
        write_text(reports / "junit.xml", render_junit(report, part.path, place.root))
    coverage_percent = read_line_percent(coverage_folder(reports)) if plan.measures else None
    keep_cobertura(coverage_folder(reports), reports / "coverage.xml")
    return judge_run(
        SuiteRun(
            root=place.root,
            part=part,
            toolchain=toolchain,
            plan=plan,
            done=done,
            report=report,
            problem=problem,
            counted=None if plan.report else parse_count(done.output),
            coverage_percent=coverage_percent,
            narrowed=narrowed,
            affected=bool(since),
            repeat_prefix=repeat_prefix,
            shard=shard,
            settled=settled,
        )
    )


def _further(
    place: Place,
    part: Frontend,
    toolchain: Toolchain,
    package: Package,
    watch: Mapping[str, str],
) -> Further:
    def run(number: int, arguments: tuple[str, ...]) -> SuiteReport | None:
        reports = place.reports / f"retry-{number}"
        plan = plan_suite(part, toolchain, package, reports=reports, arguments=arguments)
        _clear(plan, reports)
        done = place.runner.run(watched(plan.command, watch), timeout_s=part.timeout_s)
        report, _ = _read_report(plan)
        # Without a failure the run has to end well, with all that its script does besides.
        well = report and (done.ok or report.failed) and not done.timed_out
        return report if well else None

    return run


def _clear(plan: SuitePlan, reports: Path) -> None:
    """What an earlier run left must not be taken for this one's."""
    reports.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(coverage_folder(reports), ignore_errors=True)
    for path in (reports / "junit.xml", reports / "coverage.xml", plan.report):
        if path is not None:
            path.unlink(missing_ok=True)


def _read_report(plan: SuitePlan) -> tuple[SuiteReport | None, str]:
    if plan.report is None:
        return None, ""
    try:
        return parse_report(plan.report.read_text(encoding="utf-8")), ""
    except FileNotFoundError:
        return None, f"{plan.tool} wrote no report"
    except ValueError as error:
        return None, f"the report of {plan.tool} cannot be read: {error}"
