"""pytest's plugin for a share of the tests: `-p cicd_shard --cicd-shard=2/4`. PYTEST_DONT_REWRITE

Runs in the project's environment. With pytest-xdist each worker collects, and comes to the
same share.
"""

from __future__ import annotations

import cicd_share  # type: ignore[import-not-found,unused-ignore]
import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--cicd-shard", help="run this share of the tests only, such as 2/4")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Last, so that what others deselect belongs to nobody's share."""
    tests = [_place(item) for item in items]
    mine = cicd_share.chosen(tests, config.getoption("--cicd-shard"))
    cicd_share.note_division(tests, mine)
    left_out = [item for item, own in zip(items, mine) if not own]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item, own in zip(items, mine) if own]


def _place(item: pytest.Item) -> tuple[str, str, str]:
    file, _, below = item.nodeid.partition("::")
    return file, below.partition("[")[0].partition("::")[0], item.nodeid


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_runtestloop(session: pytest.Session):  # type: ignore[no-untyped-def]
    """The project's own gate on coverage is about all tests: it is noted, and judged later."""
    measuring = session.config.pluginmanager.getplugin("_cov")
    options = getattr(measuring, "options", None)
    gate = getattr(options, "cov_fail_under", None)
    if options and gate:
        cicd_share.note({"least_percent": _least(gate, getattr(options, "cov_precision", None))})
        options.cov_fail_under = 0
    yield


def _least(gate: float, precision: int | None) -> float:
    """The least coverage that passes: pytest-cov 7.1 rounds as the report does, unless all of
    it is asked for; before, it did not round."""
    if precision is None or gate == 100:
        return float(gate)
    implied = len(f"{gate:.6f}".rstrip("0").partition(".")[2])
    return float(gate) - 0.5 * 10.0 ** -max(precision, implied)
