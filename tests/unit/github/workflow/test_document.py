"""Workflows are read as GitHub reads them, and every word has its line."""

import pytest

from cicd.errors import CheckFailed
from cicd.github.workflow.document import events, read_workflow, steps

TEXT = """\
on: [push, pull_request]
yes: no
jobs:
  one:
    steps:
      - run: a
      - name: two
        run: |
          b
"""


def test_words_that_yaml_1_1_takes_for_true_are_words() -> None:
    workflow = read_workflow("x.yml", TEXT)
    assert list(events(workflow)) == ["push", "pull_request"]
    assert workflow.content["yes"] == "no"


def test_true_is_true_and_in_quotes_it_is_text() -> None:
    content = read_workflow("x.yml", "{a: true, b: 'true', c: null, d: 1}").content
    assert content == {"a": True, "b": "true", "c": None, "d": "1"}


def test_everything_has_its_line() -> None:
    workflow = read_workflow("x.yml", TEXT)
    places = [keys for keys, _ in steps(workflow)]
    assert [workflow.line(*keys) for keys in places] == [6, 7]
    assert workflow.line(*places[1], "run") == 8


def test_what_is_not_there_stands_at_what_would_hold_it() -> None:
    workflow = read_workflow("x.yml", TEXT)
    assert workflow.line("jobs", "one", "timeout-minutes") == 4
    assert workflow.line("permissions") == 1


@pytest.mark.parametrize("text", ["a: &a [*a]", "- a", "", "a: b: c", "a: \x00", "a: 1\n---\nb: 2"])
def test_what_is_no_workflow_is_said(text: str) -> None:
    with pytest.raises(CheckFailed, match="x.yml.* cannot be read"):
        read_workflow("x.yml", text)
