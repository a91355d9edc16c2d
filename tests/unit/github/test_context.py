import json
from pathlib import Path

import pytest

from cicd.github.context import Context, read_context

RUNNER = {
    "GITHUB_ACTIONS": "true",
    "GITHUB_REPOSITORY": "books/shop",
    "GITHUB_SHA": "abc",
    "GITHUB_REF": "refs/heads/main",
    "GITHUB_REF_NAME": "main",
    "GITHUB_EVENT_NAME": "push",
    "GITHUB_RUN_ID": "42",
    "GITHUB_SERVER_URL": "https://github.example",
    "GITHUB_OUTPUT": "/tmp/output",
}


@pytest.fixture
def event(tmp_path: Path) -> str:
    path = tmp_path / "event.json"
    path.write_text(json.dumps({"repository": {"default_branch": "main"}}), encoding="utf-8")
    return str(path)


def read(**environ: str) -> Context:
    context = read_context({**RUNNER, **environ})
    assert context is not None
    return context


def test_outside_of_github_there_is_no_context() -> None:
    assert read_context({}) is None
    assert read_context({"GITHUB_ACTIONS": "false"}) is None


def test_the_runners_variables_are_read(event: str) -> None:
    context = read(GITHUB_EVENT_PATH=event)
    assert (context.repository, context.sha, context.ref_name) == ("books/shop", "abc", "main")
    assert context.default_branch == "main"
    assert context.run_url == "https://github.example/books/shop/actions/runs/42"
    assert (context.output, context.step_summary) == (Path("/tmp/output"), None)


def test_a_runner_that_says_little_is_enough() -> None:
    context = read_context({"GITHUB_ACTIONS": "true", "GITHUB_EVENT_PATH": "/nowhere"})
    assert context == Context()
    assert (context.run_url, context.on_default_branch) == ("", False)


@pytest.mark.parametrize(
    ("changes", "on_it"),
    [
        ({}, True),
        ({"GITHUB_EVENT_NAME": "schedule"}, True),
        ({"GITHUB_REF": "refs/heads/other"}, False),
        ({"GITHUB_REF": "refs/tags/main"}, False),
        ({"GITHUB_EVENT_NAME": "pull_request", "GITHUB_REF": "refs/pull/1/merge"}, False),
        ({"GITHUB_EVENT_NAME": "pull_request_target"}, False),
    ],
)
def test_only_the_default_branch_itself_counts_as_it(
    event: str, changes: dict[str, str], on_it: bool
) -> None:
    assert read(GITHUB_EVENT_PATH=event, **changes).on_default_branch is on_it


@pytest.mark.parametrize("text", ["", "[]", '{"repository": null}', '{"repository": {}}'])
def test_an_event_that_tells_nothing_has_no_default_branch(tmp_path: Path, text: str) -> None:
    (tmp_path / "event").write_text(text)
    assert read(GITHUB_EVENT_PATH=str(tmp_path / "event")).default_branch == ""
