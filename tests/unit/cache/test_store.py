"""What is kept is found again, and whatever else lies there is none."""

import hashlib
import json
import os
import stat
import time
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from cicd.cache.blobs import FOLDER as BLOBS
from cicd.cache.elements import Elements
from cicd.cache.entry import Entry, parse_blobs, parse_entry, render_entry
from cicd.cache.store import Store, entry_name

FILES = {"backend/app.py": f"100644 {'a' * 40}", "backend/größe\n.py": f"100755 {'b' * 40}"}
REPORTS = {"junit.xml": b"<testsuite/>", "coverage/lcov.info": b"\xff\x00"}


def an_entry(session: str = "backend_test", inputs: str = "1") -> Entry:
    elements = {"session": session, "inputs": inputs, "variable TZ": "0011aabb"}
    return Entry(
        session=session,
        key=Elements(elements).key,
        elements=elements,
        record='{"reason": "größer\\n"}\n',
        earned_at="2026-11-23T09:41:00.000+00:00",
        where="laptop",
        installed={"pytest": "8.4.2"},
    )


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "verdicts")


def path_of(store: Store, entry: Entry) -> Path:
    return store.local / entry_name(entry.session, entry.key)


def everything(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_what_is_kept_is_found_by_session_and_key(store: Store) -> None:
    entry = an_entry()
    assert store.keep(entry, FILES, REPORTS) == ()
    found = store.find(entry.session, entry.key)
    assert found is not None
    assert replace(found, files="", reports="") == entry
    assert store.files(found) == {name: id[:19] for name, id in FILES.items()}
    assert store.reports(found) == REPORTS
    assert store.find("frontend_test", entry.key) is None
    assert store.find(entry.session, an_entry(inputs="2").key) is None


def test_nothing_is_made_by_asking(store: Store) -> None:
    assert store.find("backend_test", "0" * 64) is None
    assert list(store.latest("backend_test")) == []
    assert not store.local.exists()


def test_sessions_with_the_same_inputs_share_their_list(store: Store) -> None:
    for session in ("backend_lint", "backend_test"):
        store.keep(an_entry(session), FILES, {})
    assert len(list((store.local / BLOBS).iterdir())) == 1


def test_no_file_is_left_aside(store: Store) -> None:
    store.keep(an_entry(), FILES, REPORTS)
    assert list((store.local / "aside").iterdir()) == []


@pytest.mark.parametrize("name", [one.name for one in fields(Entry)])
def test_a_field_that_was_altered_by_hand_is_a_miss(store: Store, name: str) -> None:
    entry = an_entry()
    store.keep(entry, FILES, REPORTS)
    found = store.find(entry.session, entry.key)
    assert found is not None
    value = getattr(found, name)
    other: Any = {**value, "more": "1"} if isinstance(value, dict) else f"{value}x"
    content = path_of(store, entry).read_bytes()
    checksum = content.split(b"\n")[0]
    _, _, body = render_entry(replace(found, **{name: other})).partition(b"\n")
    path_of(store, entry).write_bytes(checksum + b"\n" + body)
    assert store.find(entry.session, entry.key) is None


@pytest.mark.parametrize("change", [{"session": "other"}, {"inputs": "2"}, {"uv": "0.9"}])
def test_elements_that_do_not_make_the_key_are_a_miss_though_the_checksum_is_right(
    store: Store, change: dict[str, str]
) -> None:
    entry = an_entry()
    forged = replace(entry, elements={**entry.elements, **change})
    store.keep(forged, {}, {})
    assert path_of(store, entry).is_file()
    assert store.find(entry.session, entry.key) is None


@pytest.mark.parametrize("name", ["session", "key", "earned_at", "where", "files", "installed"])
@pytest.mark.parametrize("value", [1, None, ["a"], {"a": 1}, {"a": None}])
def test_a_value_of_another_type_is_a_miss(name: str, value: object) -> None:
    assert parse_entry(render_entry(replace(an_entry(), **{name: value}))) is None  # type: ignore


def test_an_entry_under_the_name_of_another_is_a_miss(store: Store) -> None:
    kept, asked = an_entry(), an_entry(inputs="2")
    store.keep(kept, {}, {})
    path_of(store, kept).rename(path_of(store, asked))
    assert store.find(asked.session, asked.key) is None


def test_every_byte_counts() -> None:
    content = render_entry(an_entry())
    assert parse_entry(content) == an_entry()
    for place in range(len(content)):
        changed = bytearray(content)
        changed[place] ^= 1
        assert parse_entry(bytes(changed)) is None, place
        assert parse_entry(content[:place]) is None, place
    assert parse_entry(content + b" ") is None


def test_an_entry_of_another_schema_is_a_miss(store: Store) -> None:
    entry = an_entry()
    store.keep(entry, {}, {})
    content = path_of(store, entry).read_bytes()
    assert content.startswith(b"cicd verdict 2 ")
    path_of(store, entry).write_bytes(content.replace(b"verdict 2 ", b"verdict 3 ", 1))
    assert store.find(entry.session, entry.key) is None


def an_empty_file(path: Path) -> None:
    path.write_bytes(b"")


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()
    (path / "file").write_text("")


def a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def a_link_to_nothing(path: Path) -> None:
    path.unlink()
    path.symlink_to("nothing")


def a_link_to_itself(path: Path) -> None:
    path.unlink()
    path.symlink_to(path)


def a_link_to_a_device(path: Path) -> None:
    path.unlink()
    path.symlink_to("/dev/zero")


def a_huge_file(path: Path) -> None:
    os.truncate(path, 10**12)


def nonsense(path: Path) -> None:
    path.write_bytes(b"\xff\xfe" * 1000)


@pytest.mark.parametrize(
    "spoil",
    [
        *(an_empty_file, a_folder, a_pipe, a_link_to_nothing, a_link_to_itself),
        *(a_link_to_a_device, a_huge_file, nonsense),
    ],
    ids=lambda spoil: spoil.__name__,
)
def test_what_is_no_entry_is_a_miss_and_is_replaced(
    store: Store, spoil: Callable[[Path], None]
) -> None:
    entry = an_entry()
    store.keep(entry, FILES, {})
    spoil(path_of(store, entry))
    assert store.find(entry.session, entry.key) is None
    assert list(store.latest(entry.session)) == []
    assert store.keep(entry, FILES, {}) == ()
    assert store.find(entry.session, entry.key) is not None


def test_a_link_to_an_entry_is_as_good_as_the_entry_and_keeping_does_not_follow_it(
    store: Store, tmp_path: Path
) -> None:
    entry = an_entry()
    store.keep(entry, {}, {})
    elsewhere = path_of(store, entry).rename(tmp_path / "elsewhere")
    path_of(store, entry).symlink_to(elsewhere)
    assert store.find(entry.session, entry.key) is not None
    before = elsewhere.read_bytes()
    store.keep(replace(entry, where="another"), {}, {})
    assert elsewhere.read_bytes() == before
    assert not path_of(store, entry).is_symlink()


def test_what_lies_apart_is_checked_as_well(store: Store) -> None:
    entry = an_entry()
    store.keep(entry, FILES, REPORTS)
    found = store.find(entry.session, entry.key)
    assert found is not None
    for blob in (store.local / BLOBS).iterdir():
        blob.write_bytes(blob.read_bytes()[:-9])
    assert store.files(found) == {}
    assert store.reports(found) == {}
    store.keep(entry, FILES, REPORTS)
    assert store.reports(found) == REPORTS


@pytest.mark.parametrize("name", ["../x", "/etc/x", "a/../../x", "C:x", "a\\b"])
def test_no_report_leads_out_of_its_folder(store: Store, name: str) -> None:
    store.keep(an_entry(), {}, {name: b""})
    (found,) = store.latest("backend_test")
    assert found.reports and store.reports(found) == {}


def test_reports_that_are_large_are_not_kept(store: Store) -> None:
    store.keep(an_entry(), {}, {"junit.xml": b"x" * 9_000_000})
    (found,) = store.latest("backend_test")
    assert (found.reports, store.reports(found)) == ("", {})


def test_a_record_that_is_too_large_is_told(store: Store) -> None:
    (told,) = store.keep(replace(an_entry(), record="x" * 5_000_000), {}, {})
    assert "backend_test: the record is too large to keep" in told


@pytest.mark.parametrize(
    "session", ["tests-3.12(django='5.2')", "../../up", "x" * 300, "a:b", "..", "größe"]
)
def test_any_name_of_a_session_will_do(store: Store, session: str) -> None:
    entry = an_entry(session)
    assert store.keep(entry, {}, {}) == ()
    assert store.find(session, entry.key) is not None
    assert [found.session for found in store.latest(session)] == [session]
    assert path_of(store, entry).resolve().parent.parent == store.local.resolve() / "entries"


def test_the_latest_comes_first_and_one_of_a_time_to_come_last(store: Store) -> None:
    entries = [an_entry(inputs=str(number)) for number in range(4)]
    for number, entry in enumerate(entries):
        store.keep(entry, {}, {})
        when = time.time() - 60 * number
        os.utime(path_of(store, entry), (when, when))
    tomorrow = time.time() + 24 * 3600
    os.utime(path_of(store, entries[1]), (tomorrow, tomorrow))
    assert [found.elements["inputs"] for found in store.latest("backend_test")] == list("0231")


def test_what_is_forgotten_is_not_found(store: Store) -> None:
    entry = an_entry()
    store.keep(entry, {}, {})
    store.forget(entry.session, entry.key)
    assert store.find(entry.session, entry.key) is None


def test_who_may_only_read_forgets_here_and_not_for_others(store: Store, tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    entry, shared = an_entry(), replace(store, shared=tmp_path / "shared")
    shared.keep(entry, {}, {})
    replace(shared, writes=False).forget(entry.session, entry.key)
    assert store.find(entry.session, entry.key) is None
    assert shared.find(entry.session, entry.key) is not None


def test_what_an_entry_keeps_apart_is_told_by_its_first_bytes(store: Store) -> None:
    entry = an_entry()
    store.keep(entry, FILES, REPORTS)
    (found,) = store.latest(entry.session)
    assert parse_blobs(path_of(store, entry).read_bytes()[:256]) == (found.files, found.reports)
    assert parse_blobs(b"anything else") == ()


def test_entries_are_as_readable_as_their_folder(store: Store) -> None:
    store.local.mkdir()
    store.local.chmod(0o2775)
    store.keep(an_entry(), FILES, {})
    for path in store.local.rglob("*"):
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode == (0o2775 if path.is_dir() else 0o664), path


def test_two_hundred_and_fifty_sessions_are_found_in_no_time(store: Store) -> None:
    elements = {f"variable NAME_{number}": "0123abcd" for number in range(60)}
    record = json.dumps({f"file{number}": "0" * 12 for number in range(200)}, indent=2)
    names = []
    for number in range(250):
        values = {**elements, "session": f"part{number}_test"}
        key = Elements(values).key
        entry = replace(an_entry(), session=values["session"], key=key, elements=values)
        store.keep(replace(entry, record=record), {}, {})
        names.append((entry.session, key))
    took = []
    for _ in range(5):
        begun = time.process_time()
        assert all(store.find(session, key) for session, key in names)
        took.append(time.process_time() - begun)
    assert min(took) < 0.05


def test_an_entry_that_is_deeper_than_we_can_read_is_a_miss() -> None:
    body = b" \n" + b"[" * 100_000 + b"\n"
    checksum = hashlib.sha256(body).hexdigest().encode()
    assert parse_entry(b"cicd verdict 2 " + checksum + b"\n" + body) is None
