"""Workflow files that nobody should write: they are read, and end nothing."""

import pytest

from cicd.config.rules import Rules
from cicd.github.rules.required import judge_rules
from cicd.github.workflow.document import read_workflow


@pytest.mark.parametrize(
    "text",
    [
        "name: nothing",
        "on:\njobs:\n",
        "on: [pull_request]\njobs: [ok]\n",
        "on: pull_request\njobs: {ok: }\n",
        "on: pull_request\njobs: {ok: {strategy: , name: , steps: , uses: }}\n",
        "on: pull_request\njobs: {ok: {strategy: {matrix: []}}}\n",
        "on: pull_request\njobs: {ok: {strategy: {matrix: {a: }}}}\n",
        "on: pull_request\njobs: {ok: {strategy: {matrix: {a: [{b: 1}], exclude: 1}}}}\n",
        "on: pull_request\njobs: {ok: {steps: [1, {uses: 5}, {uses: }, {uses: [a]}]}}\n",
        "on: {pull_request: [paths], push: 1}\njobs: {ok: {uses: {a: b}}}\n",
        "on: {pull_request: {branches: , types: , paths: }}\njobs: {ok: {}}\n",
        "on: {pull_request: {branches: ['[', '+', '\\', '?*', '']}}\njobs: {ok: {}}\n",
    ],
)
def test_an_odd_workflow_is_judged(text: str) -> None:
    judge_rules(Rules(checks=("ok", "ci / ok")), [read_workflow(".github/workflows/a.yml", text)])
