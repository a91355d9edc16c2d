"""What has to start a workflow whose verdict is required."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cicd.github.workflow.document import Workflow, events
from cicd.model import Failure

_OF_REQUEST = ("opened", "synchronize", "reopened")


def check_triggers(workflows: Sequence[Workflow], *, branch: str, queue: bool) -> Iterator[Failure]:
    """`workflows` are those that call `ci.yml`: together they judge what is merged.

    `branch` is the default branch, "" where it is not known; `queue` says whether
    a merge queue is required.
    """
    for workflow in workflows:
        yield from _check_filters(workflow)
    wanted = {"push": f"no push to {branch or 'the default branch'} starts it"}
    wanted["pull_request"] = "no pull request starts it"
    if queue:
        wanted["merge_group"] = "a merge queue is required, and does not start it"
    for event, title in wanted.items():
        if workflows and not any(_starts(one, event, branch) for one in workflows):
            told = next((one for one in workflows if event in events(one)), workflows[0])
            fix = f"on: {{push: {{branches: [{branch or 'main'}]}}}}"
            fix = fix if event == "push" else f"on: {{{event}: {{}}}}"
            yield told.failure(title, "on", event, fix=fix)


def _check_filters(workflow: Workflow) -> Iterator[Failure]:
    for event, said in events(workflow).items():
        if event not in ("push", "pull_request"):
            continue
        for name in ("branches", "branches-ignore"):
            for pattern in _listed(said, name) if name in said else ():
                if _compiled(pattern) is None:
                    fix = "write the branch's name, or a pattern such as 'release/**'"
                    title = f"{pattern!r} is no pattern"
                    yield workflow.failure(title, "on", event, name, fix=fix)
        for name in ("paths", "paths-ignore"):
            if name in said:
                yield workflow.failure(
                    f"`{name}` on a required check: where it does not match, the check stays"
                    " pending for ever",
                    *("on", event, name),
                    fix=f"take `{name}` away",
                )
    if "pull_request_target" in events(workflow):
        yield workflow.failure(
            "pull_request_target judges the target and not what is to be merged",
            *("on", "pull_request_target"),
            fix="on: {pull_request: {}}",
        )


def _starts(workflow: Workflow, event: str, branch: str) -> bool:
    said = events(workflow).get(event)
    if said is None:
        return False
    if event == "pull_request" and "types" in said:
        if not set(_OF_REQUEST) <= set(_listed(said, "types")):
            return False
    if event == "push" and {"tags", "tags-ignore"} & set(said):
        # With a filter of tags alone, no branch starts it.
        if not {"branches", "branches-ignore"} & set(said):
            return False
    if not branch:
        return True
    if "branches" in said:
        return _matches(branch, _listed(said, "branches"))
    return not _matches(branch, _listed(said, "branches-ignore"))


def _listed(said: Mapping[str, Any], name: str) -> list[str]:
    value = said.get(name, [])
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


def _matches(branch: str, patterns: Sequence[str]) -> bool:
    """https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax
    (filter patterns): the last pattern that matches decides, `!` takes away."""
    matched = False
    for pattern in patterns:
        expression = _compiled(pattern)
        if expression and expression.fullmatch(branch):
            matched = not pattern.startswith("!")
    return matched


def _compiled(pattern: str) -> re.Pattern[str] | None:
    """None for what is no pattern: nothing before a `+`, a range that runs backwards."""
    try:
        return re.compile(_expression(pattern.removeprefix("!")))
    except re.error:
        return None


def _expression(pattern: str) -> str:
    kept = {"**": ".*", "*": "[^/]*", "?": "?", "+": "+"}
    pieces = re.findall(r"\*\*|\[[^\]]*\]|.", pattern, flags=re.S)
    return "".join(
        kept.get(piece) or (piece if piece.startswith("[") and len(piece) > 1 else re.escape(piece))
        for piece in pieces
    )
