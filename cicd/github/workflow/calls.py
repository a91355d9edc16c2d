"""Finds where a repository calls our workflows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cicd.github.workflow.called import OURS, Called, read_called
from cicd.github.workflow.document import Keys, Workflow, events, jobs, steps
from cicd.github.workflow.release import REPOSITORY

_NAME = re.escape(REPOSITORY.partition("/")[2])
# Whoever owns it, and however it is written: what is wrong with it is said by the checks.
_FROM_US = re.compile(
    rf"\w[^/@\s]*/{_NAME}(?:/\.github/workflows/(?P<file>ci|push)\.yml)?(?:@\S*)?", re.I
)
_LOCAL = re.compile(r"(?:\./|\$/)\.github/workflows/(?P<file>[^/@]+)")


@dataclass(frozen=True, slots=True)
class Call:
    """A job, or a step with our action, at `keys` of `workflow`."""

    workflow: Workflow
    keys: Keys
    kind: str
    """"ci.yml", "push.yml" or "action.yml"."""
    called: Called
    target: Workflow | None = None
    """The called file, where it is the repository's own."""

    @property
    def job(self) -> str:
        return str(self.keys[1])

    @property
    def content(self) -> Mapping[str, Any]:
        found: Any = self.workflow.content
        for key in self.keys:
            found = found[key]
        return found if isinstance(found, Mapping) else {}

    @property
    def inputs(self) -> Mapping[str, Any]:
        said = self.content.get("with")
        return said if isinstance(said, Mapping) else {}


def find_calls(workflows: Iterable[Workflow]) -> list[Call]:
    """Every call of ours in these workflows, in their order."""
    workflows = list(workflows)
    local = {workflow.path.rpartition("/")[2]: workflow for workflow in workflows}
    return [call for workflow in workflows for call in _calls(workflow, local)]


def _calls(workflow: Workflow, local: Mapping[str, Workflow]) -> Iterator[Call]:
    for name, job in jobs(workflow):
        uses = str(job.get("uses", ""))
        if (remote := _FROM_US.fullmatch(uses)) and remote["file"]:
            kind = f"{remote['file'].lower()}.yml"
            yield Call(workflow, ("jobs", name), kind, OURS[kind])
        elif (own := _LOCAL.fullmatch(uses)) and (target := local.get(own["file"])):
            if kind := _kind(target):
                yield Call(workflow, ("jobs", name), kind, read_called(target), target)
    for keys, step in steps(workflow):
        remote = _FROM_US.fullmatch(str(step.get("uses", "")))
        if remote and not remote["file"]:
            yield Call(workflow, keys, "action.yml", OURS["action.yml"])


def _kind(workflow: Workflow) -> str:
    """Which of ours a local file is: one that can be called and asks what ours asks."""
    called = read_called(workflow)
    if "workflow_call" not in events(workflow):
        return ""
    if "fan-out" in called.inputs:
        return "ci.yml"
    return "push.yml" if "cosign-key" in called.secrets else ""
