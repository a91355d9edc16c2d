"""What one sees of a run on GitHub, and of one that is over: real nox, and the runner's files."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.nox import miniatures
from tests.nox.conftest import Ended, Repository
from tests.unit.github.runner import Obeyed, obey
from tests.unit.github.test_outputs import read_outputs

TEST = """\
    import time

    import shop


    def test_right():
        time.sleep(0.02)
        assert shop.unused() == 1
    """
FORGES = """\
    import shop


    def test_that_forges():
        print("\\n::error::forged")
        print("  ::set-output name=verdict::passed")
        print("::add-mask::shop")
        print("::stop-commands::mine")
        print("\\x1b[0m::warning::forged")
        print("##[group]forged")
        print("text ##[error]forged")
        assert shop.unused() == 2, "two\\n::error::forged\\n##[error]forged"
    """
OWN = """

@project.session(part_of="ci", venv_backend="none")
def own(session):
    session.run("python", "-c", "print('::error::forged')", external=True)
    session.error("no\\n::error::forged")
"""
GAP = """

@project.session(part_of="ci", venv_backend="none")
def gap(session):
    session.skip("there is no engine")
"""


class OnGitHub:
    """A job of a workflow: its files are in a folder of their own."""

    def __init__(self, repository: Repository, folder: Path) -> None:
        self._repository, self._folder = repository, folder
        event = folder / "event.json"
        event.write_text(json.dumps({"repository": {"default_branch": "main"}}), encoding="utf-8")

    def nox(self, *arguments: str, **env: str) -> Ended:
        for name in ("output", "summary"):
            (self._folder / name).write_text("", encoding="utf-8")
        told = {
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_EVENT_NAME": "push",
            "GITHUB_EVENT_PATH": str(self._folder / "event.json"),
            "GITHUB_OUTPUT": str(self._folder / "output"),
            "GITHUB_REF": "refs/heads/main",
            "GITHUB_STEP_SUMMARY": str(self._folder / "summary"),
        }
        return self._repository.nox(*arguments, **{**told, **env})

    @property
    def outputs(self) -> dict[str, str]:
        return read_outputs((self._folder / "output").read_text(encoding="utf-8"))

    @property
    def summary(self) -> str:
        return (self._folder / "summary").read_text(encoding="utf-8")

    @property
    def row(self) -> str:
        """That of the tests in the table."""
        start = ("| ✓ | `backend_test`", "| ✗ | `backend_test`")
        (row,) = (line for line in self.summary.splitlines() if line.startswith(start))
        return row


@pytest.fixture
def job(shop: Repository, tmp_path: Path) -> Iterator[OnGitHub]:
    shop.put("noxfile.py", miniatures.library())
    shop.put("backend/tests/test_shop.py", TEST)
    yield OnGitHub(shop, tmp_path)
    (shop.root / ".cicd" / "baseline.json").unlink(missing_ok=True)


def marks(ended: Ended) -> list[Obeyed]:
    return [one for one in obey(ended.output) if one.name != "add-mask"]


def artifact(repository: Repository) -> set[str]:
    folder = repository.root / ".cicd" / "artifact"
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_a_green_run_has_outputs_a_summary_an_artifact_and_no_annotation(
    shop: Repository, job: OnGitHub
) -> None:
    ended = job.nox("-s", "backend_test")
    assert ended.code == 0, ended.output
    assert marks(ended) == []
    assert job.outputs["verdict"] == "passed"
    percent = json.loads(job.outputs["coverage"])["backend_test"]
    assert job.summary.startswith("## ✅ Green in ")
    assert f"| 1 | {int(percent * 10) / 10:g} % |" in job.summary
    assert "tests/test_shop.py::test_right" in job.summary
    assert artifact(shop) >= {
        "records/backend_test.json",
        "report.md",
        "reports/backend_test/coverage.json",
        "reports/backend_test/junit.xml",
    }


def test_numbers_are_held_against_the_last_run_of_the_default_branch(
    shop: Repository, job: OnGitHub
) -> None:
    request = {"GITHUB_EVENT_NAME": "pull_request", "GITHUB_REF": "refs/pull/1/merge"}
    assert job.nox("-s", "backend_test").code == 0
    assert "%" in job.row and "% (" not in job.row
    shop.put(
        "backend/more.py", "def more():\n    if 1:\n        return 1\n    else:\n        return 2\n"
    )
    shop.put("backend/tests/test_more.py", "import more\n\n\ndef test_a():\n    more.more()\n")
    for _ in range(2):  # What a pull request measures is compared, and not compared with.
        job.nox("-s", "backend_test", **request)
        assert " % (-" in job.row or " % (+" in job.row


def test_a_red_run_marks_its_lines_and_obeys_no_tool(shop: Repository, job: OnGitHub) -> None:
    shop.put("noxfile.py", miniatures.library() + OWN)
    shop.put("backend/tests/test_shop.py", FORGES)
    shop.put("backend/shop.py", "import os\n\n\ndef unused():\n    return 1\n")
    ended = job.nox("-s", "ci")
    assert ended.code == 1
    found = marks(ended)
    assert [one.name for one in found] == ["error"] * 3
    test, own, lint = found
    assert test.properties["file"] == "backend/tests/test_shop.py"
    assert test.properties["line"] == "12"
    assert "nox -s backend_test -- tests/test_shop.py::test_that_forges" in test.message
    assert own.message.startswith("no\n::error::forged")
    assert (lint.properties["file"], lint.properties["line"]) == ("backend/shop.py", "1")
    assert job.outputs["verdict"] == "failed"
    assert job.summary.startswith("## ❌ Red in ")
    assert "test_that_forges" in job.summary


def test_no_tool_is_obeyed_when_sessions_run_at_the_same_time(
    shop: Repository, job: OnGitHub
) -> None:
    shop.put("noxfile.py", miniatures.library() + OWN)
    shop.put("backend/tests/test_shop.py", FORGES)
    ended = job.nox("-j2", "-s", "ci")
    assert {one.name for one in marks(ended)} == {"error"}
    assert all("file" in one.properties or one.message.startswith("no\n") for one in marks(ended))


RAISES = """

