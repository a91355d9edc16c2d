"""Whether a run may be kept, by what its tests and migrations told that they read."""

import os
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from cicd.config.parts import Backend
from cicd.steps.migration_reads import read_told, recall_told
from cicd.steps.reads import TEMPLATE, notes_path, why_unreliable
from cicd.steps.snapshot import take_snapshot
from cicd.steps.subject import Subject

OURS = f"V\t12\t{os.getpid()}\tpython\t-m\n"
THEIRS = "V\t12\t1\tpython\t-m\n"
PART = Backend("backend", name="backend", migrations="alembic")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    made = tmp_path.resolve() / "shop"
    for name in ("backend/models.py", "shared/more.sql"):
        (made / name).parent.mkdir(parents=True)
        (made / name).write_text("")
    subprocess.run(("git", "init", "--quiet"), cwd=made, check=True)
    return made


def tell(root: Path, text: str, of: str = "") -> None:
    path = notes_path(root / ".cicd" / "runs" / "r", "own", of)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def reads(root: Path, name: str = "shared/more.sql") -> str:
    return f"R\tthere\t{root}/backend/models.py\nR\tthere\t{root}/{name}\nL\t{root}\n"


def why(root: Path, verb: str, part: Backend = PART) -> str:
    subject = Subject(session="own", verb=verb, part=part, parts=(part,))
    return why_unreliable(take_snapshot(root, os.environ), subject, "r")


def test_migrations_that_read_what_is_not_declared_are_not_kept(root: Path) -> None:
    tell(root, OURS + f"R\tthere\t{root}/shared/more.sql\n")
    assert why(root, "migrations") == (
        "the migrations read shared/more.sql, which is not among the inputs: "
        'declare it with reads=("shared/more.sql",)'
    )
    declared = Backend("backend", migrations="alembic", reads=("shared/more.sql",))
    assert why(root, "migrations", declared) == ""


def test_migrations_that_nobody_watched_are_not_kept(root: Path) -> None:
    tell(root, THEIRS)
    assert why(root, "migrations").startswith("its migrations are not watched: ")


def test_a_migrate_command_of_the_users_own_tells_nothing_and_is_kept(root: Path) -> None:
    own = Backend("backend", migrations=("python", "migrate.py"))
    assert why(root, "migrations", own) == ""


def test_what_the_migrations_of_a_template_read_counts_for_the_tests(root: Path) -> None:
    tell(root, OURS)
    assert why(root, "test") == ""
    tell(root, THEIRS + f"R\tthere\t{root}/shared/more.sql\n", TEMPLATE)
    assert why(root, "test").startswith("the migrations read shared/more.sql, which is not")
    tell(root, "", TEMPLATE)
    assert why(root, "test").startswith("its migrations are not watched: ")


def bench(root: Path, part: Backend = PART) -> Any:
    run = SimpleNamespace(folder=root / ".cicd" / "runs" / "r")
    work = SimpleNamespace(run=run, session="own", place=SimpleNamespace(root=root))
    return SimpleNamespace(work=work, part=part, tells_reads=part is PART)


def test_what_a_kept_template_told_is_told_in_another_checkout_too(root: Path) -> None:
    tell(root, OURS + reads(root), TEMPLATE)
    told = read_told(bench(root).work)
    assert os.fspath(root) not in told
    other = root.parent / "other"
    recall_told(bench(other), told)
    notes = notes_path(other / ".cicd" / "runs" / "r", "own", TEMPLATE)
    assert notes.read_text() == OURS + reads(other)


def test_a_kept_template_of_a_command_of_the_users_own_recalls_nothing(root: Path) -> None:
    recall_told(bench(root, Backend("backend", migrations=("make",))), "")
    assert why(root, "test").count("migrations") == 0
