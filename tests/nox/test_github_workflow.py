"""`nox -s github_workflow`: written once, left alone afterwards, red where it would not work."""

import subprocess
from importlib.metadata import version

import pytest

from cicd.github.workflow.caller import CALLER
from cicd.github.workflow.release import installed_release
from tests.nox.conftest import THREE_LINES, Repository

HEADER = f"""\
# /// script
# dependencies = ["nox[uv]", "nox-cicd=={version("nox-cicd")}"]
# ///
"""
BACKEND = {
    "backend/pyproject.toml": '[project]\nname = "it"\n',
    "backend/test_it.py": "def test_it():\n    pass\n",
}


@pytest.fixture
def pinned(repository: Repository) -> Repository:
    repository.put_all({**BACKEND, "noxfile.py": HEADER + THREE_LINES})
    return repository


def text(repository: Repository) -> str:
    return (repository.root / CALLER).read_text(encoding="utf-8")


def test_it_writes_once_and_is_green_from_then_on(pinned: Repository) -> None:
    first = pinned.nox("-s", "github_workflow")
    assert first.code == 0, first.output
    assert f"wrote {CALLER}" in first.output
    written = text(pinned)
    assert f"uses: {installed_release().address('ci.yml')} # v" in written
    second = pinned.nox("-s", "github_workflow")
    assert second.code == 0, second.output
    assert f"checked {CALLER}" in second.output and "wrote" not in second.output
    assert text(pinned) == written


def test_a_changed_file_is_checked_and_never_written_over(pinned: Repository) -> None:
    pinned.nox("-s", "github_workflow")
    changed = text(pinned).replace("name: ci", "# Ours, see the wiki.\nname: checks")
    pinned.put(CALLER, changed)
    assert pinned.nox("-s", "github_workflow").code == 0
    broken = changed.replace("  pull_request:\n", "  pull_request:\n    paths: [backend/**]\n")
    pinned.put(CALLER, broken)
    ended = pinned.nox("-s", "github_workflow")
    assert ended.code == 1
    line = broken.splitlines().index("    paths: [backend/**]") + 1
    assert f"{CALLER}:{line}" in ended.end
    assert "take `paths` away" in ended.end
    assert text(pinned) == broken


def test_a_session_that_was_removed_is_found_by_the_noxfiles_own_names(pinned: Repository) -> None:
    pinned.nox("-s", "github_workflow")
    pinned.put(CALLER, text(pinned) + "    with:\n      session: backend_test\n")
    assert pinned.nox("-s", "github_workflow").code == 0
    pinned.put("noxfile.py", f'{HEADER}{THREE_LINES}\nproject.drop("backend_test")\n')
    ended = pinned.nox("-s", "github_workflow")
    assert ended.code == 1
    assert "the noxfile has no session backend_test" in ended.end


def test_a_queue_that_the_rules_require_needs_its_trigger(pinned: Repository) -> None:
    pinned.nox("-s", "github_workflow")
    pinned.put(CALLER, text(pinned).replace("  merge_group:\n", ""))
    assert pinned.nox("-s", "github_workflow").code == 0
    ruled = 'cicd.project(cicd.Rules(merge_queue=True), cicd.Backend("backend"))'
    pinned.put("noxfile.py", HEADER + THREE_LINES.replace("cicd.project()", ruled))
    ended = pinned.nox("-s", "github_workflow")
    assert ended.code == 1
    assert "a merge queue is required" in ended.end


def test_without_a_pin_the_file_is_written_and_the_lines_to_add_are_said(
    repository: Repository,
) -> None:
    repository.put_all(BACKEND)
    ended = repository.nox("-s", "github_workflow")
    assert ended.code == 1
    assert "noxfile.py:1" in ended.end
    assert HEADER.splitlines()[1] in ended.end
    repository.put("noxfile.py", HEADER + THREE_LINES)
    assert repository.nox("-s", "github_workflow").code == 0


def test_a_file_of_that_name_with_other_jobs_stays_and_is_red(pinned: Repository) -> None:
    theirs = "on: push\njobs:\n  a:\n    runs-on: x\n    steps: [{run: make}]\n"
    pinned.put(CALLER, theirs)
    ended = pinned.nox("-s", "github_workflow")
    assert ended.code == 1
    assert f"{CALLER}:1" in ended.end and "nothing was written" in ended.end
    assert text(pinned) == theirs