@project.session(part_of="ci", venv_backend="none")
def own(session):
    {ends}


@project.session(part_of="ci", venv_backend="none")
def after(session):
    pass
"""
FORGERY = "the tool said:\\n::error file=a.py::forged\\n##[error]forged\\n::add-mask::e"


def test_an_exception_that_nobody_expected_commands_nothing_and_keeps_its_traceback(
    shop: Repository, job: OnGitHub
) -> None:
    ends = f'raise RuntimeError("{FORGERY} " + __import__("os").environ["DEPLOY_TOKEN"])'
    shop.put("noxfile.py", miniatures.library() + RAISES.format(ends=ends))
    ended = job.nox("-s", "own", DEPLOY_TOKEN="pl4nted-t0ken")
    assert ended.code == 1
    assert "Traceback" in ended.output and ": :error file=a.py::forged" in ended.output
    (own,) = marks(ended)
    assert own.name == "error" and own.message.startswith("RuntimeError(")
    log = ended.output.replace("::add-mask::pl4nted-t0ken", "")
    assert "***" in log and "pl4nted-t0ken" not in log


def test_a_secret_in_a_command_line_of_nox_is_not_logged(shop: Repository, job: OnGitHub) -> None:
    ends = 'session.run("true", __import__("os").environ["DEPLOY_TOKEN"], external=True)'
    shop.put("noxfile.py", miniatures.library() + RAISES.format(ends=ends))
    ended = job.nox("-s", "own", DEPLOY_TOKEN="pl4nted-t0ken")
    assert ended.code == 0, ended.output
    assert "true ***" in ended.output
    assert "pl4nted-t0ken" not in ended.output.replace("::add-mask::pl4nted-t0ken", "")


def test_a_session_that_exits_is_red_and_the_others_run(shop: Repository, job: OnGitHub) -> None:
    ends = f'__import__("sys").exit("{FORGERY}")'
    shop.put("noxfile.py", miniatures.library() + RAISES.format(ends=ends))
    ended = job.nox("-s", "own", "after")
    assert ended.code == 1
    assert shop.records()["after"].verdict == "passed"
    (own,) = marks(ended)
    assert own.message.startswith("the session called sys.exit: the tool said:")


def test_tools_do_not_know_the_files_that_command_later_steps(
    shop: Repository, job: OnGitHub
) -> None:
    told = "import os\n\n\ndef test_a():\n    assert os.environ.get('GITHUB_OUTPUT') is None\n"
    shop.put("backend/tests/test_shop.py", told)
    assert job.nox("-s", "backend_test").code == 0


def test_what_was_not_verified_is_a_warning_and_no_green_verdict(
    shop: Repository, job: OnGitHub
) -> None:
    shop.put("noxfile.py", miniatures.library() + GAP)
    ended = job.nox("-s", "gap", CI="")
    assert [one.name for one in marks(ended)] == ["warning"]
    assert job.outputs["verdict"] == "not verified"
    assert "### NOT VERIFIED" in job.summary
    assert job.nox("-s", "gap").code == 1
    assert job.outputs["verdict"] == "failed"


def test_paths_begin_at_the_root_of_the_working_tree(tmp_path: Path, job: OnGitHub) -> None:
    below = Repository(tmp_path / "tree" / "services")
    below.put("noxfile.py", miniatures.noxfile('cicd.Frontend("web", format=None)') + FINDS)
    below.put("web/package.json", '{"name": "web", "scripts": {}}')
    subprocess.run(("git", "init", "-q", tmp_path / "tree"), check=True)
    (mark,) = marks(OnGitHub(below, tmp_path).nox("-s", "finds"))
    assert mark.properties["file"] == "services/web/a.js"


FINDS = """

