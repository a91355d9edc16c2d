"""What GitHub's runner says of the run."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """A run of a workflow, as the runner's variables and the event's file tell it.

    `head_ref` and `base_ref` are set for a pull request. `output` and `step_summary` are the
    files of the running step. What is not told is "" or None.
    https://docs.github.com/en/actions/reference/workflows-and-actions/variables
    """

    repository: str = ""
    sha: str = ""
    ref: str = ""
    ref_name: str = ""
    head_ref: str = ""
    base_ref: str = ""
    default_branch: str = ""
    event_name: str = ""
    actor: str = ""
    workflow: str = ""
    run_id: str = ""
    run_attempt: str = ""
    server_url: str = "https://github.com"
    output: Path | None = None
    step_summary: Path | None = None

    @property
    def run_url(self) -> str:
        """Where people see the run; "" when the run has no number."""
        if not (self.repository and self.run_id):
            return ""
        return f"{self.server_url}/{self.repository}/actions/runs/{self.run_id}"

    @property
    def on_default_branch(self) -> bool:
        """Whether the default branch itself is judged. For `pull_request_target` the runner
        names the target's branch, though what is judged may be the pull request."""
        branch = f"refs/heads/{self.default_branch}"
        asked = self.event_name.startswith("pull_request")
        return bool(self.default_branch) and self.ref == branch and not asked


def read_context(environ: Mapping[str, str]) -> Context | None:
    """The run that this process is a part of; None outside of GitHub's runner."""
    if environ.get("GITHUB_ACTIONS") != "true":
        return None

    def told(name: str) -> str:
        return environ.get(f"GITHUB_{name}", "")

    return Context(
        repository=told("REPOSITORY"),
        sha=told("SHA"),
        ref=told("REF"),
        ref_name=told("REF_NAME"),
        head_ref=told("HEAD_REF"),
        base_ref=told("BASE_REF"),
        default_branch=_default_branch(told("EVENT_PATH")),
        event_name=told("EVENT_NAME"),
        actor=told("ACTOR"),
        workflow=told("WORKFLOW"),
        run_id=told("RUN_ID"),
        run_attempt=told("RUN_ATTEMPT"),
        server_url=told("SERVER_URL") or "https://github.com",
        output=_file(told("OUTPUT")),
        step_summary=_file(told("STEP_SUMMARY")),
    )


def _file(path: str) -> Path | None:
    return Path(path) if path else None


def _default_branch(event_path: str) -> str:
    try:
        event = json.loads(Path(event_path).read_text(encoding="utf-8"))
        return str(event["repository"]["default_branch"])
    except (OSError, ValueError, LookupError, TypeError):
        return ""
