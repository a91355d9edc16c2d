"""What a workflow that can be called asks of its caller."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cicd.github.workflow.document import Workflow, events, jobs

LEVELS = ("none", "read", "write")


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """`permissions` are the most that one of its jobs has; `inputs` have their types."""

    permissions: Mapping[str, str] = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()


_COMMON = {"install": "string", "python": "string"}
_JOB = {"runner": "string", "timeout-minutes": "number"}

OURS = {
    "ci.yml": Called(
        permissions={"contents": "read"},
        inputs={"session": "string", "fan-out": "boolean", "reuse": "boolean", **_COMMON, **_JOB},
    ),
    "push.yml": Called(
        permissions={
            "contents": "read",
            "packages": "write",
            "id-token": "write",
            "attestations": "write",
        },
        inputs={**_COMMON, **_JOB},
        secrets=("registry-password", "cosign-key", "cosign-password"),
    ),
    "action.yml": Called(inputs={"session": "string", **_COMMON, "artifact": "string"}),
}
"""This release's. A test compares them with the files, which are not in our package."""


def read_called(workflow: Workflow) -> Called:
    """The contract of a workflow or an action whose file is at hand."""
    place = ("on", "workflow_call") if "workflow_call" in events(workflow) else ()
    asked: dict[str, str] = {}
    for name, _ in jobs(workflow):
        for scope, level in granted(workflow, name).items():
            asked[scope] = max(level, asked.get(scope, "none"), key=LEVELS.index)
    types = {
        name: str(workflow.mapping(*place, "inputs", name).get("type", "string"))
        for name in workflow.mapping(*place, "inputs")
    }
    return Called(
        permissions=asked, inputs=types, secrets=tuple(workflow.mapping(*place, "secrets"))
    )


def granted(workflow: Workflow, job: str) -> dict[str, str]:
    """What a job's token may do: what the job says, else what its workflow says."""
    said = workflow.mapping("jobs", job).get("permissions", workflow.content.get("permissions"))
    if said in ("read-all", "write-all"):
        return dict.fromkeys(_SCOPES, str(said).removesuffix("-all"))
    if not isinstance(said, Mapping):
        return {}
    return {scope: level for scope, level in said.items() if level in LEVELS}


_SCOPES = ("contents", "packages", "id-token", "attestations")
