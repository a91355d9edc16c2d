"""The sessions that the how-to pages write do what the pages say, with real tools."""

from pathlib import Path

import pytest

from cicd.model import Verdict
from cicd.records.record import Record
from tests.nox.conftest import Ended, Repository
from tests.nox.docs_pages import DOCS, SHOP, noxfiles

OVERRIDE = DOCS / "how-to" / "override-a-step.md"
OWN = DOCS / "how-to" / "own-session.md"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    return Repository(tmp_path_factory.mktemp("shop of the docs"), SHOP)


@pytest.fixture
def shop(home: Repository) -> Repository:
    """A repository as new, but for the environment of its backend."""
    home.restore()
    return home


def run_block(
    shop: Repository, page: Path, number: int, *sessions: str, extra: str = "", **env: str
) -> tuple[Ended, dict[str, Record]]:
    """Runs sessions of a page's noxfile, and nothing that they require."""
    shop.put("noxfile.py", noxfiles(page)[number] + extra)
    ended = shop.nox("-s", *sessions, "--no-dependencies", **env)
    return ended, shop.records()


def test_a_replaced_session_runs_our_step_and_its_own_command(
    shop: Repository, given: dict[str, str]
) -> None:
    ended, records = run_block(shop, OVERRIDE, 1, "backend_lint", "backend_test", **given)
    assert ended.code == 0, ended.output
    assert "nobody prints" in ended.output and "a client was generated" in ended.output
    assert records["backend_test"].outcome.metrics["tests"] == 1
    assert "PostgreSQL 15" in records["backend_test"].outcome.facts["database"]
    assert (records["backend_lint"].part, records["backend_lint"].verb) == ("backend", "lint")


def test_a_step_that_finds_something_is_red_with_its_own_failures(shop: Repository) -> None:
    shop.put("backend/unused.py", "import os\n")
    ended, records = run_block(shop, OVERRIDE, 1, "backend_lint")
    assert ended.code == 1
    (failure,) = records["backend_lint"].outcome.failures
    assert (failure.path, failure.line) == ("backend/unused.py", 1)
    assert "nobody prints" not in ended.output


def test_a_command_that_fails_is_red(shop: Repository) -> None:
    shop.put("backend/scripts/no_prints.py", "raise SystemExit(3)\n")
    ended, records = run_block(shop, OVERRIDE, 1, "backend_lint")
    assert ended.code == 1
    assert records["backend_lint"].reason == "python ended with exit code 3"


def test_a_session_is_replaced_by_plain_nox(shop: Repository) -> None:
    ended, records = run_block(shop, OVERRIDE, 2, "frontend_lint")
    assert (ended.code, records["frontend_lint"].verdict) == (0, Verdict.PASSED)
    assert "the rules are kept" in ended.output
    assert shop.sessions()["frontend_lint"]["description"] == "The house rules are kept"
    assert shop.sessions()["frontend_lint"]["tags"] == ["frontend", "lint"]


def test_a_dropped_session_is_gone(shop: Repository) -> None:
    shop.put("noxfile.py", noxfiles(OVERRIDE)[3])
    assert "frontend_types" not in shop.sessions()
    assert "frontend_lint" in shop.sessions()
    assert "frontend_types" not in shop.nox("-l", "-s", "ci").output


def test_an_own_session_waits_for_what_it_requires(shop: Repository, given: dict[str, str]) -> None:
    ended, records = run_block(shop, OWN, 0, "contract")
    assert (ended.code, records["contract"].verdict) == (0, Verdict.PASSED)
    shop.put("backend/tests/test_books.py", "def test_no():\n    assert False\n")
    ended = shop.nox("-s", "contract", **given)
    assert ended.code == 1
    assert set(shop.records()) == {"backend_test"}


def test_an_own_session_has_a_migrated_database(shop: Repository, given: dict[str, str]) -> None:
    ended, records = run_block(shop, OWN, 1, "seed", **given)
    assert ended.code == 0, ended.output
    assert "seeded" in ended.output
    assert "PostgreSQL 15" in records["seed"].outcome.headline


def test_one_session_calls_several_steps(shop: Repository, given: dict[str, str]) -> None:
    ended, records = run_block(shop, OWN, 2, "quick", "release", **given)
    assert ended.code == 0, ended.output
    ran = " ".join(one.command for one in records["quick"].commands)
    assert "black" in ran and "flake8" in ran and "typecheck" in ran and "format:check" in ran
    ran = " ".join(one.command for one in records["release"].commands)
    assert "cicd_alembic" in ran and "run build" in ran


def test_a_gap_of_a_step_is_not_lost_when_the_function_returns_nothing(
    shop: Repository, given: dict[str, str]
) -> None:
    gap = """

@project.session(venv_backend="none")
def all_skipped(session):
    cicd.steps.test(session, backend)
"""
    skipped = "import pytest\n\n\n@pytest.mark.skip\ndef test_it():\n    pass\n"
    shop.put("backend/tests/test_books.py", skipped)
    ended, records = run_block(shop, OWN, 2, "all_skipped", extra=gap, **given)
    assert records["all_skipped"].verdict is Verdict.NOT_VERIFIED
    assert "NOT VERIFIED" in ended.output
