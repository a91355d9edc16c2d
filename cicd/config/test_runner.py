"""What runs the tests of a Python project."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cicd.config.files import join
from cicd.config.finding import Finding
from cicd.config.migrations import find_manage

if TYPE_CHECKING:
    from cicd.config.files import Files

_TEST = r"(^|/)(test_[^/]*|[^/]*_tests?|tests?|conftest)\.py$"
_FOLDER = r"(^|/)tests?/(?!__init__)[^/]+\.py$"
_UNITTEST = r"(?m)^\s*(import|from) unittest|\(TestCase\)"
_LOOKED_AT = 40


def find_tests(files: Files, folder: str) -> Finding:
    """pytest where it is configured, a dependency or used; Django's or unittest's runner else.

    None, with a note, only for a project without any test file that does not name pytest.
    """
    if where := _configured(files, folder):
        return Finding("pytest", where)
    from cicd.config.dependencies import dependencies

    tests = [name for name in files.below(folder) if is_test(name)]
    # a member without tests is not to blame for the pytest of its workspace
    if where := dependencies(files, folder, workspace=bool(tests)).get("pytest", ""):
        return Finding("pytest", where)
    manage = find_manage(files, folder)
    texts = {name: files.text(name) for name in tests[:_LOOKED_AT]}
    pytest = next((n for n, text in texts.items() if re.search("import pytest", text)), "")
    if pytest:
        return Finding("pytest", pytest)
    if manage:
        return Finding("django", manage)
    return _plain(texts)


def is_test(name: str) -> bool:
    """Whether a file is named like one of tests."""
    return bool(re.search(_TEST, name) or re.search(_FOLDER, name))


def _plain(texts: dict[str, str]) -> Finding:
    if not texts:
        return Finding(None, "default", "has no test file: nothing is tested")
    if name := next((n for n, text in texts.items() if re.search(r"^def test_", text, re.M)), ""):
        return Finding("pytest", name)
    if name := next((n for n, text in texts.items() if re.search(_UNITTEST, text)), ""):
        return Finding("unittest", name)
    return Finding("pytest")


def _configured(files: Files, folder: str) -> str:
    for base, pattern in (
        ("pytest.ini", r""),
        (".pytest.ini", r""),
        ("pyproject.toml", r"^\[tool\.pytest"),
        ("setup.cfg", r"^\[tool:pytest\]"),
        ("tox.ini", r"^\[pytest\]"),
    ):
        name = join(folder, base)
        found = re.search(pattern, files.text(name), re.M) if name in files else None
        if found:
            return files.at(name, found[0])
    return ""
