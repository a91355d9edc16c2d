"""Where data lies, and which folders a sweep takes for dead."""

import os
from pathlib import Path

import pytest

from cicd.database import data_folder, server_user
from cicd.database.server_user import ServerUser
from cicd.errors import MissingError
from cicd.system import lease


def test_a_folder_is_gone_after_the_block(tmp_path: Path) -> None:
    with data_folder.run_folder((tmp_path,), None) as folder:
        assert folder.path.parent == tmp_path and folder.path.name.startswith("cicd-postgres-")
    assert list(tmp_path.iterdir()) == []


def test_a_sweep_takes_the_dead_and_leaves_the_living_and_the_strange(tmp_path: Path) -> None:
    dead = tmp_path / "cicd-postgres-dead"
    (dead / "data").mkdir(parents=True)
    (tmp_path / "cicd-other").mkdir()
    elsewhere = tmp_path / "theirs"
    elsewhere.mkdir()
    (tmp_path / "cicd-postgres-link").symlink_to(elsewhere)
    with data_folder.run_folder((tmp_path,), None) as living:
        assert data_folder.sweep((tmp_path, tmp_path)) == (str(dead),)
        left = {living.path.name, "cicd-other", "cicd-postgres-link", "theirs"}
        assert {path.name for path in tmp_path.iterdir()} == left


def test_a_sweep_of_a_place_that_is_not_there_finds_nothing(tmp_path: Path) -> None:
    assert data_folder.sweep((tmp_path / "none",)) == ()


def test_a_place_that_cannot_be_written_is_passed_over(tmp_path: Path) -> None:
    assert data_folder.choose_place((tmp_path / "none", tmp_path), None) == tmp_path


def test_no_place_at_all_is_told_with_those_that_were_tried(tmp_path: Path) -> None:
    with pytest.raises(MissingError, match=str(tmp_path / "none")):
        data_folder.choose_place((tmp_path / "none",), None)


def test_a_lease_is_free_when_the_last_copy_of_it_is_closed(tmp_path: Path) -> None:
    held = lease.take(tmp_path / "lock")
    assert held is not None
    copy = os.dup(held)
    lease.give_back(held)
    assert lease.take(tmp_path / "lock") is None
    lease.give_back(copy)
    again = lease.take(tmp_path / "lock")
    assert again is not None
    lease.give_back(again)


def test_a_lease_is_not_taken_through_a_link_nor_in_a_folder_that_went(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "target")
    assert lease.take(tmp_path / "link") is None
    assert lease.take(tmp_path / "gone" / "lock") is None


def test_a_user_reaches_what_every_folder_on_the_way_lets_through(tmp_path: Path) -> None:
    stranger = ServerUser("stranger", 54321, 54321)
    base = tmp_path / "base"
    inner = base / "inner"
    inner.mkdir(parents=True)
    for folder in (tmp_path, *tmp_path.parents):
        if not folder.stat().st_mode & 0o001:
            assert not server_user.can_reach(inner, stranger)
            return
    base.chmod(0o700)
    assert not server_user.can_reach(inner, stranger)
    base.chmod(0o711)
    assert server_user.can_reach(inner, stranger)


def test_the_first_user_that_there_is_runs_the_server() -> None:
    root = server_user.find_user(("no-such-user", "root"))
    assert root is not None and (root.name, root.uid) == ("root", 0)
    assert server_user.find_user(("no-such-user",)) is None


def test_where_no_file_can_be_locked_the_search_ends(tmp_path: Path) -> None:
    """A file system without locks, which some networks have: every attempt fails."""
    with pytest.raises(MissingError, match="can be locked"):
        data_folder.make_folder(tmp_path, take=lambda path: None)
    assert list(tmp_path.iterdir()) == []
