"""What an image is built from: its fields, its files, the state of git, its base images."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cicd.config.build_secrets import looks_secret, secret_hint
from cicd.config.dockerfile import Dockerfile, parse_dockerfile
from cicd.config.files import files_of, folder_of
from cicd.config.licences import find_licence
from cicd.config.resolve_image import resolve_image
from cicd.errors import MissingError, SettingsError
from cicd.images import content
from cicd.images.ignored import read_ignored
from cicd.images.labels import plan_labels
from cicd.images.local import local_name
from cicd.images.recipe import Recipe
from cicd.model import Command, Secret
from cicd.system.state import write_text

if TYPE_CHECKING:
    from cicd.config.parts import Image
    from cicd.steps.work import Work
    from cicd.system.git_state import GitState

_SECRET_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """An image whose fields are found, before its base images are asked for."""

    image: Image
    origins: Mapping[str, str]
    parsed: Dockerfile
    patterns: tuple[str, ...]
    files: tuple[str, ...]

    @property
    def target(self) -> str | None:
        return self.image.target if isinstance(self.image.target, str) else None

    @property
    def args(self) -> Mapping[str, str]:
        return self.image.build_args if isinstance(self.image.build_args, Mapping) else {}

    @property
    def bases(self) -> tuple[str, ...]:
        return self.parsed.bases(self.target)


def plan_image(work: Work, image: Image) -> Plan:
    """Raises `SettingsError` for what a noxfile or a compose file cannot mean."""
    found = resolve_image(work.tree, image)
    image = found.image
    arguments = dict(image.build_args) if isinstance(image.build_args, Mapping) else {}
    _refuse_secrets(arguments, found.origins.get("build_args", ""))
    dockerfile, context = str(image.dockerfile), str(image.context)
    text = files_of(work.tree).text(dockerfile)
    patterns = read_ignored(work.place.root, context, dockerfile)
    return Plan(
        image=replace(image, build_args=arguments),
        origins=found.origins,
        parsed=parse_dockerfile(text, arguments),
        patterns=patterns,
        files=content.context_files(work.tree.files, context, patterns),
    )


def _refuse_secrets(arguments: Mapping[str, str], origin: str) -> None:
    for name, value in arguments.items():
        if why := looks_secret(name, value):
            raise SettingsError(
                f"{origin}: {why}, and build arguments stand in the image's history",
                fix=secret_hint(name),
            )


def read_recipe(work: Work, plan: Plan, state: GitState | None, bases: Mapping[str, str]) -> Recipe:
    """`bases` are digests of base images, those of this plan among them."""
    image = plan.image
    digests = {name: bases.get(name, "") for name in plan.bases}
    key = content.content_key(
        work.place.root,
        files=plan.files,
        dockerfile=str(image.dockerfile),
        target=plan.target,
        args=plan.args,
        platforms=image.platforms,
        bases=digests,
        attestations=image.attestations,
    )
    labels = _labels(work, plan, state, digests)
    return Recipe(
        name=image.name,
        context=str(image.context),
        dockerfile=str(image.dockerfile),
        original=str(image.dockerfile),
        reference=f"{local_name(work.place.root, image.name)}:{key}",
        content_key=key,
        target=plan.target,
        args=plan.args,
        labels=labels,
        platforms=tuple(image.platforms),
        ssh=image.ssh,
        cache_from=tuple(image.cache_from),
        cache_to=tuple(image.cache_to),
        attestations=tuple(image.attestations),
        builder=image.builder,
        epoch=state.committed_at if state else None,
        timeout_s=image.timeout_s,
        steps={
            " ".join(f"{each.word} {each.text}".split()): each.line
            for stage in plan.parsed.stages
            for each in stage.instructions
        },
    )


def _labels(
    work: Work, plan: Plan, state: GitState | None, digests: Mapping[str, str]
) -> dict[str, str]:
    chain = plan.parsed.chain(plan.target)
    base = chain[-1].base if chain and chain[-1].base != "scratch" else ""
    return plan_labels(
        state,
        title=plan.image.name,
        licence=find_licence(files_of(work.tree), folder_of(str(plan.image.context))),
        base=base,
        base_digest=digests.get(base, ""),
    )


def with_shielded_context(work: Work, recipe: Recipe, plan: Plan) -> Recipe:
    """Keeps our own folders out of a context that holds them: every run writes there.

    BuildKit reads what to ignore from beside the Dockerfile: it gets a copy of it in this
    run's folder, with the repository's own patterns and ours.
    """
    if folder_of(recipe.context):
        return recipe
    root, folder = work.place.root, work.run.folder / "images" / recipe.name
    copy = folder / os.path.basename(recipe.dockerfile)
    write_text(copy, files_of(work.tree).text(recipe.dockerfile))
    lines = [*plan.patterns, *content.OURS]
    write_text(folder / f"{copy.name}.dockerignore", "\n".join(lines) + "\n")
    return replace(recipe, dockerfile=os.path.relpath(copy, root))


def with_secrets(work: Work, recipe: Recipe, image: Image) -> tuple[Recipe, dict[str, Secret]]:
    """The recipe with its build secrets, and the variables that carry them.

    Raises `MissingError` for a secret that is not here.
    """
    sources: dict[str, str] = {}
    variables: dict[str, Secret] = {}
    for number, (name, source) in enumerate(image.secrets.items()):
        kind, _, rest = source.partition(":")
        secret = _read_secret(work, image, name, kind, rest)
        if kind == "file":
            work.masks.add(secret)
            sources[name] = f"src={rest}"
        else:
            # Ours alone: two images may mean different things by one name.
            variable = f"CICD_BUILD_SECRET_{image.name.upper()}_{number}"
            sources[name], variables[variable] = f"env={variable}", secret
    return replace(recipe, secrets=sources), variables


def _read_secret(work: Work, image: Image, name: str, kind: str, rest: str) -> Secret:
    what = f'{image.name}: the build secret "{name}"'
    if kind == "env":
        if not (value := work.environ.get(rest)):
            raise MissingError(f"{what} is not here: {rest} is not set")
        return Secret(value)
    if kind == "file":
        try:
            return Secret((work.place.root / rest).read_text(errors="replace"))
        except OSError as error:
            raise MissingError(f"{what} is not here: {rest}: {error.strerror}") from error
    shell = Command(("sh", "-c", rest))
    done = work.place.runner.run(shell, timeout_s=_SECRET_S, quiet=True)
    if not done.ok or not done.output.strip():
        raise MissingError(f"{what} is not here: its command ended with {done.return_code}")
    return Secret(done.output.strip())
