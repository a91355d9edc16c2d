"""The exact versions of interpreter, Node and tools that a session would run with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.cache.elements import Unknown
from cicd.config.parts import Backend
from cicd.steps.fingerprint.installed import installed_by_node, installed_by_python
from cicd.steps.fingerprint.node import known_node
from cicd.steps.fingerprint.python import known_python

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cicd.config.parts import Frontend, Part
    from cicd.steps.snapshot import Snapshot
    from cicd.steps.subject import Subject


def tool_elements(snapshot: Snapshot, subject: Subject, part: Part) -> Mapping[str, str] | Unknown:
    """Without running a tool where an earlier run has, and nothing has changed since.

    Locks are among the inputs: of what they pin, nothing is told here.
    """
    if isinstance(part, Backend):
        return _of_backend(snapshot, subject, part)
    return _of_frontend(snapshot, part)


def _of_backend(snapshot: Snapshot, subject: Subject, part: Backend) -> Mapping[str, str] | Unknown:
    python = known_python(snapshot, part, subject.python)
    if python is None:
        return Unknown(f"which Python {part.path} gets is known once a session has run")
    installed = installed_by_python(snapshot, subject, part, python["minor"])
    if isinstance(installed, Unknown):
        return installed
    return {"python": python["python"], **installed}


def _of_frontend(snapshot: Snapshot, part: Frontend) -> Mapping[str, str] | Unknown:
    node = known_node(snapshot, part)
    if node is None:
        return Unknown(f"which Node {part.path} gets is known once a session has run")
    installed = installed_by_node(snapshot, part)
    return installed if isinstance(installed, Unknown) else {**node, **installed}
