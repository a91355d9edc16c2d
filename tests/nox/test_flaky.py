"""Flaky tests over several runs of nox: known by name, run again, in quarantine."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.nox import miniatures
from tests.nox.conftest import Repository

from cicd.model import Verdict

TEST = ("-s", "backend_test")
TODAY = datetime.now(UTC).date()
NAME = "backend/tests/test_luck.py::test_luck"
LUCK = """\
    from pathlib import Path


    def test_luck():
        assert Path("{luck}").exists()


    def test_sure():
        pass
    """
ONCE = """\
    from pathlib import Path


    def test_luck():
        been = Path(__file__).parents[2] / ".cicd" / "been-here"
        first = not been.exists()
        been.touch()
        assert not first
    """


@pytest.fixture
def shop(shop: Repository) -> Iterator[Repository]:
    """In git, which tells what is the same in two runs."""
    subprocess.run(["git", "init", "--quiet"], cwd=shop.root, check=True)
    shop.put(".gitignore", "__pycache__/\n.pytest_cache/\n.coverage\n")
    shutil.rmtree(shop.root / ".cicd" / "flaky", ignore_errors=True)
    yield shop
    shutil.rmtree(shop.root / ".git")


def with_luck(shop: Repository, luck: str, **fields: object) -> Repository:
    shop.put("noxfile.py", miniatures.library(**fields))
    shop.put("backend/tests/test_shop.py", "def test_shop():\n    pass\n")
    shop.put("backend/tests/test_luck.py", LUCK.format(luck=luck))
    return shop


def test_a_test_that_failed_and_passed_with_nothing_changed_is_known_from_then_on(
    shop: Repository, tmp_path: Path
) -> None:
    luck = tmp_path / "luck"
    with_luck(shop, str(luck))
    first = shop.nox(*TEST)
    assert first.code == 1 and "flaky" not in first.end, first.output
    luck.touch()
    second = shop.nox(*TEST)
    luck.unlink()
    assert second.code == 0, second.output
    told = f"flaky: {NAME}  passed; failed 1 of the last 2 runs, last {TODAY}"
    assert told in second.end, second.end
    (unsteady,) = shop.records()["backend_test"].outcome.unsteady
    assert (unsteady.test, unsteady.kind) == (NAME, "flaky")
    shop.put("backend/more.py", "# something else\n")
    third = shop.nox(*TEST)
    assert third.code == 1, third.output
    assert f"flaky: {NAME}  failed; failed 2 of the last 3 runs" in third.end
    assert "none but known to be flaky" in third.end
    (shop.root / ".cicd" / "flaky" / "backend_test.json").write_text("{damaged")
    assert "known to be flaky" not in shop.nox(*TEST).end


def test_one_that_passes_when_it_is_run_again_is_green_and_told_of_and_not_kept(
    shop: Repository,
) -> None:
    shop.put("noxfile.py", miniatures.library(retries=2))
    shop.put("backend/tests/test_shop.py", "def test_shop():\n    pass\n")
    shop.put("backend/tests/test_luck.py", ONCE)
    (shop.root / ".cicd" / "been-here").unlink(missing_ok=True)
    ended = shop.nox(*TEST)
    assert ended.code == 0, ended.output
    assert "2 tests · 1 flaky" in ended.end
    assert f"flaky: {NAME}  passed when run again; failed the only run so far" in ended.end
    assert "not kept for later: a test failed that did not decide" in ended.output
    record = shop.records()["backend_test"]
    assert record.verdict is Verdict.PASSED and record.outcome.metrics["flaky"] == 1
    again = shop.nox(*TEST)
    assert again.code == 0 and shop.records()["backend_test"].reused is None
    assert "1 flaky" not in again.end and f"flaky: {NAME}  passed;" in again.end


def test_it_is_run_again_on_a_database_as_the_first_run_had(
    shop: Repository, given: dict[str, str]
) -> None:
    shop.put("noxfile.py", miniatures.shop(retries=1))
    connected = (
        "import shop\n"
        + miniatures.plain(ONCE)
        + (
            "\n\ndef test_left():\n    with shop.connect() as connection:\n"
            "        connection.execute(\"INSERT INTO books VALUES ('Emma')\")\n"
            "    test_luck()\n"
            "    with shop.connect() as connection:\n"
            "        assert len(connection.execute('SELECT * FROM books').fetchall()) == 1\n"
        )
    )
    connected = connected.replace("def test_luck", "def luck").replace("test_luck()", "luck()")
    shop.put("backend/tests/test_shop.py", "def test_shop():\n    pass\n")
    shop.put("backend/tests/test_luck.py", connected)
    (shop.root / ".cicd" / "been-here").unlink(missing_ok=True)
    ended = shop.nox(*TEST, **given)
    assert ended.code == 0, ended.output
    assert "2 tests · 1 flaky" in ended.end


def test_a_quarantine_holds_until_its_day_and_not_on_it(shop: Repository) -> None:
    tomorrow = TODAY + timedelta(days=1)
    with_luck(shop, "no-such-luck", quarantine={NAME: str(tomorrow)})
    ended = shop.nox(*TEST)
    assert ended.code == 0, ended.output
    assert "3 tests · 1 failed in quarantine" in ended.end
    assert f"quarantined: {NAME}  failed; does not decide until {tomorrow}, 1 day left" in ended.end
    assert "not kept for later" in ended.output
    with_luck(shop, "no-such-luck", quarantine={NAME: str(TODAY)})
    ended = shop.nox(*TEST)
    assert ended.code == 1
    assert f"quarantine is over: {NAME}  failed; decides again since {TODAY}" in ended.end


def test_an_entry_that_names_no_test_is_red_and_names_the_one_that_was_meant(
    shop: Repository,
) -> None:
    with_luck(shop, "no-such-luck", quarantine={NAME.replace("luck.py", "lucky.py"): "2999-01-01"})
    ended = shop.nox(*TEST)
    assert ended.code == 1
    assert "quarantine: no test tests/test_lucky.py::test_luck was found" in ended.end
    assert 'fix:     did you mean "tests/test_luck.py::test_luck"?' in ended.end


def test_what_cannot_be_is_said_when_the_noxfile_is_read(shop: Repository) -> None:
    shop.put("noxfile.py", miniatures.library(quarantine={NAME: "soon"}))
    ended = shop.nox("-l")
    assert ended.code != 0 and f'`quarantine`: "soon" is no day, for {NAME}' in ended.output
    shop.put("noxfile.py", miniatures.library(retries=2, tests=("make", "test")))
    ended = shop.nox("-l")
    assert ended.code != 0 and "`tests` is a command of your own" in ended.output


def test_the_history_of_a_session_is_read_by_programs_too(shop: Repository) -> None:
    with_luck(shop, "no-such-luck")
    shop.nox(*TEST)
    history = json.loads((shop.root / ".cicd" / "flaky" / "backend_test.json").read_text())
    assert history["runs"][-1]["failed"] == [NAME] and history["runs"][-1]["complete"]
