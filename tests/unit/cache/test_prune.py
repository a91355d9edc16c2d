"""What is kept is bounded in number, age and size, also when clocks go wrong."""

import os
import time
from dataclasses import replace
from pathlib import Path

import pytest
from tests.unit.cache.test_store import FILES, an_entry, path_of

from cicd.cache.blobs import FOLDER as BLOBS
from cicd.cache.files import age_s
from cicd.cache.prune import LOCAL, SHARED, Bounds, prune, tidy
from cicd.cache.store import Store

DAY_S = 24 * 3600
WIDE = Bounds(number=None, age_s=float("inf"), size_bytes=10**12)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "verdicts")


def keep(store: Store, number: int, age_s: float = 0, session: str = "backend_test") -> None:
    """An entry with a list of files and reports of its own."""
    entry = an_entry(session, inputs=str(number))
    store.keep(entry, {**FILES, str(number): "1"}, {"junit.xml": b"%d" % number})
    made_older(path_of(store, entry), age_s)


def made_older(path: Path, age_s: float) -> None:
    when = time.time() - age_s
    os.utime(path, (when, when))


def left(store: Store, session: str = "backend_test") -> list[int]:
    return sorted(int(entry.elements["inputs"]) for entry in store.latest(session))


def blobs(store: Store) -> int:
    return len(list((store.local / BLOBS).iterdir()))


def test_the_oldest_of_a_session_go(store: Store) -> None:
    for number in range(6):
        keep(store, number, age_s=600 * (number + 1))
    keep(store, 9, age_s=9999, session="frontend_test")
    prune(store.local, replace(WIDE, number=3), time.time())
    assert left(store) == [0, 1, 2]
    assert left(store, "frontend_test") == [9]


def test_what_is_too_old_goes(store: Store) -> None:
    keep(store, 1, age_s=8 * DAY_S)
    keep(store, 2, age_s=6 * DAY_S)
    removed, _ = prune(store.local, replace(WIDE, age_s=7 * DAY_S), time.time())
    assert (removed, left(store)) == (1, [2])