def test_a_file_that_cannot_be_read_is_red_and_nothing_is_written(pinned: Repository) -> None:
    pinned.put(".github/workflows/broken.yml", "on: push\n  jobs: {}\n")
    ended = pinned.nox("-s", "github_workflow")
    assert ended.code == 1
    assert ".github/workflows/broken.yml:2" in ended.end
    assert not (pinned.root / CALLER).exists()


def test_where_another_file_calls_us_nothing_is_written(pinned: Repository) -> None:
    pinned.nox("-s", "github_workflow")
    other = ".github/workflows/checks.yaml"
    (pinned.root / CALLER).rename(pinned.root / other)
    ended = pinned.nox("-s", "github_workflow")
    assert ended.code == 0, ended.output
    assert f"checked {other}" in ended.output
    assert not (pinned.root / CALLER).exists()


def test_a_requirements_file_that_pins_us_is_what_the_workflow_installs(
    repository: Repository,
) -> None:
    pin = f"nox-cicd=={version('nox-cicd')}\n"
    repository.put_all({**BACKEND, "requirements-ci.txt": pin})
    assert repository.nox("-s", "github_workflow").code == 0
    assert "    with:\n      install: -r requirements-ci.txt\n" in text(repository)


def git(repository: Repository, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=repository.root, check=True, capture_output=True)


def test_a_branch_that_nothing_names_as_the_default_is_taken_and_said(pinned: Repository) -> None:
    git(pinned, "init", "--initial-branch=trunk")
    ended = pinned.nox("-s", "github_workflow")
    assert ended.code == 0, ended.output
    assert "nothing names the default branch: trunk is taken" in ended.output
    assert "    branches: [trunk]\n" in text(pinned)
    pinned.put(CALLER, text(pinned).replace("[trunk]", "[main]"))
    assert "no push to trunk starts it" in pinned.nox("-s", "github_workflow").end


def test_below_the_top_of_the_repository_nothing_is_written(pinned: Repository) -> None:
    git(pinned, "init")
    (pinned.root / "below").mkdir()
    (pinned.root / "noxfile.py").rename(pinned.root / "below" / "noxfile.py")
    ended = pinned.nox("-f", "below/noxfile.py", "-s", "github_workflow")
    assert ended.code == 1
    assert "GitHub reads workflows only at the top of a repository" in ended.output
    assert not (pinned.root / "below" / ".github").exists()


def test_what_is_in_the_way_is_named_and_stays(pinned: Repository) -> None:
    pinned.put(".github", "a file\n")
    ended = pinned.nox("-s", "github_workflow")
    assert ended.code == 1 and "cannot be written" in ended.end
    assert "Traceback" not in ended.output
    (pinned.root / ".github").unlink()
    (pinned.root / CALLER).parent.mkdir(parents=True)
    (pinned.root / CALLER).symlink_to("nowhere")
    ended = pinned.nox("-s", "github_workflow")
    assert ended.code == 1 and f"{CALLER}:1" in ended.end and "nothing was written" in ended.end


def test_a_file_that_differs_in_its_ending_alone_is_in_the_way(pinned: Repository) -> None:
    other = CALLER.replace(".yml", ".yaml")
    pinned.put(other, "on: push\njobs:\n  a:\n    runs-on: x\n    steps: [{run: make}]\n")
    ended = pinned.nox("-s", "github_workflow")
    assert ended.code == 1 and f"{other}:1" in ended.end and "nothing was written" in ended.end
    assert not (pinned.root / CALLER).exists()


def test_a_session_is_known_by_the_versions_it_has_and_no_others(pinned: Repository) -> None:
    multi = '\n\n@nox.session(python=["3.12", "3.13"])\ndef multi(session):\n    pass\n'
    pinned.put("noxfile.py", f"{HEADER}import nox\n{THREE_LINES}{multi}")
    pinned.nox("-s", "github_workflow")
    pinned.put(CALLER, text(pinned) + "    with:\n      session: multi multi-3.13\n")
    ended = pinned.nox("-s", "github_workflow")
    assert ended.code == 0, ended.output
    pinned.put(CALLER, text(pinned).replace("multi-3.13", "multi-9.9"))
    assert "no session multi-9.9" in pinned.nox("-s", "github_workflow").end
