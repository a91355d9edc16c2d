"""Files come whole, and never over others."""

from pathlib import Path

import pytest

from cicd.images.dockerfiles.plan import Planned
from cicd.images.dockerfiles.run import write_file
from cicd.images.dockerfiles.template import fill_template


def test_a_file_is_written_with_its_folders(tmp_path: Path) -> None:
    assert write_file(tmp_path, Planned("a/b/Dockerfile", "FROM x\n"))
    assert (tmp_path / "a/b/Dockerfile").read_text() == "FROM x\n"
    assert [path.name for path in (tmp_path / "a/b").iterdir()] == ["Dockerfile"]


def test_what_is_there_is_left_also_a_link_to_nothing(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("mine")
    (tmp_path / "link").symlink_to("nowhere")
    assert not write_file(tmp_path, Planned("Dockerfile", "ours"))
    assert not write_file(tmp_path, Planned("link", "ours"))
    assert (tmp_path / "Dockerfile").read_text() == "mine"


def test_a_file_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(UnicodeEncodeError):
        write_file(tmp_path, Planned("Dockerfile", "FROM \ud800\n"))
    assert list(tmp_path.iterdir()) == []


def test_a_place_without_a_value_is_an_error() -> None:
    with pytest.raises(KeyError):
        fill_template("compose.override.yaml")
