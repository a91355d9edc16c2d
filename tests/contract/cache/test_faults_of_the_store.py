"""A folder of verdicts under bad luck: no disk, no permission, killed writers, many at once."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.lacking import lacking
from tests.unit.cache.test_store import FILES, REPORTS, an_entry, path_of

from cicd.cache.files import sweep_aside
from cicd.cache.store import Store

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="mounts and signals of Linux")

HEADER = """
import os, sys
from pathlib import Path
from tests.unit.cache.test_store import FILES, REPORTS, an_entry, path_of
from cicd.cache.store import Store
home, number = Path(sys.argv[1]), int(sys.argv[2])
store = Store(home)
"""


def python(code: str, home: Path, number: int = 0) -> list[str]:
    path = f"import sys; sys.path[:0] = {sys.path!r}\n"
    return [sys.executable, "-c", path + HEADER + code, str(home), str(number)]


def run_mounted(mount: str, code: str, home: Path) -> None:
    """Runs Python in a place where `mount` was done, which nobody else sees."""
    own = () if os.geteuid() == 0 else ("--user", "--map-root-user")
    if shutil.which("unshare") is None:
        lacking("unshare is not here")
    possible = ["unshare", *own, "--mount", "mount", "-t", "tmpfs", "tmpfs", str(home)]
    if subprocess.run(possible, capture_output=True, check=False).returncode:
        lacking("nothing can be mounted here")
    script = f'set -e; home="{home}"; {mount}; exec "$@"'
    command = ["unshare", *own, "--mount", "sh", "-c", script, "sh", *python(code, home)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "verdicts"
    folder.mkdir()
    return folder


def test_a_full_disk_is_told_and_what_is_there_stays(home: Path) -> None:
    code = """
told = ()
for number in range(10_000):
    if told := store.keep(an_entry(inputs=str(number)), {**FILES, str(number): "1"}, REPORTS):
        break
assert told == (f"cannot write into {home}: No space left on device",), told
assert all(store.find("backend_test", an_entry(inputs=str(n)).key) for n in range(number))
assert store.find("backend_test", an_entry(inputs=str(number)).key) is None
assert list((home / "aside").iterdir()) == []
from cicd.cache.prune import LOCAL, Bounds, prune
import time
assert prune(home, Bounds(number=1, age_s=9e9, size_bytes=10**9), time.time())[0] == number - 1
assert store.keep(an_entry(inputs="new"), {}, {}) == ()
"""
    run_mounted('mount -t tmpfs -o size=96k tmpfs "$home"', code, home)


def test_a_folder_that_is_read_only_is_read(home: Path) -> None:
    entry = an_entry()
    Store(home).keep(entry, FILES, REPORTS)
    code = """
import time
from dataclasses import replace
from cicd.cache.prune import LOCAL, prune, tidy
assert store.find("backend_test", an_entry().key)
(told,) = store.keep(an_entry(inputs="2"), FILES, {})
assert told == f"cannot write into {home}: Read-only file system", told
store.forget("backend_test", an_entry().key)
tidy(store, 0)
assert prune(home, replace(LOCAL, age_s=-1), time.time()) == (0, 0)
assert store.find("backend_test", an_entry().key)
own = Store(home.parent / "own", home)
assert own.keep(an_entry(inputs="3"), FILES, {}) == (), "a share that is for reading"
assert own.find("backend_test", an_entry().key)
assert own.find("backend_test", an_entry(inputs="3").key)
"""
    run_mounted('mount --bind "$home" "$home"; mount -o remount,bind,ro "$home"', code, home)
    assert Store(home).find(entry.session, entry.key)


def test_another_file_system_is_as_good(home: Path) -> None:
    code = """
link = home.parent / "link"
link.symlink_to(home)
linked = Store(link)
assert linked.keep(an_entry(), FILES, REPORTS) == ()
found = linked.find("backend_test", an_entry().key)
assert found and linked.files(found) and linked.reports(found) == REPORTS
"""
    run_mounted('mount -t tmpfs tmpfs "$home"', code, home)


def test_entries_on_a_file_system_of_their_own_are_told(home: Path) -> None:
    """Nothing can be moved into place there, and nothing is left half."""
    (home / "entries").mkdir()
    code = """
