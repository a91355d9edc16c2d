"""The jobs of other services on their how-to page do what it says, run as their shells run them."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import pytest
import uv
import yaml
from tests.github import second
from tests.github.judges import check_builtin_schema
from tests.nox.conftest import Ended, Repository
from tests.nox.docs_pages import DOCS, blocks

pytestmark = pytest.mark.network
PAGE = DOCS / "how-to" / "other-ci.md"
GITLAB, BUILDKITE = blocks(PAGE, "yaml")
(JENKINS,) = blocks(PAGE, "groovy")
(ANY,) = blocks(PAGE, "sh")
SKIPPED = "import pytest\n\n\n@pytest.mark.skip\ndef test_nothing():\n    pass\n"


@dataclass(frozen=True)
class Job:
    """What a service runs, with which shell, and the variables that it sets by itself."""

    script: str
    shell: tuple[str, ...]
    env: Mapping[str, str]
    reports: str


def gitlab() -> Job:
    job = yaml.safe_load(GITLAB)["ci"]
    env = {"CI": "true", "GITLAB_CI": "true", "CI_COMMIT_BRANCH": "main"}
    reports = job["artifacts"]["reports"]["junit"]
    return Job("\n".join(job["script"]), ("bash", "-eo", "pipefail", "-c"), env, reports)


def jenkins() -> Job:
    """It sets no `CI`; what the page's `environment` sets comes on top."""
    (script,) = re.findall(r"sh '''\n(.*?)'''", JENKINS, re.S)
    (reports,) = re.findall(r"junit testResults: '(.*?)'", JENKINS)
    env = {"JENKINS_URL": "http://localhost/", "BUILD_NUMBER": "1", "EXECUTOR_NUMBER": "0"}
    return Job(script, ("sh", "-xe", "-c"), env, reports)


def jenkins_environment() -> dict[str, str]:
    (inside,) = re.findall(r"environment \{\n(.*?)\}", JENKINS, re.S)
    return dict(re.findall(r"(\w+) = '(.*?)'", inside))


def buildkite() -> Job:
    (step,) = yaml.safe_load(BUILDKITE)["steps"]
    env = {"CI": "true", "BUILDKITE": "true", "BUILDKITE_BRANCH": "main"}
    return Job("\n".join(step["command"]), ("bash", "-e", "-c"), env, ".cicd/reports/*/junit.xml")


def run(job: Job, repository: Repository, folder: Path, **env: str) -> Ended:
    """Runs it as the service does, in a Python of its own: that of the service's image."""
    python = folder / "python"
    if not python.exists():
        command = (uv.find_uv_bin(), "venv", "--quiet", "--seed", "--python", sys.executable)
        subprocess.run((*command, python), check=True)
    path = os.pathsep.join((str(python / "bin"), os.environ["PATH"]))
    temporary = {"WORKSPACE_TMP": str(folder / "tmp")}
    done = subprocess.run(
        [*job.shell, job.script],
        cwd=repository.root,
        env={**os.environ, "NO_COLOR": "1", **temporary, **job.env, **env, "PATH": path},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    return Ended(done.returncode, done.stdout)


@pytest.mark.parametrize("job", [gitlab(), jenkins(), buildkite()], ids=["GitLab", "Jenkins", "Bk"])
def test_a_job_is_green_then_red_and_leaves_its_tests_where_the_service_looks(
    job: Job, stall: Repository, tmp_path: Path
) -> None:
    env = jenkins_environment() if "JENKINS_URL" in job.env else {}
    ended = run(job, stall, tmp_path, **env)
    assert ended.code == 0, ended.output
    assert counts(stall, job.reports) == ("2", "0")
    second.change(stall, "shop/tests/test_price.py", "== 300", "== 301")
    ended = run(job, stall, tmp_path, **env)
    assert ended.code == 1, ended.output
    assert re.fullmatch(r"Red in .* s: shop_test", ended.last_line)
    assert counts(stall, job.reports) == ("2", "1")
    assert (stall.root / ".cicd" / "artifact" / "report.md").is_file()


def counts(repository: Repository, reports: str) -> tuple[str | None, str | None]:
    (path,) = repository.root.glob(reports)
    (suite,) = ElementTree.parse(path).getroot().iter("testsuite")
    return suite.get("tests"), suite.get("failures")


def test_what_is_not_verified_is_red_on_jenkins_only_with_the_line_of_the_page(
    stall: Repository, tmp_path: Path
) -> None:
    stall.put("shop/tests/test_price.py", SKIPPED)
    without = run(jenkins(), stall, tmp_path)
    assert without.code == 0, without.output
    assert "NOT VERIFIED" in without.output
    assert jenkins_environment() == {"CI": "true"}
    strict = run(jenkins(), stall, tmp_path, **jenkins_environment())
    assert strict.code == 1, strict.output


def test_every_job_is_the_two_lines_of_the_page() -> None:
    install, nox = ANY.splitlines()
    for job in (gitlab(), jenkins(), buildkite()):
        *_, one, other = (line.strip() for line in job.script.strip().splitlines())
        assert one.replace('/python3"', "/python3").endswith(install)
        assert other.replace('"', "").endswith(nox)


@pytest.mark.parametrize(
    ("text", "schema", "word"),
    [(GITLAB, "gitlab-ci", "script"), (BUILDKITE, "buildkite", "command")],
    ids=["GitLab", "Buildkite"],
)
def test_the_schema_of_the_service_is_kept_and_would_say_otherwise(
    text: str, schema: str, word: str, tmp_path: Path
) -> None:
    path = tmp_path / "job.yml"
    path.write_text(text, encoding="utf-8")
    assert check_builtin_schema(schema, [path]) == []
    path.write_text(text.replace(f"{word}:", f"{word}:\n      {word}s:"), encoding="utf-8")
    assert check_builtin_schema(schema, [path]) != []
