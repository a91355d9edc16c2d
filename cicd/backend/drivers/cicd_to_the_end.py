"""pytest's plugin for runs that forgive a failure: `-p cicd_to_the_end`. PYTEST_DONT_REWRITE

Runs in the project's environment. What failed may be forgiven later: so coverage is measured, and
the gates of the project and of its plugins are judged, as if it had passed. What they find then
is told in a line; the exit code is that of the tests.
"""

from __future__ import annotations

import pytest

_failed: list[int] = []


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    measuring = session.config.pluginmanager.getplugin("_cov")
    options = getattr(measuring, "options", None)
    if options and getattr(options, "no_cov_on_fail", False):
        options.no_cov_on_fail = False


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_runtestloop(session: pytest.Session):  # type: ignore[no-untyped-def]
    ended = yield
    if ended.excinfo is None and session.testsfailed and not _is_worker(session):
        _failed.append(session.testsfailed)
        session.testsfailed = 0


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_sessionfinish(session: pytest.Session):  # type: ignore[no-untyped-def]
    ended = yield
    if _failed:
        session.testsfailed = _failed[0]
        if session.exitstatus != 0 or ended.excinfo is not None:
            print("\n!!! more than tests failed !!!")
        session.exitstatus = 1


def _is_worker(session: pytest.Session) -> bool:
    return hasattr(session.config, "workerinput")
