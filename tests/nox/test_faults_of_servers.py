"""Servers that cannot start, that die, or that are not as declared."""

import os
import socket
import subprocess
from pathlib import Path

import pytest
from tests.lacking import lacking
from tests.nox import miniatures
from tests.nox.conftest import Ended, Repository
from tests.nox.leftovers import processes_of
from tests.nox.screen import assert_red

from cicd.database.local import LocalProvider
from cicd.model import Verdict

TEST = ("-s", "backend_test")
KILL = """\
    import os
    import shop


    def test_a_server_that_is_shot():
        with shop.connect() as connection:
            told = connection.execute("SELECT pg_read_file('postmaster.pid')").fetchone()[0]
            os.kill(int(told.splitlines()[0]), 9)


    def test_after():
        shop.connect()
    """


@pytest.fixture
def local_majors(tmp_path: Path) -> tuple[str, ...]:
    majors = LocalProvider(cache=tmp_path, path=os.environ["PATH"]).majors()
    if not majors:
        lacking("there is no PostgreSQL on this machine")
    return majors


def test_a_server_that_dies_is_the_first_thing_to_know(
    shop: Repository, local_majors: tuple[str, ...]
) -> None:
    shop.put("backend/tests/test_shop.py", KILL)
    ended = shop.nox(*TEST, CICD_DATABASE="local")
    assert_red(ended, "backend_test", "(local) died", "local: PostgreSQL ended by itself")
    assert ended.end.index("(local) died") < ended.end.index("test_after")
    assert processes_of(shop.root) == []


def test_another_major_than_declared_is_not_verified_and_red_in_ci(
    shop: Repository, local_majors: tuple[str, ...]
) -> None:
    absent = next(major for major in ("14", "16", "13", "17") if major not in local_majors)
    shop.put("noxfile.py", miniatures.shop(postgres=absent))
    ended = shop.nox(*TEST, CICD_DATABASE="local")
    said = f"backend_test: PostgreSQL {absent} is not to be had here, this was {local_majors[-1]}."
    assert (ended.code, said in ended.end) == (0, True), ended.output
    assert shop.records()["backend_test"].verdict is Verdict.NOT_VERIFIED
    strict = shop.nox(*TEST, CICD_DATABASE="local", CI="true")
    said = f"database  PostgreSQL {absent} was asked for. Tried:"
    assert_red(strict, "backend_test", said, f"local      no initdb of major {absent} (found: ")


def test_a_python_that_is_not_here_is_not_verified_and_red_in_ci(shop: Repository) -> None:
    shop.put("noxfile.py", miniatures.library(pythons="3.99"))
    shop.put("backend/tests/test_shop.py", "def test_one():\n    pass\n")
    ended = shop.nox(*TEST)
    assert ended.code == 0, ended.output
    assert "backend_test: Python 3.99 is not to be had here, this was 3." in ended.end
    assert shop.records()["backend_test"].verdict is Verdict.NOT_VERIFIED
    assert_red(shop.nox(*TEST, CI="true"), "backend_test", "Python 3.99 is not")


def test_a_provider_that_does_not_exist_is_told_with_the_one_that_was_meant(
    shop: Repository,
) -> None:
    ended = shop.nox(*TEST, CICD_DATABASE="locl")
    assert_red(ended, "backend_test", "CICD_DATABASE: there is no provider `locl`")
    assert "did you mean `local`?" in ended.output


def test_the_usual_port_may_be_taken(shop: Repository) -> None:
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind(("127.0.0.1", 5432))
        except OSError:
            pass  # Somebody else has it: as good.
        assert shop.nox(*TEST).code == 0


@pytest.mark.parametrize("where", ["initdb", "cache"])
def test_a_full_disk_is_named_and_leaves_nothing(
    shop: Repository, local_majors: tuple[str, ...], where: str
) -> None:
    cache = shop.root / ".cicd" / "cache"
    if where == "cache":
        assert shop.nox(*TEST, CICD_DATABASE="local", CICD_CACHE_DIR=str(cache)).code == 0
    ended, left = nox_on_a_small_disk(shop, cache)
    assert ended.code == 1
    assert_red(ended, "backend_test", "No space left on device")
    assert left == []
    assert processes_of(shop.root) == []


SMALL_DISK = """\
set -e
mount -t tmpfs -o size=8m,mode=1777 tmpfs /dev/shm
mkdir /dev/shm/checkout
mount --bind "$PWD" /dev/shm/checkout
for place in /tmp /var/tmp; do
    mount --bind "$place" "$place"
    mount -o remount,bind,ro "$place"
done
mount --bind /dev/shm/checkout "$PWD"
umount /dev/shm/checkout
rmdir /dev/shm/checkout
cd "$PWD"
"$@" || code=$?
echo "left:" $(ls -A /dev/shm | grep cicd)
exit "$code"
"""


def nox_on_a_small_disk(shop: Repository, cache: Path) -> tuple[Ended, list[str]]:
    """nox where a database's data can lie on 8 MB only; and what it left there."""
    if os.geteuid() != 0:
        lacking("a small file system can be mounted by root only")
    command = shop.command(*TEST)
    done = subprocess.run(
        ("unshare", "--mount", "--propagation", "private", "sh", "-c", SMALL_DISK, "sh", *command),
        cwd=shop.root,
        env=shop.env(CICD_DATABASE="local", CICD_CACHE_DIR=str(cache), TMPDIR="/dev/shm", CI="1"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    output, _, left = done.stdout.rpartition("left:")
    return Ended(done.returncode, output), left.split()


def test_a_given_server_that_is_not_taken_is_said(shop: Repository) -> None:
    address = "postgresql://shop:hunter2hunter2@127.0.0.1:1/shop"
    ended = shop.nox(*TEST, CICD_DATABASE_URL=address)
    assert ended.code == 0, ended.output
    assert "the server of CICD_DATABASE_URL is not taken: " in ended.output
    assert "hunter2hunter2" not in ended.output