(told,) = store.keep(an_entry(), {}, {})
assert told == f"cannot write into {home}: Invalid cross-device link", told
assert not list((home / "aside").iterdir()) and not store.find("backend_test", an_entry().key)
"""
    run_mounted('mount -t tmpfs tmpfs "$home/entries"', code, home)


@pytest.mark.parametrize("place", ["", "entries", "aside", "blobs", "entries/backend_test"])
def test_a_file_in_the_place_of_a_folder_is_told(home: Path, place: str) -> None:
    if not place:
        home.rmdir()
    (home / place).parent.mkdir(exist_ok=True)
    (home / place).write_text("")
    store = Store(home)
    assert store.find("backend_test", an_entry().key) is None
    (told,) = store.keep(an_entry(), FILES, {})
    assert told.startswith(f"cannot write into {home}: ")
    store.forget("backend_test", an_entry().key)


def test_no_permission_is_told_and_disturbs_nothing(home: Path) -> None:
    """As a user who may not even look."""
    if os.geteuid() != 0:
        lacking("only root can be somebody else")
    Store(home).keep(an_entry(), FILES, {})
    home.chmod(0o700)
    code = """
os.setgid(65534); os.setuid(65534)
assert store.find("backend_test", an_entry().key) is None
assert list(store.latest("backend_test")) == []
(told,) = store.keep(an_entry(), FILES, {})
assert told == f"cannot write into {home}: Permission denied", told
store.forget("backend_test", an_entry().key)
"""
    done = subprocess.run(python(code, home), capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr


def test_many_processes_keep_and_find_the_same_and_their_own(home: Path) -> None:
    code = """
from cicd.cache.prune import LOCAL, prune
import time
for round in range(40):
    for inputs in (f"same {round % 3}", f"{number} {round}"):
        entry = an_entry(inputs=inputs)
        assert store.keep(entry, {**FILES, inputs: "1"}, REPORTS) == ()
        found = store.find("backend_test", entry.key)
        assert found and store.reports(found) == REPORTS, inputs
    if round % 10 == number:
        prune(home, LOCAL, time.time(), spared_s=3600)
"""
    processes = [
        subprocess.Popen(python(code, home, number), stderr=subprocess.PIPE, encoding="utf-8")
        for number in range(6)
    ]
    ended = [process.communicate()[1] for process in processes]
    assert [process.returncode for process in processes] == [0] * 6, "".join(ended)
    assert len(list((home / "entries" / "backend_test").iterdir())) == 3 + 6 * 40
    assert list((home / "aside").iterdir()) == []
    assert all(Store(home).files(entry) for entry in Store(home).latest("backend_test"))


def test_killed_at_any_moment_it_leaves_no_half_entry_and_no_growing_debris(home: Path) -> None:
    code = """
big = {f"file{n}": f"100644 {n:040x}" for n in range(3000)}
print("ready", flush=True)
round = 0
while True:
    round += 1
    store.keep(an_entry(inputs=f"{number} {round % 50}"), {**big, str(round): "1"}, REPORTS)
"""
    store, chance = Store(home), random.Random(5)
    debris = []
    for number in range(50):
        process = subprocess.Popen(python(code, home, number), stdout=subprocess.PIPE)
        assert process.stdout and process.stdout.readline() == b"ready\n"
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(chance.random() * 0.03)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        debris.append(len(list((home / "aside").glob("*"))))
        for path in (home / "entries").glob("*/*"):
            entry = store.find("backend_test", path.name)
            assert entry and len(store.files(entry)) == 3001 and store.reports(entry) == REPORTS
        for path in (home / "entries").glob("*/*"):
            path.unlink()
        if number % 10 == 9:
            sweep_aside(home)
            assert list((home / "aside").iterdir()) == []
    assert max(debris) <= 10


def test_what_another_machine_is_writing_is_left_for_a_day(home: Path) -> None:
    aside = home / "aside"
    aside.mkdir()
    theirs = aside / "other-host,boot,4026531836,17,4711,0011aabb"
    for age_s, stays in ((0, True), (3600, True), (25 * 3600, False), (-25 * 3600, False)):
        theirs.write_text("")
        os.utime(theirs, (time.time() - age_s,) * 2)
        sweep_aside(home)
        assert theirs.exists() == stays, age_s


def test_what_a_killed_process_was_writing_is_swept(home: Path) -> None:
    entry = an_entry()
    Store(home).keep(entry, {}, {})
    code = """
from cicd.cache import files
files._replace = lambda *_: os.kill(os.getpid(), 9)
store.keep(an_entry(inputs="2"), {}, {})
"""
    subprocess.run(python(code, home), check=False)
    assert len(list((home / "aside").iterdir())) == 1
    sweep_aside(home)
    assert list((home / "aside").iterdir()) == []
    assert path_of(Store(home), entry).is_file()
