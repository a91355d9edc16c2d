"""The tutorial speaks of the bookshop as it is."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.nox.conftest import THREE_LINES, Repository
from tests.nox.docs_pages import DOCS

TUTORIAL = (DOCS / "tutorial.md").read_text(encoding="utf-8")
BOOKSHOP = ROOT / "examples" / "bookshop"


@pytest.fixture
def bookshop(tmp_path: Path) -> Repository:
    """The application in a repository of its own, as a fresh clone would have it."""
    root = tmp_path / "shop"
    for name in tracked():
        target = root / name.relative_to(BOOKSHOP)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(name, target)
    subprocess.run(("git", "init", "--quiet"), cwd=root, check=True)
    made = Repository(root)
    made.put("noxfile.py", THREE_LINES)
    return made


def tracked() -> list[Path]:
    command = ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", ".")
    listed = subprocess.run(command, cwd=BOOKSHOP, capture_output=True, check=True)
    return [BOOKSHOP / name for name in listed.stdout.decode().split("\0") if name]


def test_the_list_of_sessions_is_the_one_that_is_shown(bookshop: Repository) -> None:
    listed = [line for line in bookshop.nox("-l").output.splitlines() if " -> " in line]
    assert listed == [line for line in TUTORIAL.splitlines() if re.match(r"[*-] \w+.* -> ", line)]


def test_doctor_finds_what_is_shown(bookshop: Repository) -> None:
    printed = bookshop.nox("-s", "doctor").output.splitlines()
    block = TUTORIAL.partition("$ nox -s doctor\n")[2].partition("\nThis machine")[0]
    shown = [line for line in block.splitlines() if line and "…" not in line]
    assert len(shown) > 8
    assert [line for line in shown if line not in printed] == []


def test_the_lines_to_delete_stand_where_it_says() -> None:
    orders = (BOOKSHOP / "backend" / "bookshop" / "orders.py").read_text(encoding="utf-8")
    assert orders.count(".with_for_update(of=Book)\n") == 1
    conftest = (BOOKSHOP / "backend" / "tests" / "conftest.py").read_text(encoding="utf-8")
    assert conftest.count("    crowd.clean_up()\n") == 1


def test_the_tests_that_fail_are_there() -> None:
    lines = (BOOKSHOP / "backend" / "tests" / "test_concurrency.py").read_text().splitlines()
    shown = re.findall(r"test_concurrency\.py:(\d+)  (test_\w+)$", TUTORIAL, re.M)
    assert len(shown) == 2
    for number, name in shown:
        above = [line for line in lines[: int(number)] if line.startswith("def ")]
        assert above[-1].startswith(f"def {name}(")
