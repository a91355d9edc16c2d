from collections.abc import Mapping
from typing import Any

import pytest

from cicd.model import Verdict
from cicd.notify.ci_run import CiRun, read_ci_run
from cicd.notify.earlier import find_earlier
from cicd.notify.turning import Known, Place

GREEN, RED = Verdict.PASSED, Verdict.FAILED
ON_GITHUB = {
    "GITHUB_ACTIONS": "true",
    "GITHUB_REPOSITORY": "owner/shop",
    "GITHUB_RUN_ID": "70007",
    "GITHUB_RUN_NUMBER": "7",
    "GITHUB_RUN_ATTEMPT": "1",
    "GITHUB_EVENT_NAME": "push",
    "GITHUB_WORKFLOW_REF": "owner/shop/.github/workflows/ci.yml@refs/heads/main",
}


def run(number: int, conclusion: str | None, event: str = "push") -> dict[str, Any]:
    return {"run_number": number, "conclusion": conclusion, "event": event}


class Api:
    """GitHub's answers, by path."""

    def __init__(self, *runs: dict[str, Any], attempts: Mapping[int, str | None] = {}) -> None:
        self.runs, self.attempts, self.asked = runs, attempts, list[str]()

    def __call__(self, path: str) -> Mapping[str, Any]:
        self.asked.append(path)
        if "/attempts/" in path:
            return {"conclusion": self.attempts[int(path.rpartition("/")[2])]}
        return {"workflow_runs": list(self.runs)}


@pytest.mark.parametrize(
    ("runs", "known"),
    [
        ([], Known()),
        ([run(6, "success")], Known(GREEN, Place("ci.yml", 6))),
        ([run(5, "failure"), run(6, "success")], Known(GREEN, Place("ci.yml", 6))),
        ([run(6, "failure"), run(5, "success")], Known(RED, Place("ci.yml", 6))),
        ([run(6, "timed_out")], Known(RED, Place("ci.yml", 6))),
        ([run(6, "startup_failure")], Known(RED, Place("ci.yml", 6))),
        ([run(6, "cancelled"), run(5, "failure")], Known(RED, Place("ci.yml", 5))),
        ([run(6, "skipped"), run(5, None), run(4, "success")], Known(GREEN, Place("ci.yml", 4))),
        ([run(6, "failure", "pull_request"), run(5, "success")], Known(GREEN, Place("ci.yml", 5))),
        ([run(6, "failure", "schedule"), run(5, "success")], Known(RED, Place("ci.yml", 6))),
        ([run(9, "failure"), run(6, "success")], Known(GREEN, Place("ci.yml", 9))),
    ],
)
def test_the_last_run_with_a_verdict_says_what_the_branch_was(
    runs: list[dict[str, Any]], known: Known
) -> None:
    api = Api(*runs)
    assert find_earlier(read_ci_run(ON_GITHUB), "main", api) == known
    assert api.asked == [
        "/repos/owner/shop/actions/workflows/ci.yml/runs?branch=main&status=completed&per_page=100"
    ]


def test_of_a_run_that_is_repeated_its_attempt_before_counts() -> None:
    again = read_ci_run({**ON_GITHUB, "GITHUB_RUN_ATTEMPT": "3"})
    api = Api(run(6, "success"), attempts={2: "failure"})
    assert find_earlier(again, "main", api).verdict is RED
    assert api.asked[0] == "/repos/owner/shop/actions/runs/70007/attempts/2"
    assert find_earlier(again, "main", Api(run(6, "success"), attempts={2: None})).verdict is GREEN


def test_a_name_of_a_branch_cannot_change_the_question() -> None:
    api = Api()
    find_earlier(read_ci_run(ON_GITHUB), "main&status=queued#/..", api)
    assert "branch=main%26status%3Dqueued%23%2F..&status=completed" in api.asked[0]


def test_services_tell_their_run() -> None:
    assert read_ci_run(ON_GITHUB) == CiRun(
        repository="owner/shop",
        link="https://github.com/owner/shop/actions/runs/70007",
        place=Place("ci.yml", 7, 1),
        event="push",
        workflow="ci.yml",
        id="70007",
    )
    gitlab = {
        "CI_PROJECT_PATH": "group/shop",
        "CI_PIPELINE_URL": "https://gitlab.example/7",
        "CI_PIPELINE_IID": "7",
    }
    expected = CiRun(
        repository="group/shop", link="https://gitlab.example/7", place=Place("group/shop", 7)
    )
    assert read_ci_run(gitlab) == expected
    jenkins = {"BUILD_URL": "https://jenkins.example/7/", "JOB_NAME": "shop", "BUILD_NUMBER": "7"}
    assert read_ci_run(jenkins) == CiRun(link="https://jenkins.example/7/", place=Place("shop", 7))
    assert read_ci_run({}) == CiRun()
