"""Whether a call judges every change, and is red where it should be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cicd.github.workflow.calls import Call
from cicd.github.workflow.document import Keys, Workflow, events
from cicd.model import Failure

_UNSET = ("", "0", "false", "none")
"""What `CI` may not say: then what cannot be verified is green."""


def check_judges(call: Call) -> Iterator[Failure]:
    """A call that never runs, that is cancelled, or that is green whatever happens."""
    job: Keys = ("jobs", call.job)
    for place in dict.fromkeys((job, call.keys)):
        yield from _check_conditions(call, place)
    if call.kind == "action.yml":
        for place in dict.fromkeys(((), job, call.keys)):
            yield from _check_strictness(call.workflow, place)
    if call.kind == "ci.yml":
        yield from _check_required(call)
        for place in ((), job):
            yield from _check_cancelling(call.workflow, place)


def _check_conditions(call: Call, place: Keys) -> Iterator[Failure]:
    said = _at(call.workflow, place)
    condition = str(said.get("if", "always()")).strip("${} ")
    # Publishing is no required check: where and when is its repository's own affair.
    if condition != "always()" and (call.kind != "push.yml" or condition.lower() == "false"):
        yield call.workflow.failure(
            f"job {call.job} has an `if:`; a required check that is skipped judges nothing",
            *(*place, "if"),
            fix="take `if:` away",
        )
    if said.get("continue-on-error") not in (None, False):
        title = f"job {call.job} goes on when it is red"
        fix = "take `continue-on-error` away"
        yield call.workflow.failure(title, *(*place, "continue-on-error"), fix=fix)


def _check_strictness(workflow: Workflow, place: Keys) -> Iterator[Failure]:
    env = _at(workflow, place).get("env")
    if isinstance(env, dict) and "CI" in env:
        value = str(env["CI"]).lower()
        if value in _UNSET or "${{" in value:
            title = "`CI` is taken away: what cannot be verified would be green"
            yield workflow.failure(title, *place, "env", "CI", fix="take `CI` away")


def _check_required(call: Call) -> Iterator[Failure]:
    """The required check is `<job> / ok`, and has to be there every time."""
    if "strategy" in call.content:
        title = f"job {call.job} has a `strategy`: its check has another name for each value"
        fix = "one job for each value"
        yield call.workflow.failure(title, *(*call.keys, "strategy"), fix=fix)
    if "needs" in call.content and "if" not in call.content:
        title = f"job {call.job} waits for others; a required check that is skipped judges nothing"
        yield call.workflow.failure(title, *(*call.keys, "needs"), fix="take `needs` away")


def _check_cancelling(workflow: Workflow, place: Keys) -> Iterator[Failure]:
    said = workflow.mapping(*place, "concurrency").get("cancel-in-progress")
    if said is True and {"push", "merge_group"} & set(events(workflow)):
        yield workflow.failure(
            "a run is cancelled by the next one: its commit has no verdict",
            *(*place, "concurrency", "cancel-in-progress"),
            fix="cancel-in-progress: ${{ github.event_name == 'pull_request' }}",
        )


def _at(workflow: Workflow, place: Keys) -> Mapping[str, Any]:
    found: Any = workflow.content
    for key in place:
        found = found[key]
    return found if isinstance(found, Mapping) else {}
