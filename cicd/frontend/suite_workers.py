"""How many processes jest and vitest start, where other sessions run at the same time."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cicd.frontend.suite_tool import SuiteTool

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_SETTING = re.compile(
    r"(?:max|min)(?:Workers|Threads|Forks)|single(?:Thread|Fork)|fileParallelism|runInBand"
)
_OPTIONS = ("-i", "-w")
_SETTINGS = ("jest.config.*", "vitest.config.*", "vite.config.*", "vitest.workspace.*")
_VITEST = ("WORKERS", "THREADS", "FORKS")


def worker_arguments(
    tool: SuiteTool, words: tuple[str, ...], folder: Path, cores: int | None
) -> tuple[str, ...]:
    """For jest. Nothing where the project says a number itself, and where it may have all."""
    if tool is not SuiteTool.JEST or cores is None or _is_said(words, folder):
        return ()
    return (f"--maxWorkers={cores}",)


def worker_variables(
    tool: SuiteTool, words: tuple[str, ...], folder: Path, cores: int | None
) -> Mapping[str, str]:
    """For vitest, whose options have other names in each version: 4 reads the first of these
    variables, 3 and older the others. https://vitest.dev/config/maxworkers"""
    if tool is not SuiteTool.VITEST or cores is None or _is_said(words, folder):
        return {}
    most = {f"VITEST_MAX_{name}": str(cores) for name in _VITEST}
    return {**most, **{f"VITEST_MIN_{name}": "1" for name in _VITEST}}


def _is_said(words: tuple[str, ...], folder: Path) -> bool:
    files = [path for pattern in _SETTINGS for path in folder.glob(pattern)]
    texts = (
        path.read_text(encoding="utf-8", errors="replace")
        for path in (*files, folder / "package.json")
        if path.is_file()
    )
    return any(word in _OPTIONS for word in words) or any(
        map(_SETTING.search, (" ".join(words), *texts))
    )
