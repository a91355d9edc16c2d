"""The tests that a change can reach, by the runners' own graphs of imports."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from cicd.frontend.scripts import choose
from cicd.frontend.suite_tool import SuiteTool, follow_script, recognise_tool

if TYPE_CHECKING:
    from cicd.config.parts import Frontend
    from cicd.frontend.package import Package

_CODE = re.compile(r"\.(?:[cm]?[jt]sx?|vue|svelte)$")
_EVERYWHERE = re.compile(r"\.d\.[cm]?ts$|\.config\.|setup|(?:^|/)__mocks__/|(?:^|/)\.[^/]*$")
"""Code that the runner loads for every test, without an import that names it."""


def why_unfit(part: Frontend, package: Package) -> str:
    """Why the part's runner cannot tell what a change reaches; empty where it can."""
    chosen = follow_script(choose(part, "test"), package.scripts)
    tool, _ = recognise_tool(chosen, package.scripts)
    fit = tool in (SuiteTool.JEST, SuiteTool.VITEST)
    return "" if fit else "only jest and vitest can"


def why_all(changed: Iterable[str], folder: str) -> str:
    """Why every test has to run: a changed file that no import leads to, or outside of the
    package's folder, where runners do not look. Empty without one."""
    below = "" if folder == "." else f"{folder}/"
    for name in sorted(changed):
        if not _CODE.search(name) or _EVERYWHERE.search(name) or not name.startswith(below):
            return f"{name} changed"
    return ""


GIT = {
    "GIT_CONFIG_COUNT": "1",
    "GIT_CONFIG_KEY_0": "core.quotePath",
    "GIT_CONFIG_VALUE_0": "false",
}
"""Both runners ask git for names, and take them as they are printed: "caf\\303\\251" is no file."""


def affected_arguments(tool: SuiteTool, since: str) -> tuple[str, ...]:
    """`since` is the commit that counts as unchanged; what is not committed counts as changed."""
    if tool is SuiteTool.VITEST:
        return ("--changed", since, "--passWithNoTests")
    return (f"--changedSince={since}", "--passWithNoTests")