def test_the_size_counts_all_sessions_and_what_they_keep_apart(store: Store) -> None:
    for number in range(8):
        keep(store, number, 600 * (number + 1), "backend_test" if number % 2 else "backend_lint")
    for blob in (store.local / BLOBS).iterdir():
        made_older(blob, DAY_S)
    size = sum(path.stat().st_size for path in store.local.rglob("*") if path.is_file())
    removed, freed = prune(store.local, replace(WIDE, size_bytes=size // 2 + 1), time.time())
    assert left(store) + left(store, "backend_lint") == [1, 3, 0, 2]
    assert (removed, blobs(store)) == (4, 8)
    after = sum(path.stat().st_size for path in store.local.rglob("*") if path.is_file())
    assert freed == size - after > 0


def test_what_others_use_stays(store: Store) -> None:
    for session in ("backend_lint", "backend_test"):
        store.keep(an_entry(session), FILES, {})
    made_older(path_of(store, an_entry("backend_lint")), DAY_S)
    for blob in (store.local / BLOBS).iterdir():
        made_older(blob, DAY_S)
    prune(store.local, replace(WIDE, age_s=3600), time.time())
    (entry,) = store.latest("backend_test")
    assert store.files(entry)


def test_what_another_process_is_about_to_name_stays(store: Store) -> None:
    keep(store, 1)
    path_of(store, an_entry(inputs="1")).unlink()
    prune(store.local, WIDE, time.time())
    assert blobs(store) == 2


def test_the_running_run_loses_nothing(store: Store) -> None:
    for number, age in enumerate((10, 20, 30, 400)):
        keep(store, number, age_s=age)
    prune(store.local, replace(WIDE, number=1, size_bytes=1), time.time(), spared_s=100)
    assert left(store) == [0, 1, 2]


@pytest.mark.parametrize("age_of_others", [0, DAY_S, 400 * DAY_S])
def test_entries_of_a_time_to_come_go_first_and_never_in_the_place_of_others(
    store: Store, age_of_others: int
) -> None:
    """The clock was a year ahead when they were kept."""
    for number in range(3):
        keep(store, number, age_s=-365 * DAY_S - number)
    for number in range(10, 13):
        keep(store, number, age_s=age_of_others + number)
    prune(store.local, replace(WIDE, number=3), time.time())
    assert left(store) == [10, 11, 12]


def test_a_clock_that_is_a_little_ahead_does_no_harm(store: Store) -> None:
    """That of a file server, say."""
    keep(store, 1, age_s=-120)
    prune(store.local, LOCAL, time.time(), spared_s=60)
    assert left(store) == [1]
    assert age_s(time.time() + 120) < 0 and age_s(time.time() + DAY_S) == float("inf")


def test_whatever_lies_there_does_not_disturb(store: Store) -> None:
    for number in range(4):
        keep(store, number, age_s=600 * number + 600)
    folder = path_of(store, an_entry()).parent
    (folder / "folder").mkdir()
    (folder / "link").symlink_to("nowhere")
    (folder / "circle").symlink_to("circle")
    os.mkfifo(folder / "pipe")
    (folder / "empty").write_bytes(b"")
    (store.local / "entries" / "file").write_bytes(b"")
    (store.local / BLOBS / "folder").mkdir()
    for name in ("link", "circle", "pipe", "empty"):
        os.utime(folder / name, (1, 1), follow_symlinks=False)
    prune(store.local, replace(WIDE, number=2), time.time())
    assert left(store) == [0, 1]
    assert sorted(path.name for path in folder.iterdir() if len(path.name) < 64) == ["folder"]


def test_a_folder_that_is_not_there_is_as_small_as_can_be(tmp_path: Path) -> None:
    assert prune(tmp_path / "none", LOCAL, time.time()) == (0, 0)
    assert not (tmp_path / "none").exists()


def test_tidying_looks_once_an_hour_and_in_a_share_once_a_day(store: Store) -> None:
    store.local.mkdir()
    tidy(store, time.time())
    for number in range(LOCAL.number + 5 if LOCAL.number else 0):
        keep(store, number, age_s=600 + number)
    tidy(store, time.time())
    assert len(left(store)) == 30  # as many as `latest` looks at
    assert len(list(path_of(store, an_entry()).parent.iterdir())) == 35
    made_older(store.local / "pruned", 3700)
    tidy(store, time.time())
    assert len(list(path_of(store, an_entry()).parent.iterdir())) == 30


@pytest.mark.parametrize("age", [-400 * DAY_S, 400 * DAY_S])
def test_a_clock_that_was_wrong_does_not_stop_the_tidying(store: Store, age: int) -> None:
    keep(store, 1, age_s=31 * DAY_S)
    (store.local / "pruned").touch()
    made_older(store.local / "pruned", age)
    tidy(store, time.time())
    assert left(store) == []
    assert abs(age_s((store.local / "pruned").stat().st_mtime)) < 60


def test_a_share_is_not_bounded_in_number_since_repositories_share_names(
    tmp_path: Path, store: Store
) -> None:
    team = Store(tmp_path / "team")
    for number in range(33):
        keep(team, number, age_s=600 + number)
    keep(team, 40, age_s=31 * DAY_S)
    tidy(replace(store, shared=team.local), time.time())
    assert len(list(path_of(team, an_entry()).parent.iterdir())) == 33
    assert SHARED.size_bytes > LOCAL.size_bytes
    keep(team, 41, age_s=31 * DAY_S)
    made_older(team.local / "pruned", 3700)
    tidy(replace(store, shared=team.local), time.time())
    assert path_of(team, an_entry(inputs="41")).exists()


def test_what_is_kept_twice_is_not_lost_in_between(store: Store) -> None:
    keep(store, 1)
    for path in store.local.rglob("*"):
        made_older(path, 40 * DAY_S)
    keep(store, 1)
    prune(store.local, LOCAL, time.time())
    (entry,) = store.latest("backend_test")
    assert store.files(entry) and store.reports(entry) == {"junit.xml": b"1"}
