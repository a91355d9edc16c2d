from pathlib import Path

import pytest

from cicd.backend.settings import Settings, read_settings

FLAKE8 = ((".flake8", "flake8"), ("setup.cfg", "flake8"), ("pyproject.toml", "tool.flake8"))


def test_the_nearest_file_with_the_section_counts(tmp_path: Path) -> None:
    (tmp_path / "setup.cfg").write_text("[flake8]\nmax-line-length = 99\n")
    folder = tmp_path / "backend"
    folder.mkdir()
    (folder / "setup.cfg").write_text("[metadata]\nname = x\n")
    found = read_settings(folder, tmp_path, FLAKE8)
    assert found == Settings(tmp_path / "setup.cfg", {"max-line-length": "99"})
    (folder / "pyproject.toml").write_text("[tool.flake8]\nextend_exclude = ['x']\n")
    found = read_settings(folder, tmp_path, FLAKE8)
    assert found.file == folder / "pyproject.toml"
    assert found.names_any(frozenset({"extend-exclude"}))


def test_nothing_above_the_repository_counts(tmp_path: Path) -> None:
    (tmp_path / ".flake8").write_text("[flake8]\n")
    (tmp_path / "repo").mkdir()
    assert not read_settings(tmp_path / "repo", tmp_path / "repo", FLAKE8).configured


@pytest.mark.parametrize("name", ["setup.cfg", "pyproject.toml"])
def test_a_file_that_cannot_be_read_counts_as_configured(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("[[[\n= no")
    assert read_settings(tmp_path, tmp_path, ((name, "flake8"),)).configured
