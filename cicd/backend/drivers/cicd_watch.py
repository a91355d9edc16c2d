"""A pytest plugin, put on the path by `cicd`: a file that names the test that runs now.

Only the standard library, Python 3.8 and newer: it runs in the project's environment.
"""

from __future__ import annotations

import os
from typing import Any

_FOLDER = "CICD_RUNNING"
_active = False


def pytest_configure(config: Any) -> None:
    """The process that runs tests writes, not the one that hands them out to workers."""
    global _active
    hands_out = getattr(config.option, "dist", "no") != "no"
    _active = bool(os.environ.get(_FOLDER)) and (hasattr(config, "workerinput") or not hands_out)


def pytest_runtest_logstart(nodeid: str) -> None:
    if _active:
        with open(_path(), "w", encoding="utf-8") as file:
            file.write(nodeid)


def pytest_runtest_logfinish(nodeid: str) -> None:
    if _active and os.path.exists(_path()):
        os.unlink(_path())


def _path() -> str:
    name = os.environ.get("PYTEST_XDIST_WORKER", "main")
    return os.path.join(os.environ[_FOLDER], name)
