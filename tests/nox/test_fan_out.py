"""A workflow that fans out: every job of the matrix as a run of its own, and one verdict."""

import json
import shutil
from pathlib import Path

import pytest

from cicd.model import Verdict
from tests.nox.conftest import Ended, Repository, locked

NOXFILE = """\
import cicd

project = cicd.project(cicd.Backend("backend", postgres=None, shards=3, linter=None))


@project.session(part_of="ci", requires=["backend_format"], venv_backend="none")
def contract(session):
    \"\"\"The contract holds\"\"\"
"""
MANY = """\
import cicd

project = cicd.project()
for number in range(300):

    @project.session(part_of="ci", name=f"check_{number}")
    def check(session):
        pass
"""
PYPROJECT = """\
[project]
name = "shelf"
version = "1.0"
requires-python = ">=3.11"

[dependency-groups]
dev = ["pytest>=8", "pytest-cov>=6", "pytest-xdist>=3.6"]

[tool.coverage.report]
fail_under = 100
"""
FUNCTIONS = "\n\n".join(f"def place_{n}():\n    return {n}\n" for n in range(20))
FILES = {"few": range(4), "some": range(4, 9), "many": range(9, 20)}


def cases_of(numbers: range) -> str:
    cases = (f"\n\ndef test_{n}():\n    assert shelf.place_{n}() == {n}\n" for n in numbers)
    return f"import shelf\n{''.join(cases)}"


SHELF = {
    "noxfile.py": NOXFILE,
    "backend/pyproject.toml": PYPROJECT,
    "backend/shelf.py": FUNCTIONS,
    **{f"backend/tests/test_{name}.py": cases_of(numbers) for name, numbers in FILES.items()},
}


