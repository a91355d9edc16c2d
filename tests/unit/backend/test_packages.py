"""Which projects are installed themselves, and which only have dependencies."""

from pathlib import Path

import pytest

from cicd.backend.installers.project import is_package

BUILD = '[build-system]\nrequires = ["poetry-core"]\n'


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (BUILD, True),
        ('[project]\nname = "a"\n', False),
        (f"{BUILD}[tool.poetry]\npackage-mode = true\n", True),
        (f"{BUILD}[tool.poetry]\npackage-mode = false\n", False),
    ],
)
def test_a_project_is_a_package_where_it_says_how_it_is_built(
    tmp_path: Path, settings: str, expected: bool
) -> None:
    (tmp_path / "pyproject.toml").write_text(settings)
    assert is_package(tmp_path) is expected


def test_a_setup_script_makes_a_package(tmp_path: Path) -> None:
    assert not is_package(tmp_path)
    (tmp_path / "setup.py").write_text("")
    assert is_package(tmp_path)
