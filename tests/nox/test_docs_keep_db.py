"""`--keep-db`, as the tutorial and the page on given databases tell it."""

import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.nox.conftest import THREE_LINES, Repository
from tests.nox.docs_pages import SHOP

pty = pytest.importorskip("pty", reason="there are terminals on POSIX only")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    return Repository(tmp_path_factory.mktemp("kept"), {**SHOP, "noxfile.py": THREE_LINES})


@pytest.fixture
def shop(home: Repository) -> Repository:
    home.restore()
    return home


@pytest.fixture
def terminal() -> Iterator[tuple[int, int]]:
    """The two ends of a terminal: ours, and that of the one who sits there."""
    keyboard, screen = pty.openpty()
    yield keyboard, screen
    os.close(keyboard)
    os.close(screen)


def test_in_a_terminal_the_server_waits_to_be_looked_at(
    shop: Repository, terminal: tuple[int, int]
) -> None:
    keyboard, stdin = terminal
    output = ""
    seen: tuple[list[tuple[object, ...]], str] = ([], "")
    with subprocess.Popen(
        shop.command("-s", "backend_test", "--", "--keep-db"),
        cwd=shop.root,
        env=shop.env(),
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    ) as process:
        for line in process.stdout or ():
            output += line
            if "press Enter" in line:
                try:
                    seen = look(output)
                finally:
                    os.write(keyboard, b"\n")
    assert process.returncode == 0, output
    stocks, password = seen
    assert stocks == [(3,)]
    assert password and password not in output
    assert not list((shop.root / ".cicd").rglob("pgpass*"))
    address = re.search(r"psql (\S+)", output)
    assert address is not None
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(address[1])


def look(output: str) -> tuple[list[tuple[object, ...]], str]:
    """What the command that is shown leads to, and the password that it does not show."""
    found = re.search(r"look at it with: PGPASSFILE=(.+) psql (\S+)$", output, re.M)
    assert found is not None
    (file,) = shlex.split(found[1])
    assert Path(file).stat().st_mode & 0o077 == 0
    with psycopg.connect(found[2], passfile=file) as connection:
        rows = connection.execute("SELECT stock FROM books").fetchall()
    return rows, Path(file).read_text(encoding="utf-8").rstrip("\n").rpartition(":")[2]


def test_without_a_terminal_it_says_that_nothing_stays(shop: Repository) -> None:
    ended = shop.nox("-s", "backend_test", "--", "--keep-db")
    assert ended.code == 0, ended.output
    assert "--keep-db: the server was started for this run, and goes with it" in ended.output
    assert "kept for main" not in ended.output


def test_on_a_given_server_the_database_stays(shop: Repository, given: dict[str, str]) -> None:
    ended = shop.nox("-s", "backend_test", "--", "--keep-db", **given)
    found = re.search(r"kept for main: postgresql://\S+/(cicd_kept_\w+)", ended.output)
    assert found is not None, ended.output
    url = given["CICD_DATABASE_URL"]
    with psycopg.connect(f"{url.rpartition('/')[0]}/{found[1]}") as connection:
        assert connection.execute("SELECT stock FROM books").fetchall() == [(3,)]
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {found[1]} WITH (FORCE)".encode())
