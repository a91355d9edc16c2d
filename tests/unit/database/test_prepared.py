"""Prepared data: whole or not there, private, bounded, and swept after a crash."""

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path
from typing import BinaryIO

import pytest

import cicd
from cicd.database import packing, prepared
from cicd.database.prepared import Prepared


def keep(target: Path, content: bytes = b"data", password: str = "secret") -> Prepared:
    def written(file: BinaryIO) -> None:
        file.write(content)

    prepared.keep(target, password, written)
    return Prepared(target)


def read(kept: Prepared) -> tuple[bytes, str]:
    with kept.opened() as (file, password):
        return file.read(), password


def home(cache: Path) -> list[str]:
    return sorted(os.listdir(cache / "postgres" / "prepared"))


def test_what_was_kept_is_read_back_and_is_private(tmp_path: Path) -> None:
    kept = keep(tmp_path / "slot")
    assert read(kept) == (b"data", "secret")
    modes = {stat.S_IMODE(path.stat().st_mode) for path in kept.folder.iterdir()}
    assert (modes, stat.S_IMODE(kept.folder.stat().st_mode)) == ({0o600}, 0o700)


@pytest.mark.parametrize("name", ["data.tar", "password", "sha256"])
@pytest.mark.parametrize("damage", ["cut off", "altered", "gone"])
def test_damaged_data_is_not_taken(tmp_path: Path, name: str, damage: str) -> None:
    kept = keep(tmp_path / "slot")
    path = kept.folder / name
    content = path.read_bytes()
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(content[:-1] if damage == "cut off" else b"?" + content[1:])
    with pytest.raises(OSError):
        read(kept)


def test_what_changed_while_it_was_copied_is_not_kept(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="changed while it was copied"):
        prepared.keep(tmp_path / "slot", "secret", lambda file: None, lambda: False)
    assert list(tmp_path.iterdir()) == []


def test_a_write_that_fails_leaves_nothing_and_what_was_there(tmp_path: Path) -> None:
    kept = keep(tmp_path / "slot", b"old")

    def fail(file: BinaryIO) -> None:
        raise OSError("no room")

    with pytest.raises(OSError, match="no room"):
        prepared.keep(kept.folder, "secret", fail)
    assert os.listdir(tmp_path) == ["slot"]
    assert read(kept)[0] == b"old"


def test_what_is_kept_again_takes_the_place_of_the_old(tmp_path: Path) -> None:
    kept = keep(tmp_path / "slot", b"old")
    with kept.opened() as (file, _):
        keep(tmp_path / "slot", b"new", "other")
        assert file.read() == b"old"
    assert read(kept) == (b"new", "other")
    assert os.listdir(tmp_path) == ["slot"]


def test_the_least_recently_used_go_first_by_number_and_by_size(tmp_path: Path) -> None:
    slots = [prepared.slot(tmp_path, "build", "user", schema) for schema in "abcd"]
    for number, slot in enumerate(slots):
        keep(slot.folder, b"x" * 1000)
        os.utime(slot.folder, (number, number))
    read(slots[0])
    prepared.prune(tmp_path, most=3)
    assert [slot.exists for slot in slots] == [True, False, True, True]
    prepared.prune(tmp_path, most_bytes=2500)
    assert [slot.exists for slot in slots] == [True, False, False, True]
    assert len(home(tmp_path)) == 2


def test_each_build_user_and_schema_has_its_own(tmp_path: Path) -> None:
    told = [("a", "u", "s"), ("b", "u", "s"), ("a", "v", "s"), ("a", "u", "t"), ("a", "u", "")]
    assert len({prepared.slot(tmp_path, *each).folder for each in told}) == len(told)


def test_a_sweep_leaves_alone_what_is_being_made(tmp_path: Path) -> None:
    def swept(file: BinaryIO) -> None:
        assert prepared.sweep(tmp_path) == ()
        file.write(b"data")

    slot = prepared.slot(tmp_path, "build", "user")
    prepared.keep(slot.folder, "secret", swept)
    assert read(slot)[0] == b"data"


@pytest.mark.skipif(os.name != "posix", reason="kills by a signal")
def test_after_kill_9_in_the_middle_nothing_half_made_is_taken_and_a_sweep_removes_it(
    tmp_path: Path,
) -> None:
    slot = prepared.slot(tmp_path, "build", "user")
    script = f"""
import sys
from pathlib import Path
from cicd.database import prepared
def write(file):
    file.write(b"half")
    file.flush()
    print("writing", flush=True)
    sys.stdin.read()
prepared.keep(Path({str(slot.folder)!r}), "secret", write)
"""
    root = str(Path(cicd.__file__).parent.parent)
    process = subprocess.Popen(
        (sys.executable, "-c", script),
        env={**os.environ, "PYTHONPATH": root},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"writing\n"
    assert prepared.sweep(tmp_path) == ()
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert not slot.exists
    assert len(prepared.sweep(tmp_path)) == 1
    assert home(tmp_path) == []


def test_a_data_folder_is_packed_and_unpacked(tmp_path: Path) -> None:
    data = tmp_path / "data"
    (data / "base" / "1").mkdir(parents=True)
    (data / "base" / "1" / "2608").write_bytes(b"\0" * 8192)
    (data / "pg_stat_tmp").mkdir()
    (data / "pg_stat_tmp" / "global.stat").write_bytes(b"old")
    (data / "postmaster.pid").write_text("1")
    with (tmp_path / "data.tar").open("w+b") as file:
        packing.pack(data, file)
        file.seek(0)
        packing.unpack(file, tmp_path / "copy", None)
    found = {str(path.relative_to(tmp_path / "copy")) for path in (tmp_path / "copy").rglob("*")}
    assert found == {"base", "base/1", "base/1/2608", "pg_stat_tmp"}
    assert (tmp_path / "copy" / "base" / "1" / "2608").read_bytes() == b"\0" * 8192


def test_a_tablespace_elsewhere_is_not_kept(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "link").symlink_to(tmp_path)
    with (tmp_path / "data.tar").open("wb") as file, pytest.raises(OSError, match="lies elsewhere"):
        packing.pack(tmp_path / "data", file)
