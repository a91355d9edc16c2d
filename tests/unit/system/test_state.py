from pathlib import Path

import pytest

from cicd.system.state import folder_aside, publish_folder, state_folder, write_text


def test_git_ignores_our_folder_without_a_line_in_the_repository(tmp_path: Path) -> None:
    assert (state_folder(tmp_path) / ".gitignore").read_text() == "*\n"


def test_a_write_that_fails_leaves_the_old_text_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_text(path, "old")
    with pytest.raises(UnicodeEncodeError):
        write_text(path, "new \ud800")
    assert path.read_text() == "old"
    assert [child.name for child in tmp_path.iterdir()] == ["file"]


def test_a_folder_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    with pytest.raises(KeyError), folder_aside(tmp_path / "made") as aside:
        (aside / "half").write_text("")
        raise KeyError
    assert list(tmp_path.iterdir()) == []


def test_who_comes_second_loses_their_copy(tmp_path: Path) -> None:
    with folder_aside(tmp_path / "made") as first, folder_aside(tmp_path / "made") as second:
        (first / "who").write_text("first")
        (second / "who").write_text("second")
    assert (tmp_path / "made" / "who").read_text() == "second"
    assert [child.name for child in tmp_path.iterdir()] == ["made"]


def test_a_folder_takes_the_place_of_another(tmp_path: Path) -> None:
    for name in ("new", "old"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).write_text("")
    publish_folder(tmp_path / "new", tmp_path / "old")
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["new", "new", "new", "old"]
