"""The step that builds the images of a repository."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING

from cicd.config.image_fields import SILENT_PORTS, parse_path
from cicd.errors import CicdError, MissingError
from cicd.images.build import run_build
from cicd.images.builders import require_docker
from cicd.images.content import unknown_files
from cicd.images.local import remove_images, remove_others
from cicd.steps import image_recipe
from cicd.steps.image_kept import kept_images
from cicd.steps.image_yard import Job, Yard
from cicd.system.git_state import read_git_state
from cicd.system.locks import locked

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cicd.config.parts import Image
    from cicd.images.local import LocalImage
    from cicd.images.port import Built
    from cicd.steps.image_recipe import Plan
    from cicd.steps.work import Work
    from cicd.system.git_state import GitState


def build_image(work: Work, image: Image, images: Sequence[Image]) -> tuple[Image, Built]:
    """The image with every field found, and what was built from it.

    All `images` of the repository are built in one go, once in a run. What was built from the
    same input before, and still lies in the engine, is not built again.
    Raises `MissingError` without an engine that can build, `CheckFailed` for an image that
    cannot be built, `RemoteError` when a base image cannot be had.
    """
    plan = image_recipe.plan_image(work, image)
    yard = Yard(work, require_docker(work.environ), work.run.folder / "images")
    with locked(yard.folder / "lock"):
        built, local = yard.noted(image) or _build_all(yard, plan, images)
    return _completed(plan, local), built


def _build_all(yard: Yard, plan: Plan, images: Sequence[Image]) -> tuple[Built, LocalImage]:
    """Builds what does not stand; the other images with this one, unless that was tried."""
    own, *_ = jobs = _prepare(yard, plan, images)
    standing = yard.standing(jobs)
    missing = [job for job in jobs if job.name not in standing]
    ended: dict[str, CicdError | None] = {}
    if yard.first_to_try(jobs) and len(missing) > 1:
        ended = _run(yard, missing, own)
    elif own in missing:
        ended = _run(yard, [own], own)
    if ended.get(own.name) and len(ended) > 1:
        # Whose fault it was does not show where several are built: this one, or another?
        ended |= _run(yard, [own], own)
    if error := ended.get(own.name):
        raise error
    return _take_in(
        yard, [job for job in missing if ended.get(job.name, True) is None], standing, own
    )


def _take_in(
    yard: Yard, fresh: Sequence[Job], standing: Mapping[str, LocalImage], own: Job
) -> tuple[Built, LocalImage]:
    """Notes what was built, and takes the names off images of older content."""
    before = {job.name: yard.last(job.name).get("image_id", "") for job in fresh}
    local = yard.inspect([job.recipe.reference for job in fresh])
    there = [job for job in fresh if job.recipe.reference in local]
    built = {job.name: yard.note(job, local[job.recipe.reference], new=True) for job in there}
    if there:
        _remove_old(yard, there, before)
    if own.name in built:
        return built[own.name], local[own.recipe.reference]
    if own.name in standing:
        return yard.note(own, standing[own.name], new=False), standing[own.name]
    raise MissingError(f"{own.name} was built, and {yard.docker.address} has no such image")


def _remove_old(yard: Yard, jobs: Sequence[Job], before: Mapping[str, str]) -> None:
    """Images of older content, and those that lost their name to one that was built again."""
    keep, runner = kept_images(yard.work.place.state), yard.work.place.runner
    for job in jobs:
        name = job.recipe.reference.rpartition(":")[0]
        remove_others(yard.docker, name, keep, runner)
        old, new = before[job.name], yard.last(job.name).get("image_id", "")
        if old and old != new and old not in keep:
            remove_images(yard.docker, [old], runner)


def _prepare(yard: Yard, plan: Plan, images: Sequence[Image]) -> list[Job]:
    """The jobs of all images, this one's first. What cannot even be prepared is left to its
    own session."""
    state = read_git_state(yard.work.place.root, yard.work.environ)
    jobs = [_job(yard, plan, state)]
    for image in images:
        if image.name != plan.image.name:
            with contextlib.suppress(CicdError):
                jobs.append(_job(yard, image_recipe.plan_image(yard.work, image), state))
    return jobs


def _job(yard: Yard, plan: Plan, state: GitState | None) -> Job:
    work = yard.work
    recipe = image_recipe.read_recipe(work, plan, state, yard.digests(plan))
    recipe = image_recipe.with_shielded_context(work, recipe, plan)
    beside = unknown_files(work.place.root, plan.files, recipe.context, plan.patterns)
    return Job(plan, recipe, beside)


def _armed(yard: Yard, jobs: Sequence[Job], own: Job) -> list[Job]:
    """The jobs with their build secrets, which are read only where something is built."""
    found = []
    for job in jobs:
        try:
            recipe, secrets = image_recipe.with_secrets(yard.work, job.recipe, job.plan.image)
        except CicdError:
            if job is own:
                raise
            continue
        found.append(replace(job, recipe=recipe, secrets=secrets))
    return found


def _run(yard: Yard, jobs: Sequence[Job], own: Job) -> dict[str, CicdError | None]:
    """Builds these, those of one builder together; the error, or None, of each that was tried."""
    ended: dict[str, CicdError | None] = {}
    armed = _armed(yard, jobs, own)
    for name in dict.fromkeys(job.recipe.builder for job in armed):
        mine = [job for job in armed if job.recipe.builder == name]
        try:
            error = _run_together(yard, mine, own)
        except CicdError as raised:
            error = raised
        ended |= dict.fromkeys((job.name for job in mine), error)
    return ended


def _run_together(yard: Yard, jobs: Sequence[Job], own: Job) -> CicdError | None:
    return run_build(
        [job.recipe for job in jobs],
        yard.builder(jobs[0].recipe.builder),
        yard.docker,
        yard.folder,
        yard.work.place.runner,
        env={name: value for job in jobs for name, value in job.secrets.items()},
        limit_s=own.recipe.timeout_s,
    )


def _completed(plan: Plan, local: LocalImage) -> Image:
    """What the built image inherits: the port and the health check of its base."""
    image, said = plan.image, plan.origins
    ports = [port for port in local.ports if port not in SILENT_PORTS]
    if image.port is None and said["port"] == "default" and ports:
        image = replace(image, port=ports[0])
    if image.health is None and said["health"] == "default" and local.health:
        image = replace(image, health=parse_path(local.health) or None)
    return image
