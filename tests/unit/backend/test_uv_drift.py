from pathlib import Path

import pytest

from cicd.backend.installers.uv_drift import find_drift

LOCK = """\
version = 1

[[package]]
name = "shop"
source = { virtual = "backend" }

[package.metadata]
requires-dist = [
    { name = "psycopg", extras = ["binary"], specifier = ">=3.2,<4" },
    { name = "redis", marker = "extra == 'cache'" },
]

[package.metadata.requires-dev]
dev = [{ name = "pytest", specifier = ">=8" }]
"""
PROJECT = """\
[project]
dependencies = ["psycopg[binary]<4,>=3.2"]
optional-dependencies = { cache = ["Redis"] }
[dependency-groups]
dev = ["pytest>=8", { include-group = "other" }]
"""


@pytest.mark.parametrize(
    ("before", "after", "drift"),
    [
        ("", "", ""),
        ("pytest>=8", "pytest>=9", "pytest>=9 is declared, pytest>=8 is locked"),
        ('"pytest>=8", ', "", "the lock has pytest, which is not declared"),
        ('"pytest>=8", ', '"pytest>=8", "Idna>3", ', "the lock does not have idna"),
    ],
)
def test_the_first_difference_is_named(tmp_path: Path, before: str, after: str, drift: str) -> None:
    project = tmp_path / "backend" / "pyproject.toml"
    project.parent.mkdir()
    project.write_text(PROJECT.replace(before, after) if before else PROJECT)
    (tmp_path / "uv.lock").write_text(LOCK)
    assert find_drift(tmp_path / "uv.lock", project) == drift


def test_a_file_that_cannot_be_read_has_no_drift_to_tell(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[")
    assert find_drift(tmp_path / "uv.lock", tmp_path / "pyproject.toml") == ""
