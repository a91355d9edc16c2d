"""The pipeline of a full-stack team as a Python library, on nox."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cicd import steps, testing
    from cicd.config.notify import Notify
    from cicd.config.parts import Backend, Frontend, Image, Registry
    from cicd.config.rules import Rules
    from cicd.errors import CicdError
    from cicd._project import Project, project

__all__ = [
    "Backend",
    "CicdError",
    "Frontend",
    "Image",
    "Notify",
    "Project",
    "Registry",
    "Rules",
    "project",
    "steps",
    "testing",
]

_HOMES = {
    "Backend": "cicd.config.parts",
    "CicdError": "cicd.errors",
    "Frontend": "cicd.config.parts",
    "Image": "cicd.config.parts",
    "Notify": "cicd.config.notify",
    "Project": "cicd._project",
    "Registry": "cicd.config.parts",
    "Rules": "cicd.config.rules",
    "project": "cicd._project",
}


def __getattr__(name: str) -> object:
    """A name is imported when it is first used: a noxfile needs few of them."""
    if name not in __all__:
        raise AttributeError(f"module 'cicd' has no attribute {name!r}")
    from importlib import import_module

    if name not in _HOMES:
        return import_module(f"cicd.{name}")
    # Importing `cicd._project` has bound the submodule to this name; the function replaces it.
    value: object = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value