@pytest.fixture(scope="module")
def shelf_home(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    return locked(tmp_path_factory.mktemp("shelf"), SHELF)


@pytest.fixture
def shelf(shelf_home: Repository) -> Repository:
    shelf_home.restore()
    return shelf_home


def fan_out(shelf: Repository, into: Path) -> dict[str, Ended]:
    """Does what the workflow does: a run for each entry of the matrix, and its artifact."""
    output = into / "output"
    into.mkdir()
    assert shelf.nox("-s", "github_matrix", GITHUB_OUTPUT=str(output)).code == 0
    _, matrix, _ = output.read_text().splitlines()
    ended = {}
    for job in json.loads(matrix)["include"]:
        run = ("-s", *job["sessions"].split())
        ended[job["name"]] = shelf.nox(*run, CI="true", CICD_SHARD=job["shard"])
        shutil.copytree(shelf.root / ".cicd" / "artifact", into / job["artifact"])
    return ended


def join(shelf: Repository, folder: Path) -> Ended:
    return shelf.nox("-s", "github_join", "--", str(folder), CI="true")


@pytest.fixture(scope="module")
def jobs_of_green(shelf_home: Repository, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("green") / "jobs"
    ended = fan_out(shelf_home, folder)
    assert {name: end.code for name, end in ended.items()} == dict.fromkeys(
        (*(f"backend_test {n}/3" for n in (1, 2, 3)), "backend_format", "contract"), 0
    )
    return folder


@pytest.fixture
def jobs(jobs_of_green: Path, tmp_path: Path) -> Path:
    """What the jobs of a green run left."""
    return shutil.copytree(jobs_of_green, tmp_path / "jobs")


def test_three_shards_together_are_as_green_as_one_run(shelf: Repository, jobs: Path) -> None:
    ended = join(shelf, jobs)
    assert ended.code == 0, ended.output
    assert "20 tests · 100 % covered · 3 shards" in ended.end
    records = shelf.records()
    assert set(records) == {"backend_test", "backend_format", "contract"}
    together = records["backend_test"].outcome.metrics
    assert (together["tests"], together["failed"]) == (20, 0)
    assert shelf.nox("-s", "backend_test").code == 0
    whole = shelf.records()["backend_test"].outcome.metrics
    assert {**whole, "duration_s": 0} == {**together, "duration_s": 0}


def test_each_shard_says_that_it_is_one_and_covers_less_than_all(jobs: Path) -> None:
    for number in (1, 2, 3):
        text = (jobs / f"cicd-backend_test-{number}-of-3/records/backend_test.json").read_text()
        outcome = json.loads(text)["outcome"]
        assert outcome["headline"].startswith(f"shard {number}/3 · ")
        assert outcome["facts"]["shard"] == f"{number}/3"
        assert outcome["metrics"]["coverage_percent"] < 100
        assert 4 <= outcome["metrics"]["tests"] <= 11


@pytest.mark.parametrize(
    ("lost", "said"),
    [
        ("cicd-backend_test-2-of-3", "shard 2/3 is missing: no job ran it"),
        ("cicd-contract", "no job ran it"),
    ],
)
def test_a_job_that_left_nothing_is_red(
    shelf: Repository, jobs: Path, lost: str, said: str
) -> None:
    shutil.rmtree(jobs / lost)
    ended = join(shelf, jobs)
    assert ended.code == 1
    assert said in ended.end


def test_a_shard_that_is_there_twice_is_red(shelf: Repository, jobs: Path) -> None:
    shutil.copytree(jobs / "cicd-backend_test-1-of-3", jobs / "again")
    ended = join(shelf, jobs)
    assert ended.code == 1
    assert "shard 1/3 is there 2 times" in ended.end


def test_the_projects_own_gate_is_judged_by_all_shards(shelf: Repository, tmp_path: Path) -> None:
    shelf.put("backend/shelf.py", FUNCTIONS + "\n\ndef forgotten():\n    return 20\n")
    shelf.put("backend/tests/test_red.py", "def test_red():\n    assert not 1\n")
    ended = fan_out(shelf, tmp_path / "jobs")
    tests = [ended[f"backend_test {number}/3"].code for number in (1, 2, 3)]
    assert sorted(tests) == [0, 0, 1]
    joined = join(shelf, tmp_path / "jobs")
    assert joined.code == 1
    assert "coverage 98.8 % is below 100 %" in joined.end
    assert "backend/tests/test_red.py:2" in joined.end
    assert joined.last_line.endswith(": backend_test")
    record = shelf.records()["backend_test"]
    assert record.verdict is Verdict.FAILED
    assert (record.outcome.metrics["tests"], record.outcome.metrics["failed"]) == (21, 1)


def test_without_records_nothing_is_green(shelf: Repository, tmp_path: Path) -> None:
    assert join(shelf, tmp_path).code == 1
    absent = join(shelf, tmp_path / "jobs")
    assert absent.code == 1
    assert "is not there: no job left a record" in absent.output


def test_300_sessions_fit_into_the_jobs_of_one_matrix(
    repository: Repository, tmp_path: Path
) -> None:
    repository.put("noxfile.py", MANY)
    output = tmp_path / "output"
    assert repository.nox("-s", "github_matrix", GITHUB_OUTPUT=str(output)).code == 0
    jobs = json.loads(output.read_text().splitlines()[1])["include"]
    assert len(jobs) <= 256
    sessions = [name for job in jobs for name in job["sessions"].split()]
    assert sessions == [f"check_{number}" for number in range(300)]


def test_a_share_that_cannot_be_meant_is_refused(shelf: Repository) -> None:
    ended = shelf.nox("-s", "backend_test", CICD_SHARD="4/3")
    assert ended.code == 1
    assert 'CICD_SHARD is "4/3"' in ended.output


def test_workers_divide_a_share_among_them(shelf: Repository) -> None:
    shelf.put("noxfile.py", NOXFILE.replace("shards=3", "shards=3, workers=2"))
    counts = []
    for number in (1, 2, 3):
        ended = shelf.nox("-s", "backend_test", CICD_SHARD=f"{number}/3")
        assert ended.code == 0, ended.output
        metrics = shelf.records()["backend_test"].outcome.metrics
        assert (metrics["tests"], metrics["collected"]) == (metrics["selected"], 20)
        counts.append(metrics["tests"])
    assert sum(counts) == 20


def test_a_session_that_is_run_alone_is_as_strict_as_in_ci(shelf: Repository) -> None:
    shelf.put("noxfile.py", f"{NOXFILE}    session.skip('no printer answers')\n")
    assert shelf.nox("-s", "contract").code == 0
    strict = shelf.nox("-s", "contract", CI="true")
    assert strict.code == 1
    assert "not verified, which is an error where CI is set" in strict.output


@pytest.mark.parametrize(
    ("arguments", "environ", "said"),
    [
        (("--", "-k", "test_1"), {}, "backend_test ran only what `-- -k test_1` chose"),
        ((), {"CICD_SHARD": "1/3"}, "backend_test ran shard 1/3: a shard is judged by github_join"),
    ],
)
def test_a_ci_of_a_part_of_the_tests_is_not_verified_and_nothing_to_push(
    shelf: Repository, arguments: tuple[str, ...], environ: dict[str, str], said: str
) -> None:
    shutil.rmtree(shelf.root / ".cicd" / "verified", ignore_errors=True)
    for strict, code in ("", 0), ("true", 1):
        ended = shelf.nox("-s", "ci", *arguments, CI=strict, **environ)
        assert ended.code == code and said in ended.output, ended.output
        assert ("Red in" if strict else "NOT VERIFIED:") in ended.end
        assert said in ended.end
        assert not (shelf.root / ".cicd" / "verified").exists()


def test_a_file_in_place_of_the_folder_is_named(shelf: Repository) -> None:
    ended = shelf.nox("-s", "github_join", "--", "noxfile.py")
    assert ended.code == 1
    assert "noxfile.py is no folder" in ended.output
