"""A share of a package's tests, by the runner's own `--shard`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.errors import SettingsError
from cicd.frontend.suite_tool import SuiteTool

if TYPE_CHECKING:
    from pathlib import Path

    from cicd.config.parts import Frontend
    from cicd.config.shard import Shard
    from cicd.frontend.suite_run import SuiteRun

_CONFIGURED_IN = ("package.json", "jest.config.*", "vitest.config.*", "vite.config.*")
_THRESHOLDS = ("coverageThreshold", "thresholds")


def shard_arguments(part: Frontend, tool: SuiteTool, shard: Shard | None) -> tuple[str, ...]:
    """What makes jest and vitest run this share; one without a test file is right.

    Raises `SettingsError` for other runners: they would run all of the tests.
    """
    if shard is None:
        return ()
    if tool not in (SuiteTool.JEST, SuiteTool.VITEST):
        raise SettingsError(
            f"{part.path}: a share of the tests ({shard}) was asked for, and only jest and vitest"
            " divide them",
            fix="leave `shards` at 1",
        )
    return (f"--shard={shard}", "--passWithNoTests")


def require_no_thresholds(part: Frontend, folder: Path) -> None:
    """Raises `SettingsError` where the runner itself would judge the coverage of a share."""
    for pattern in _CONFIGURED_IN:
        for file in sorted(folder.glob(pattern)):
            text = file.read_text(encoding="utf-8", errors="replace")
            if name := next((name for name in _THRESHOLDS if name in text), None):
                raise SettingsError(
                    f"{part.path}/{file.name} sets `{name}`, which no share of the tests can meet",
                    fix="ask for `coverage_percent` in the noxfile instead: it is judged over all"
                    " shares together",
                )


def is_empty_share(run: SuiteRun) -> bool:
    """Whether no test falls to this share, or to what changed: the runners then end well,
    without a report."""
    if not (run.shard or run.affected) or not run.done.ok:
        return False
    if run.report is None:
        return any(said in run.done.output for said in ("No tests found", "No test files found"))
    return not run.report.cases


def shard_gates(run: SuiteRun) -> dict[str, str]:
    """By name, in percent, as they stand in the record of a share: whoever joins judges them."""
    wanted = run.part.coverage_percent
    if run.shard is None or run.narrowed:
        return {}
    gates = {} if wanted is None else {"coverage_gate": f"{wanted:g}"}
    if run.settled.unseen:
        gates["quarantine_unseen"] = "\n".join(run.settled.unseen)
    return gates
