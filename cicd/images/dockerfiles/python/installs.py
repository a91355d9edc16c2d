"""How dependencies come into an image: a block of a Dockerfile for each kind of lock.

Everything is installed into `/opt/venv`: beside the sources, so that a folder mounted over
`/app` hides none of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.images.dockerfiles.python.exported import plan_pdm, plan_poetry
from cicd.images.dockerfiles.python.listed import plan_project, plan_pylock, plan_requirements
from cicd.images.dockerfiles.python.uv_projects import plan_uv

if TYPE_CHECKING:
    from cicd.config.files import Files
    from cicd.config.parts import Backend
    from cicd.images.dockerfiles.python.blocks import Install


def plan_install(files: Files, folder: str, part: Backend) -> Install:
    """The blocks for the part's own way to install (its field `install`)."""
    planner = {
        "uv": plan_uv,
        "poetry": plan_poetry,
        "pdm": plan_pdm,
        "pylock": plan_pylock,
        "requirements": plan_requirements,
    }.get(str(part.install), plan_project)
    return planner(files, folder, part)
