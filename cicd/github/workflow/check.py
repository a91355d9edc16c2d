"""Everything that is checked where a repository calls our workflows."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from cicd.errors import CheckFailed
from cicd.github.workflow import safety
from cicd.github.workflow.calls import Call, find_calls
from cicd.github.workflow.contract import check_call
from cicd.github.workflow.document import Workflow, events, read_workflow
from cicd.github.workflow.pin import Read, check_pin
from cicd.github.workflow.triggers import check_triggers
from cicd.model import Failure

_SAFETY = (safety.check_pins, safety.check_expressions, safety.check_permissions)
_OF_JOBS = (safety.check_credentials, safety.check_timeouts)
_BY_THEMSELVES = {"schedule", "workflow_dispatch", "workflow_call", "repository_dispatch"}


@dataclass(frozen=True, slots=True)
class Checked:
    calls: tuple[Call, ...]
    failures: tuple[Failure, ...]
    uncalled: bool = False
    """Whether every file could be read, and none has sessions judged by us."""


def check_repository(
    files: Mapping[str, str],
    *,
    branch: str,
    queue: bool,
    sessions: Collection[str],
    read: Read,
    owner: str = "",
) -> Checked:
    """`files` are the workflows of a repository; those that do not call ours are not judged.

    `branch` is the default branch, "" where it is not known; `queue`: a merge queue is
    required; `sessions` are all names of the noxfile's; `read` gives other files; `owner` is
    that of the repository, "" where it is not known.
    """
    workflows, failures = _read_all(files)
    calls = find_calls(workflows)
    uncalled = not failures and all(call.kind == "push.yml" for call in calls)
    failures += [failure for call in calls for failure in check_call(call, sessions=sessions)]
    failures += dict.fromkeys(filter(None, (check_pin(call, read) for call in calls)))
    failures += _unsafe(calls, owner)
    failures += check_triggers(_judging(calls), branch=branch, queue=queue)
    return Checked(tuple(calls), tuple(failures), uncalled)


def _unsafe(calls: Sequence[Call], owner: str) -> Iterator[Failure]:
    """Of a caller, only those jobs have to be like ours that our action is in."""
    callers = _unique([call.workflow for call in calls])
    targets = _unique([call.target for call in calls if call.target])
    for one in (*callers, *targets):
        yield from safety.check_owners(one, owner=owner)
        yield from (found for check in _SAFETY for found in check(one))
    for one in callers:
        acting = {call.job for call in calls if call.workflow is one and call.kind == "action.yml"}
        yield from (found for check in _OF_JOBS for found in check(one, only=acting))
    yield from (found for one in targets for check in _OF_JOBS for found in check(one))


def _read_all(files: Mapping[str, str]) -> tuple[list[Workflow], list[Failure]]:
    workflows: list[Workflow] = []
    failures: list[Failure] = []
    for path, text in files.items():
        try:
            workflows.append(read_workflow(path, text))
        except CheckFailed as failed:
            failures += failed.outcome.failures
    return workflows, failures


def _judging(calls: Sequence[Call]) -> list[Workflow]:
    """Those that judge changes; what a clock or a person starts is beside them."""
    judging = _unique([call.workflow for call in calls if call.kind != "push.yml"])
    return [one for one in judging if set(events(one)) - _BY_THEMSELVES] or judging


def _unique(workflows: Sequence[Workflow]) -> list[Workflow]:
    return list({one.path: one for one in workflows}.values())
