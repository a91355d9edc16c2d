"""The folder of a team: asked second, given what is kept, never made."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from tests.unit.cache.test_store import FILES, REPORTS, an_entry, everything, path_of

from cicd.cache.mode import Mode, read_mode, read_shared
from cicd.cache.store import Store, entry_name
from cicd.errors import SettingsError


@pytest.fixture
def team(tmp_path: Path) -> Path:
    folder = tmp_path / "team"
    folder.mkdir()
    folder.chmod(0o777)
    return folder


def test_what_one_keeps_another_finds_and_has_from_then_on(team: Path, tmp_path: Path) -> None:
    entry = an_entry()
    assert Store(tmp_path / "one", team).keep(entry, FILES, REPORTS) == ()
    other = Store(tmp_path / "two", team)
    found = other.find(entry.session, entry.key)
    assert found is not None and other.files(found) and other.reports(found) == REPORTS
    alone = Store(tmp_path / "two")
    assert alone.find(entry.session, entry.key) == found
    assert alone.reports(found) == REPORTS


def test_who_only_reads_copies_nothing(team: Path, tmp_path: Path) -> None:
    entry = an_entry()
    Store(tmp_path / "one", team).keep(entry, FILES, REPORTS)
    assert Store(tmp_path / "two", team, writes=False).find(entry.session, entry.key)
    assert not (tmp_path / "two").exists()


def test_our_own_folder_is_asked_first(team: Path, tmp_path: Path) -> None:
    entry = an_entry()
    store = Store(tmp_path / "one", team)
    store.keep(entry, FILES, REPORTS)
    (team / entry_name(entry.session, entry.key)).write_bytes(b"damaged")
    assert store.find(entry.session, entry.key)
    assert Store(tmp_path / "two", team).find(entry.session, entry.key) is None


def test_a_share_that_is_away_is_told_and_not_made(tmp_path: Path) -> None:
    store = Store(tmp_path / "one", tmp_path / "away")
    (told,) = store.keep(an_entry(), FILES, {})
    away = tmp_path / "away"
    assert told == f"cannot write into {away}: No such file or directory (kept here alone)"
    assert not (tmp_path / "away").exists()
    assert store.find("backend_test", an_entry().key)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only root can be somebody else")
def test_another_user_finds_what_is_there_and_complains_of_nothing(tmp_path: Path) -> None:
    entry = an_entry()
    code = (
        "import os, sys; from pathlib import Path\n"
        "sys.path[:0] = sys.argv[3:]\n"
        "from cicd.cache.store import Store\n"
        "from tests.unit.cache.test_store import an_entry\n"
        "os.setgid(65534); os.setuid(65534)\n"
        "store = Store(Path(sys.argv[1]), Path(sys.argv[2]))\n"
        "assert store.find('backend_test', an_entry().key)\n"
        "assert store.keep(an_entry(inputs='2'), {}, {}) == ()\n"
        "store.forget('backend_test', an_entry().key)\n"
    )
    with tempfile.TemporaryDirectory() as folder:
        own, team = Path(folder, "own"), Path(folder, "team")
        for path, access in ((Path(folder), 0o755), (own, 0o777), (team, 0o755)):
            path.mkdir(exist_ok=True)
            path.chmod(access)
        Store(tmp_path / "one", team).keep(entry, FILES, REPORTS)
        subprocess.run([sys.executable, "-c", code, own, team, *sys.path], check=True)
        assert Store(own).find("backend_test", an_entry(inputs="2").key)
        assert path_of(Store(team), entry).is_file()
        assert not path_of(Store(team), an_entry(inputs="2")).exists()


def test_a_share_holds_nothing_but_what_was_kept(team: Path, tmp_path: Path) -> None:
    entry = an_entry()
    store = Store(tmp_path / "one", team)
    store.keep(entry, FILES, REPORTS)
    assert everything(team) == everything(store.local)


@pytest.mark.parametrize(
    ("said", "mode"),
    [
        ("", Mode(reads=True, writes=True)),
        ("write", Mode(reads=True, writes=True)),
        ("read", Mode(reads=True, writes=False)),
        ("off", Mode(reads=False, writes=False)),
    ],
)
def test_the_mode_is_what_the_variable_says(said: str, mode: Mode) -> None:
    assert read_mode({"CICD_CACHE": said}) == mode


@pytest.mark.parametrize("said", ["on", "READ", "no", "/mnt/team"])
def test_another_mode_is_named(said: str) -> None:
    with pytest.raises(SettingsError, match="CICD_CACHE=.*is not known\none of: off, read, write"):
        read_mode({"CICD_CACHE": said})


def test_a_share_has_a_whole_path(tmp_path: Path) -> None:
    assert read_shared({}) is None
    assert read_shared({"CICD_CACHE_SHARED": str(tmp_path)}) == tmp_path
    with pytest.raises(SettingsError, match="CICD_CACHE_SHARED='team' is relative"):
        read_shared({"CICD_CACHE_SHARED": "team"})
