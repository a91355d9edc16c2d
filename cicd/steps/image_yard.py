"""Where the images of a run are built: the engine, the builders, and what is known so far."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from cicd.images.bases import find_bases
from cicd.images.builders import Builder, require_builder, uses_engine
from cicd.images.labels import may_stand
from cicd.images.local import inspect_images
from cicd.images.port import Built
from cicd.system.state import read_object, write_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from cicd.config.parts import Image
    from cicd.images.builders import Docker
    from cicd.images.local import LocalImage
    from cicd.images.recipe import Recipe
    from cicd.model import Secret
    from cicd.steps.image_recipe import Plan
    from cicd.steps.work import Work


@dataclass(frozen=True, slots=True)
class Yard:
    """Where the images of a run are built. `folder` has what this run knows of them."""

    work: Work
    docker: Docker
    folder: Path
    builders: dict[str | None, Builder] = field(default_factory=dict)
    bases: dict[tuple[str | None, str], str] = field(default_factory=dict)

    def builder(self, name: str | None) -> Builder:
        """Asked once. Raises what `require_builder` raises."""
        if name not in self.builders:
            runner = self.work.place.runner
            self.builders[name] = require_builder(self.docker, name, self.work.environ, runner)
        return self.builders[name]

    def digests(self, plan: Plan) -> dict[str, str]:
        """Those of the base images of a plan, as its builder would take them."""
        name = plan.image.builder
        plain = name is None and uses_engine(self.work.environ)
        builder = Builder(docker=self.docker.program) if plain else self.builder(name)
        unknown = [base for base in plan.bases if (name, base) not in self.bases]
        runner, say = self.work.place.runner, self.work.say
        for base, digest in find_bases(unknown, builder, self.docker, runner, say).items():
            self.bases[name, base] = digest
        return {base: self.bases[name, base] for base in plan.bases}

    def noted(self, image: Image) -> tuple[Built, LocalImage] | None:
        """What another session of this run has built."""
        if not (noted := read_object(self._note(image.name))):
            return None
        built = Built(**noted)
        local = self.inspect([built.reference]).get(built.reference)
        return (built, local) if local and local.id == built.image_id else None

    def note(self, job: Job, local: LocalImage, *, new: bool) -> Built:
        """Writes down what stands, for the other sessions; what is `new`, for the next run."""
        built = Built(
            name=job.name,
            image_id=local.id,
            reference=job.recipe.reference,
            content_key=job.recipe.content_key,
            digest=local.digest,
            bases=self.digests(job.plan),
        )
        write_text(self._note(job.name), json.dumps(asdict(built)))
        if not new:
            return built
        kept = {**asdict(built), "beside": job.beside, "labels": job.recipe.labels}
        write_text(self._last(job.name), json.dumps(kept))
        return built

    def standing(self, jobs: Sequence[Job]) -> dict[str, LocalImage]:
        """Those that the engine has, as they were built from this input."""
        last = {job.name: self.last(job.name) for job in jobs}
        same = [
            job
            for job in jobs
            if last[job.name].get("reference") == job.recipe.reference
            and last[job.name].get("beside") == job.beside
            and may_stand(last[job.name].get("labels") or {}, job.recipe.labels)
        ]
        local = self.inspect([job.recipe.reference for job in same])
        found = {job.name: local.get(job.recipe.reference) for job in same}
        return {
            name: image
            for name, image in found.items()
            if image and image.id == last[name].get("image_id")
        }

    def last(self, name: str) -> dict[str, Any]:
        """What was built last under this name, in whatever run."""
        return read_object(self._last(name))

    def inspect(self, references: Sequence[str]) -> dict[str, LocalImage]:
        return inspect_images(self.docker, references, self.work.place.runner)

    def first_to_try(self, jobs: Sequence[Job]) -> bool:
        """Whether no session of this run has tried to build these together."""
        tried = self.folder / "tried"
        if tried.exists():
            return False
        write_text(tried, "\n".join(job.name for job in jobs) + "\n")
        return True

    def _note(self, name: str) -> Path:
        return self.folder / f"{name}.built.json"

    def _last(self, name: str) -> Path:
        return self.work.place.state / "images" / f"{name}.json"


@dataclass(frozen=True, slots=True)
class Job:
    """An image to build. `beside` tells what a build may read that git ignores."""

    plan: Plan
    recipe: Recipe
    beside: str
    secrets: Mapping[str, Secret] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.recipe.name
