"""The key of a migrated database: each thing that decides it, alone, makes another key."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from cicd.backend.testers.port import DRIVERS
from cicd.config.parts import Backend
from cicd.steps import schema as schemas
from cicd.steps.schema import Schema, schema_of
from cicd.tree import Tree

SITE = "lib/python3.11/site-packages"


@dataclass
class Machine:
    """As much of a bench as a schema asks, in real folders."""

    root: Path
    environ: dict[str, str] = field(default_factory=lambda: {"APP_ENV": "test"})
    python: str = "3.11.9"
    part: Backend = field(default_factory=lambda: Backend("backend", migrations="alembic"))

    def put(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        os.utime(path, (1, 1))

    def schema(self) -> Schema:
        files = (path for path in (self.root / "backend").rglob("*") if path.is_file())
        names = tuple(sorted(str(path.relative_to(self.root)) for path in files))
        place = SimpleNamespace(root=self.root, cache=self.root / "cache")
        tree = Tree(self.root, names)
        work: Any = SimpleNamespace(place=place, environ=self.environ, tree=tree)
        interpreter = SimpleNamespace(version=self.python)
        environment = SimpleNamespace(path=self.root / "env", interpreter=interpreter)
        bench: Any = SimpleNamespace(work=work, part=self.part, environment=environment)
        return schema_of(bench)

    def migrated(self, *reads: str) -> Schema:
        """After migrations that read these files."""
        report = self.root / "report"
        report.write_text("".join(f"{line}\n" for line in reads))
        found = self.schema()
        found.note(report, time.time_ns() + 10**12)
        return found


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    made = Machine(tmp_path.resolve())
    made.put("backend/alembic.ini", "[alembic]\nscript_location = migrations\n")
    made.put("backend/migrations/versions/a1.py", "up = 1\n")
    made.put("backend/models.py", "books = 1\n")
    made.put("backend/service.py", "sell = 1\n")
    made.put("backend/tests/test_shop.py", "assert 1\n")
    made.put("backend/uv.lock", "psycopg 3.2\n")
    made.put(f"env/{SITE}/psycopg-3.2.dist-info/METADATA", "")
    return made


def reads(machine: Machine) -> tuple[str, ...]:
    names = ("models.py", "migrations/versions/a1.py", "migrations/versions/", ".env")
    return tuple(f"{machine.root}/backend/{name}" for name in names)


def test_what_nothing_is_known_of_has_a_key_that_nothing_is_kept_under(machine: Machine) -> None:
    assert machine.schema().key() != machine.migrated(*reads(machine)).key()


def test_the_next_run_has_the_same_key(machine: Machine) -> None:
    assert machine.migrated(*reads(machine)).key() == machine.schema().key()


UNRELATED: dict[str, Callable[[Machine], None]] = {
    "code that they do not read": lambda m: m.put("backend/service.py", "sell = 2\n"),
    "a test": lambda m: m.put("backend/tests/test_shop.py", "assert 2\n"),
    "a new test": lambda m: m.put("backend/tests/test_more.py", "assert 2\n"),
    "the shell": lambda m: m.environ.update(SHLVL="3"),
}
DECIDES: dict[str, Callable[[Machine], None]] = {
    "a revision": lambda m: m.put("backend/migrations/versions/a1.py", "up = 2\n"),
    "a new revision": lambda m: m.put("backend/migrations/versions/b2.py", "up = 2\n"),
    "a model that they read": lambda m: m.put("backend/models.py", "books = 2\n"),
    "a file that was not there": lambda m: m.put("backend/.env", "SEED=1\n"),
    "a file that they may find": lambda m: m.put("backend/seeds/books.json", "[]\n"),
    "the lock": lambda m: m.put("backend/uv.lock", "psycopg 3.3\n"),
    "a package": lambda m: m.put(f"env/{SITE}/asyncpg-0.30.dist-info/METADATA", ""),
    "the python": lambda m: setattr(m, "python", "3.11.10"),
    "a variable": lambda m: m.environ.update(APP_ENV="other"),
    "a field": lambda m: setattr(m, "part", replace(m.part, env={"DB": "{dbname}"})),
}


@pytest.mark.parametrize("what", UNRELATED)
def test_what_migrations_do_not_see_changes_nothing(machine: Machine, what: str) -> None:
    before = machine.migrated(*reads(machine)).key()
    UNRELATED[what](machine)
    assert machine.schema().key() == before


@pytest.mark.parametrize("what", DECIDES)
def test_what_decides_it_makes_another_key(machine: Machine, what: str) -> None:
    before = machine.migrated(*reads(machine)).key()
    DECIDES[what](machine)
    assert machine.schema().key() != before


def test_another_day_is_another_key(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    before = machine.migrated(*reads(machine)).key()

    class Tomorrow(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return super().now(tz).replace(year=2100)

    monkeypatch.setattr(schemas, "datetime", Tomorrow)
    assert machine.schema().key() != before


@pytest.mark.parametrize("told", ["!sh", ""], ids=["a program", "nothing"])
def test_migrations_that_cannot_be_followed_depend_on_the_whole_part(
    machine: Machine, told: str
) -> None:
    before = machine.migrated(*filter(None, (told,))).key()
    assert machine.schema().key() == before
    machine.put("backend/service.py", "sell = 2\n")
    assert machine.schema().key() != before


def test_migrations_that_ask_the_network_are_never_reused(machine: Machine) -> None:
    before = machine.migrated("@example.org:443", *reads(machine))
    assert not before.keeps
    assert before.key() == before.key() != machine.schema().key()


def test_files_that_change_while_migrations_run_are_not_vouched_for(machine: Machine) -> None:
    report = machine.root / "report"
    report.write_text(f"{machine.root}/backend/models.py\n")
    before, started_ns = machine.schema(), time.time_ns()
    machine.put("backend/models.py", "books = 2\n")
    before.note(report, started_ns)
    assert not before.keeps
    assert machine.schema().key() != before.key()


def test_what_migrations_told_is_remembered_with_the_key(machine: Machine) -> None:
    report = machine.root / "report"
    report.write_text(f"{machine.root}/backend/models.py\n")
    machine.schema().note(report, time.time_ns() + 10**12, "R\tthere\t./shared/more.sql\n")
    found = machine.schema()
    found.key()
    assert found.told == "R\tthere\t./shared/more.sql\n"


@pytest.mark.parametrize("mode, reuses, keeps", [("off", 0, 0), ("read", 1, 0), ("write", 1, 1)])
def test_cicd_cache_says_what_may_be_reused_and_kept(
    machine: Machine, mode: str, reuses: int, keeps: int
) -> None:
    machine.migrated(*reads(machine))
    machine.environ["CICD_CACHE"] = mode
    found = machine.migrated(*reads(machine))
    assert (found.key() == machine.schema().key()) is bool(reuses)
    assert found.keeps is bool(keeps)


def test_a_damaged_note_is_none(machine: Machine) -> None:
    before = machine.migrated(*reads(machine)).key()
    for path in (machine.root / "cache" / "postgres" / "schemas").iterdir():
        path.write_text(path.read_text()[:-5])
    assert machine.schema().key() != before


def noticed(root: Path, *argv: str) -> list[str]:
    """What the driver tells of this program, relative to the root."""
    report = root.parent / "reads"
    driver = (sys.executable, str(DRIVERS / "cicd_reads.py"), str(report), str(root))
    env = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
    subprocess.run((*driver, *argv), cwd=root, env=env, check=True)
    found = report.read_text().splitlines()
    report.unlink()
    return sorted({line.removeprefix(f"{root}/") for line in found if str(root) in line[:200]})


def test_what_a_program_reads_is_noticed_also_from_compiled_modules(tmp_path: Path) -> None:
    root = tmp_path.resolve() / "shop"
    (root / "seeds").mkdir(parents=True)
    (root / "seeds" / "books.json").write_text("[]")
    (root / "models.py").write_text("books = 1\n")
    (root / "unread.py").write_text("")
    program = (
        "import os, models\n"
        "os.listdir('seeds')\n"
        "open('seeds/books.json').close()\n"
        "open('made', 'w').close()\n"
        "if not os.fork():\n"
        "    try: open('absent')\n"
        "    except OSError: os._exit(0)\n"
        "os.wait()\n"
    )
    (root / "migrate.py").write_text(program)
    expected = {"seeds/", "seeds/books.json", "models.py", "migrate.py", "absent"}
    first = set(noticed(root, "migrate.py"))
    assert first >= expected and not first & {"made", "unread.py"}
    assert (root / "__pycache__").is_dir()
    assert set(noticed(root, "migrate.py")) >= expected
    assert set(noticed(root, "-m", "migrate")) >= expected


def test_programs_and_addresses_are_noticed(tmp_path: Path) -> None:
    report = tmp_path / "reads"
    program = (
        "import socket, subprocess, sys\n"
        "subprocess.run([sys.executable, '-c', ''])\n"
        "socket.socket().connect_ex(('127.0.0.1', 1))\n"
    )
    (tmp_path / "migrate.py").write_text(program)
    driver = (sys.executable, str(DRIVERS / "cicd_reads.py"), str(report), str(tmp_path))
    subprocess.run((*driver, "migrate.py"), cwd=tmp_path, check=True)
    told = report.read_text().splitlines()
    assert f"!{Path(sys.executable).name}" in told
    assert "@127.0.0.1:1" in told


def test_a_program_ends_as_it_would_without_us(tmp_path: Path) -> None:
    (tmp_path / "migrate.py").write_text("import sys; print(sys.argv, __name__); sys.exit(3)\n")
    driver = (sys.executable, str(DRIVERS / "cicd_reads.py"), str(tmp_path / "r"), str(tmp_path))
    done = subprocess.run(
        (*driver, "migrate.py", "up"), cwd=tmp_path, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (3, "['migrate.py', 'up'] __main__\n")
