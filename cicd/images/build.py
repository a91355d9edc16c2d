"""Builds images: all in one go where there is buildx, one after the other without."""

from __future__ import annotations

import os
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

from cicd.errors import MissingError
from cicd.images.bake import bake_command, build_command, render_bake
from cicd.images.build_errors import explain_failure
from cicd.images.builders import parse_version
from cicd.system.state import write_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from cicd.errors import CicdError
    from cicd.images.builders import Builder, Docker
    from cicd.images.recipe import Recipe
    from cicd.model import Command, Secret
    from cicd.system.process import Runner

_ASK_S = 30.0


def run_build(
    recipes: Sequence[Recipe],
    builder: Builder,
    docker: Docker,
    folder: Path,
    runner: Runner,
    *,
    env: Mapping[str, Secret],
    limit_s: float,
) -> CicdError | None:
    """Builds images that one builder builds, and brings them into the engine of this machine.

    `folder` gets the definition, `env` carries build secrets. Returns the error when a build
    fails; of several images it does not say which one it was. Raises `MissingError` when
    nothing can be built.
    """
    _require_index(recipes, builder)
    allow = _allowances(recipes, builder, docker, runner)
    with ExitStack() as files:
        archives = _archives(recipes, builder, folder)
        for path in archives.values():
            files.callback(path.unlink, missing_ok=True)
        for command, quiet in _commands(recipes, builder, docker, folder, archives, allow):
            wanted = replace(command, env={**docker.env, **command.env, **env})
            done = runner.run(wanted, timeout_s=limit_s, quiet=quiet)
            if not done.ok:
                answers = _answers(docker, builder, runner)
                return explain_failure(done, recipes, limit_s, answers=answers)
    return None


def _commands(
    recipes: Sequence[Recipe],
    builder: Builder,
    docker: Docker,
    folder: Path,
    archives: Mapping[str, Path],
    allow: Sequence[str],
) -> Iterator[tuple[Command, bool]]:
    """What is run one after the other, and whether it is news what it prints."""
    if not builder.has_buildx:
        for recipe in recipes:
            yield build_command(recipe, builder), False
        return
    definition = folder / "bake.json"
    written = {name: os.fspath(path) for name, path in archives.items()} if builder.delivers else {}
    write_text(definition, render_bake(recipes, builder, written))
    yield bake_command(builder, definition, folder / "built.json", allow=allow), False
    for recipe in (recipe for recipe in recipes if recipe.name in archives):
        archive = os.fspath(archives[recipe.name])
        if not builder.delivers:
            save = ("save", "--output", archive, recipe.reference)
            yield docker.command(*save, context=builder.context), True
        yield docker.command("load", "--input", archive), True


def _allowances(
    recipes: Sequence[Recipe], builder: Builder, docker: Docker, runner: Runner
) -> list[str]:
    """From 0.19 on, bake is told that it may hand over the SSH agent."""
    if not builder.has_buildx or not any(recipe.ssh for recipe in recipes):
        return []
    asked = runner.run(docker.command("buildx", "version"), timeout_s=_ASK_S, quiet=True)
    return ["ssh"] if parse_version(asked.output) >= (0, 19) else []


def _archives(recipes: Sequence[Recipe], builder: Builder, folder: Path) -> dict[str, Path]:
    """Files on the way from one engine to another."""
    if not builder.delivers and not builder.context:
        return {}
    return {each.name: folder / f"{each.name}.tar" for each in recipes if not each.is_index}


def _require_index(recipes: Sequence[Recipe], builder: Builder) -> None:
    for recipe in (recipe for recipe in recipes if recipe.is_index and not builder.keeps_index):
        wanted = " and ".join(recipe.attestations or recipe.platforms)
        raise MissingError(
            f"{recipe.name}: an image with {wanted} needs buildx, and an engine of this machine"
            " with containerd's store",
            fix="https://docs.docker.com/engine/storage/containerd/",
        )


def _answers(docker: Docker, builder: Builder, runner: Runner) -> bool:
    """Whether the engines still answer; asked when something failed."""
    words = ("version", "--format", "{{.Server.Version}}")
    asked = [docker.command(*words, context=context) for context in {"", builder.context}]
    return all(runner.run(command, timeout_s=_ASK_S, quiet=True).ok for command in asked)
