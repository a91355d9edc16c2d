"""`-- --affected`: what runs after a change, and what runs when the change may reach anything."""

import subprocess
from collections.abc import Iterator

import pytest
from tests.nox import miniatures
from tests.nox.conftest import Ended, Repository

AFFECTED = ("-s", "backend_test", "--", "--affected")
FILES = {
    "backend/code.py": "LIMIT = 1\n\n\ndef one():\n    return 1\n\n\ndef two():\n    return 2\n",
    "backend/other.py": "def unused():\n    return 3\n",
    "backend/tests/test_one.py": "import code_\n\n\ndef test_one():\n    assert code_.one() == 1\n",
    "backend/tests/test_two.py": "import code_\n\n\ndef test_two():\n    assert code_.two() == 2\n",
    "backend/tests/test_shop.py": "def test_shop():\n    pass\n",
    "backend/tests/books.csv": "Emma\n",
    ".gitignore": "__pycache__/\n.pytest_cache/\n.coverage\n",
}


@pytest.fixture
def shop(shop: Repository) -> Iterator[Repository]:
    """In git, with two tests of two functions."""
    shop.put("noxfile.py", miniatures.library())
    shop.put_all({name.replace("/code.py", "/code_.py"): text for name, text in FILES.items()})
    subprocess.run(["git", "init", "--quiet"], cwd=shop.root, check=True)
    subprocess.run(["rm", "-rf", str(shop.root / ".cicd/affected/backend_test")], check=True)
    yield shop
    subprocess.run(["rm", "-rf", str(shop.root / ".git")], check=True)


def change(shop: Repository, name: str, old: str, new: str) -> None:
    path = shop.root / name
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def number_run(shop: Repository, ended: Ended, code: int = 0) -> int:
    assert ended.code == code, ended.output
    return int(shop.records()["backend_test"].outcome.metrics["tests"])


def test_after_a_change_of_a_function_those_run_that_reach_it(shop: Repository) -> None:
    first = shop.nox(*AFFECTED)
    assert number_run(shop, first) == 3
    assert "--affected: nothing is remembered yet: every test runs" in first.output
    nothing = shop.nox(*AFFECTED)
    assert number_run(shop, nothing) == 0 and "no test is affected" in nothing.end
    change(shop, "backend/code_.py", "return 1", "return 2 - 1")
    assert number_run(shop, shop.nox(*AFFECTED)) == 1
    # Of another length: Python tells compiled files by seconds and size.
    change(shop, "backend/code_.py", "return 2\n", "return 55\n")
    assert number_run(shop, shop.nox(*AFFECTED), code=1) == 1
    assert number_run(shop, shop.nox(*AFFECTED), code=1) == 1, "a failed test runs until it passes"
    assert shop.records()["backend_test"].reused is None


@pytest.mark.parametrize(
    ("name", "old", "new", "reason"),
    [
        ("backend/code_.py", "LIMIT = 1", "LIMIT = 2", "changed outside of its functions"),
        ("backend/other.py", "return 3", "return 4", "changed, which no test was seen to run"),
        ("backend/tests/books.csv", "Emma", "Persuasion", "backend/tests/books.csv changed"),
        ("backend/pyproject.toml", "[project]", "[tool.own]\n\n[project]", "toml changed"),
        ("noxfile.py", "import cicd", "import cicd\n", "noxfile.py changed"),
    ],
)
def test_what_testmon_does_not_see_runs_everything(
    shop: Repository, name: str, old: str, new: str, reason: str
) -> None:
    shop.nox(*AFFECTED)
    change(shop, name, old, new)
    ended = shop.nox(*AFFECTED)
    assert reason in ended.output, ended.output
    assert number_run(shop, ended) == 3


def test_another_variable_or_a_file_that_is_new_or_gone_runs_everything(shop: Repository) -> None:
    shop.nox(*AFFECTED)
    assert number_run(shop, shop.nox(*AFFECTED, SHOP_MODE="strict")) == 3
    shop.nox(*AFFECTED)
    shop.put("backend/new.py", "def new():\n    return 1\n")
    assert number_run(shop, shop.nox(*AFFECTED)) == 3
    (shop.root / "backend/new.py").unlink()
    assert number_run(shop, shop.nox(*AFFECTED)) == 3
    shop.put("backend/tests/test_new.py", "def test_new():\n    pass\n")
    assert number_run(shop, shop.nox(*AFFECTED)) == 1, "a new test runs, and needs no others"


def test_it_is_never_green_for_the_repository_and_never_kept(shop: Repository) -> None:
    ended = shop.nox("-s", "ci", "--", "--affected")
    assert "backend_test ran only what `-- --affected` chose" in ended.output
    assert "NOT VERIFIED" in ended.end
    shop.nox("-s", "ci", "--", "--affected")
    assert shop.records()["backend_test"].reused is None


def test_where_ci_is_set_everything_runs(shop: Repository) -> None:
    shop.nox(*AFFECTED)
    ended = shop.nox(*AFFECTED, CI="true")
    assert "--affected: CI is set, so every test runs" in ended.output
    assert number_run(shop, ended) == 3
    assert shop.records()["backend_test"].decided.arguments == ()


def test_unittest_says_that_it_cannot(shop: Repository) -> None:
    shop.put("noxfile.py", miniatures.library(tests="unittest"))
    shop.put(
        "backend/test_plain.py",
        "import unittest\n\n\nclass Plain(unittest.TestCase):\n"
        "    def test_plain(self):\n        self.assertTrue(True)\n",
    )
    ended = shop.nox(*AFFECTED)
    assert "run by unittest, and only pytest can: every test runs" in ended.output
    assert number_run(shop, ended) == 1


def test_workers_divide_what_is_affected(shop: Repository) -> None:
    shop.put("noxfile.py", miniatures.library(workers=2))
    assert number_run(shop, shop.nox(*AFFECTED)) == 3
    change(shop, "backend/code_.py", "return 1", "return 2 - 1")
    assert number_run(shop, shop.nox(*AFFECTED)) == 1