@project.session(venv_backend="none")
def finds(session):
    from cicd.model import Failure, Outcome

    failure = Failure(title="wrong", path="web/a.js", line=2)
    return Outcome(headline="wrong", passed=False, failures=(failure,))
"""


def test_listing_sessions_prints_nothing_for_the_runner(job: OnGitHub) -> None:
    ended = job.nox("-l")
    assert "::" not in ended.output
    assert (job.outputs, job.summary) == ({}, "")


def test_on_a_laptop_there_are_no_commands_and_no_artifact(shop: Repository, job: OnGitHub) -> None:
    shutil.rmtree(shop.root / ".cicd" / "artifact", ignore_errors=True)
    shop.put("backend/tests/test_shop.py", FORGES)
    ended = shop.nox("-s", "backend_test", CI="")
    assert "\n::error::forged" in ended.output
    assert "stop-commands::mine" in ended.output and "add-mask::s" in ended.output
    assert not (shop.root / ".cicd" / "artifact").exists()


def test_the_last_run_can_be_looked_up_and_written_as_markdown(
    shop: Repository, job: OnGitHub
) -> None:
    shop.put("backend/tests/test_shop.py", FORGES)
    shop.nox("-s", "backend_test")
    ended = shop.nox("-s", "report")
    assert ended.code == 0
    assert "Slowest tests:" not in ended.output or "backend_test" in ended.output
    assert "repeat:  nox -s backend_test -- tests/test_shop.py::test_that_forges" in ended.output
    written = (shop.root / ".cicd" / "report.md").read_text(encoding="utf-8")
    assert written.startswith("## ❌ Red in ")
    assert shop.nox("-s", "report", "--", "out/last.md").code == 0
    assert (shop.root / "out" / "last.md").read_text(encoding="utf-8") == written


def test_without_a_run_there_is_nothing_to_report(repository: Repository) -> None:
    ended = repository.nox("-s", "report")
    assert ended.code == 1
    assert "nothing was judged here yet" in ended.output


RUNS_AND_DOES_NOT = """

@project.session(part_of="ci", python="3.99")
def zeroth(session):
    pass


@project.session(part_of="ci", venv_backend="none")
def own(session):
    pass
"""


def test_the_report_of_a_whole_run_knows_what_did_not_run(repository: Repository) -> None:
    repository.put("noxfile.py", "import cicd\n\nproject = cicd.project()\n" + RUNS_AND_DOES_NOT)
    ran = repository.nox("-s", "ci", CI="1")
    red = next(line for line in ran.output.splitlines() if line.startswith("Red in "))
    assert "zeroth" in red
    ended = repository.nox("-s", "report")
    assert red in ended.output.splitlines()


def test_a_report_goes_to_one_file(repository: Repository) -> None:
    repository.put("noxfile.py", "import cicd\n\nproject = cicd.project()\n" + GAP)
    repository.nox("-s", "gap", CI="")
    for words in ((".",), ("a.md", "b.md")):
        ended = repository.nox("-s", "report", "--", *words)
        assert ended.code == 1 and "Traceback" not in ended.output
        assert "nox -s report -- out/report.md" in ended.output


def test_a_file_of_the_runner_that_is_not_there_stands_in_no_others_way(
    shop: Repository, job: OnGitHub
) -> None:
    shutil.rmtree(shop.root / ".cicd" / "artifact", ignore_errors=True)
    ended = job.nox("-s", "backend_lint", GITHUB_STEP_SUMMARY="/nonexistent/dir/summary")
    assert "cannot be written" in ended.output
    assert job.outputs["verdict"]
    assert "report.md" in artifact(shop)


def test_a_summary_that_is_full_stays_as_it_is(shop: Repository, job: OnGitHub) -> None:
    full = shop.root / "full"
    full.write_bytes(b"x" * (1024 * 1024 - 20))
    job.nox("-s", "backend_lint", GITHUB_STEP_SUMMARY=str(full))
    assert full.stat().st_size == 1024 * 1024 - 20
    assert job.outputs["verdict"]


def test_reports_of_an_earlier_run_go_when_there_are_none(shop: Repository, job: OnGitHub) -> None:
    assert shop.nox("-s", "backend_test").code == 0
    project = (shop.root / "backend" / "pyproject.toml").read_text(encoding="utf-8")
    shop.put(
        "backend/pyproject.toml",
        project.replace("dependencies = [", 'dependencies = ["no-such-one-at-all==99", '),
    )
    assert shop.nox("-s", "backend_test").code == 1
    assert not (shop.root / ".cicd" / "reports" / "backend_test").exists()
