"""What every session runs through: `cicd`, nox, uv, the interpreter and the platform."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_OURS = {"cicd": "nox-cicd", "nox": "nox", "uv": "uv"}


def our_elements() -> Mapping[str, str]:
    import platform

    versions = {name: version(package) for name, package in _OURS.items()}
    return {**versions, "system": platform.system(), "machine": platform.machine()}
