"""The run of a CI service that this process is a part of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd.notify.turning import Place

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class CiRun:
    """What is not told is "" or None. `link` is where people see the run, `event` what GitHub
    started it for, `workflow` its file there, `id` its number among all."""

    repository: str = ""
    link: str = ""
    place: Place | None = None
    event: str = ""
    workflow: str = ""
    id: str = ""


def read_ci_run(environ: Mapping[str, str]) -> CiRun:
    """As the variables of GitHub, GitLab, Jenkins or Buildkite tell it."""
    if environ.get("GITHUB_ACTIONS") == "true":
        return _on_github(environ)
    link, place = "", None
    for names in _OTHERS:
        link = link or environ.get(names.link, "")
        place = place or _place(environ.get(names.queue, ""), environ.get(names.number, ""))
    return CiRun(repository=environ.get("CI_PROJECT_PATH", ""), link=link, place=place)


@dataclass(frozen=True, slots=True)
class _Names:
    link: str
    queue: str
    number: str


_OTHERS = (
    # https://docs.gitlab.com/ci/variables/predefined_variables/
    _Names("CI_PIPELINE_URL", "CI_PROJECT_PATH", "CI_PIPELINE_IID"),
    # https://www.jenkins.io/doc/book/pipeline/jenkinsfile/#using-environment-variables
    _Names("BUILD_URL", "JOB_NAME", "BUILD_NUMBER"),
    # https://buildkite.com/docs/pipelines/configure/environment-variables
    _Names("BUILDKITE_BUILD_URL", "BUILDKITE_PIPELINE_SLUG", "BUILDKITE_BUILD_NUMBER"),
)


def _on_github(environ: Mapping[str, str]) -> CiRun:
    """https://docs.github.com/en/actions/reference/workflows-and-actions/variables"""

    def told(name: str) -> str:
        return environ.get(f"GITHUB_{name}", "")

    repository, number = told("REPOSITORY"), told("RUN_ID")
    # owner/name/.github/workflows/ci.yml@refs/heads/main
    workflow = told("WORKFLOW_REF").partition("@")[0].rpartition("/")[2]
    server = told("SERVER_URL") or "https://github.com"
    return CiRun(
        repository=repository,
        link=f"{server}/{repository}/actions/runs/{number}" if repository and number else "",
        place=_place(workflow, told("RUN_NUMBER"), told("RUN_ATTEMPT")),
        event=told("EVENT_NAME"),
        workflow=workflow,
        id=number,
    )


def _place(queue: str, number: str, attempt: str = "1") -> Place | None:
    if not (queue and number.isdigit()):
        return None
    return Place(queue, int(number), int(attempt) if attempt.isdigit() else 1)
