"""Verdicts of parts that are reused: real tools, their numbers and their reports."""

import re
import subprocess
from xml.etree import ElementTree

import pytest
from tests.nox import miniatures
from tests.nox.conftest import Repository


@pytest.fixture
def library(shop: Repository) -> Repository:
    shop.put("noxfile.py", miniatures.library())
    shop.put("backend/tests/test_shop.py", "def test_right() -> None:\n    pass\n")
    shop.put(".gitignore", "__pycache__/\n.coverage\n.pytest_cache/\n")
    subprocess.run(("git", "init", "--quiet"), cwd=shop.root, check=True)
    return shop


def reused(repository: Repository) -> dict[str, bool]:
    return {name: one.reused is not None for name, one in repository.records().items()}


def test_a_second_run_shows_the_numbers_of_the_first(library: Repository) -> None:
    assert library.nox("-s", "ci").code == 0
    report = library.root / ".cicd" / "reports" / "backend_test" / "junit.xml"
    report.unlink()
    ended = library.nox("-s", "ci")
    assert (ended.code, set(reused(library).values())) == (0, {True}), ended.output
    assert re.search(r"unchanged since · 1 tests?\b", ended.end)
    told = {one.get("name"): one.get("value") for one in ElementTree.parse(report).iter("property")}
    assert told["reused"] == "true"


def test_a_changed_file_runs_what_it_decides_and_a_red_one_stays_red(library: Repository) -> None:
    library.nox("-s", "ci")
    library.put("backend/tests/test_shop.py", "def test_wrong() -> None:\n    assert False\n")
    for _ in range(2):
        ended = library.nox("-s", "ci")
        assert ended.code == 1
        assert ended.last_line.endswith("s: backend_test")
    library.restore_file("backend/shop.py")
    library.put("backend/tests/test_shop.py", "def test_right() -> None:\n    pass\n")
    assert library.nox("-s", "ci").code == 0
    assert set(reused(library).values()) == {True}


def test_with_jobs_the_artifact_of_a_reused_run_is_whole(library: Repository) -> None:
    assert library.nox("-s", "ci", CI="true").code == 0
    assert library.nox("-s", "ci", "-j", "2", CI="true").code == 0
    artifact = library.root / ".cicd" / "artifact"
    assert set(reused(library).values()) == {True}
    assert (artifact / "reports" / "backend_test" / "junit.xml").is_file()
    assert {path.stem for path in (artifact / "records").iterdir()} == set(reused(library))
    assert "reused" in (artifact / "report.md").read_text()
