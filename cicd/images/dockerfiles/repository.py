"""Plans everything that a repository lacks: for each part, then for all of them together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.config.files import files_of, folder_of, upward
from cicd.config.parts import Backend
from cicd.config.compose import is_compose
from cicd.config.territory import others_below
from cicd.images.dockerfiles.python.image import BackendImage, plan_backend, study_backend
from cicd.images.dockerfiles.compose.application import Application
from cicd.images.dockerfiles.compose.file import plan_compose
from cicd.images.dockerfiles.compose.override import plan_override
from cicd.images.dockerfiles.node.image import FrontendImage, plan_frontend, study_frontend
from cicd.images.dockerfiles.plan import Plan, join_plans
from cicd.images.dockerfiles.compose.services import plan_service, shared_folder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cicd.config.files import Files
    from cicd.config.parts import Part
    from cicd.tree import Tree

    Studied = BackendImage | FrontendImage


def plan_repository(tree: Tree, parts: Sequence[Part]) -> Plan:
    """The files that these completed parts lack. The file that says "this is done", a Dockerfile
    or compose.yaml, comes last of its kind: who is interrupted can begin again."""
    files = files_of(tree)
    plans: list[Plan] = []
    studied: list[tuple[Studied, bool]] = []
    for part in parts:
        image = _study(tree, part)
        if image is None:
            plans.append(Plan(left=(_without(part),)))
            continue
        folder = folder_of(part.path)
        if folder in (folder_of(other.part.path) for other, _ in studied):
            plans.append(Plan(left=(f"{part.name}: the Dockerfile of its folder is another's",)))
            continue
        there = find_dockerfile(files, folder)
        plans.append(Plan(left=(f"{there} is there",)) if there else _plan(tree, image, parts))
        if there or plans[-1].files:
            studied.append((image, not there))
    return join_plans((*plans, _plan_together(tree, files, studied)))


def find_dockerfile(files: Files, folder: str) -> str:
    """A Dockerfile of any name that lies in the folder; "" for none."""
    for name in files.inside(folder):
        base = name.rpartition("/")[2]
        if base in ("Dockerfile", "Containerfile") or base.startswith("Dockerfile."):
            if not base.endswith(".dockerignore"):
                return name
        if base.endswith(".Dockerfile"):
            return name
    return ""


def _study(tree: Tree, part: Part) -> Studied | None:
    return study_backend(tree, part) if isinstance(part, Backend) else study_frontend(tree, part)


def _plan(tree: Tree, image: Studied, parts: Sequence[Part]) -> Plan:
    if isinstance(image, FrontendImage):
        return plan_frontend(tree, image)
    frontends = [part for part in parts if not isinstance(part, Backend)]
    return plan_backend(tree, image, others_below(image.part, frontends))


def _without(part: Part) -> str:
    if isinstance(part, Backend):
        return f"{part.name}: a library, without an application to start: it needs no image"
    return f"{part.name}: it builds no page, so there is nothing to serve"


def _plan_together(tree: Tree, files: Files, studied: list[tuple[Studied, bool]]) -> Plan:
    """compose.yaml and what development adds to it, in the folder that the parts share."""
    if not studied:
        return Plan()
    shared = shared_folder([folder_of(image.part.path) for image, _ in studied])
    for above in upward(shared):
        there = [name for name in files.inside(above) if is_compose(name) and not _is_added(name)]
        if there:
            return Plan(left=(f"{there[0]} is there",))
    services = [(image, plan_service(tree, image, shared, ours)) for image, ours in studied]
    application = Application(
        tree=tree,
        shared=shared,
        backends=tuple((i, s) for i, s in services if isinstance(i, BackendImage)),
        frontends=tuple((i, s) for i, s in services if isinstance(i, FrontendImage)),
    )
    return Plan(files=(plan_override(application), plan_compose(application)))


def _is_added(name: str) -> bool:
    """Whether a compose file only adds to another one."""
    return ".override." in name.rpartition("/")[2]
