"""The definition of a build, as `docker buildx bake` and as `docker build` take it."""

from __future__ import annotations

import json
import os
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from cicd.model import Command

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from cicd.images.builders import Builder
    from cicd.images.recipe import Recipe

EPOCH = "SOURCE_DATE_EPOCH"
_ATTEST = {"sbom": "type=sbom", "provenance": "type=provenance,mode=max"}


def render_bake(recipes: Sequence[Recipe], builder: Builder, archives: Mapping[str, str]) -> str:
    """All images in one definition, so that the stages they share are built once. Paths are
    relative to the root. `archives` are the files that images are written to, by their names;
    the others go to the builder's own engine."""
    targets = {
        recipe.name: _target(recipe, builder, archives.get(recipe.name, "")) for recipe in recipes
    }
    whole = {"group": {"default": {"targets": list(targets)}}, "target": targets}
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def _target(recipe: Recipe, builder: Builder, archive: str) -> dict[str, Any]:
    labels = dict(recipe.labels)
    stated = [f"{name}={value}" for name, value in labels.items()] if builder.annotates else []
    fields: dict[str, Any] = {
        "context": recipe.context,
        "dockerfile": os.path.relpath(recipe.dockerfile, recipe.context),
        "target": recipe.target,
        "args": _literal(_args(recipe)),
        "labels": _literal(labels),
        "annotations": [_literal_text(each) for each in stated],
        "tags": [recipe.reference],
        "platforms": list(recipe.platforms),
        "secret": [f"id={name},{source}" for name, source in recipe.secrets.items()],
        "ssh": [recipe.ssh] if recipe.ssh else [],
        "cache-from": [_scoped(each, recipe) for each in recipe.cache_from if builder.caches(each)],
        "cache-to": [_scoped(each, recipe) for each in recipe.cache_to if builder.caches(each)],
        "attest": [_ATTEST[kind] for kind in recipe.attestations],
        "output": [_output(recipe, builder, archive)],
    }
    return {name: value for name, value in fields.items() if value}


def _args(recipe: Recipe) -> dict[str, str]:
    """BuildKit dates what it makes by this one; a Dockerfile may declare it and use it."""
    own = {} if recipe.epoch is None else {EPOCH: str(recipe.epoch)}
    return {**own, **recipe.args}


def _output(recipe: Recipe, builder: Builder, archive: str) -> str:
    """An engine unpacks what it builds, and BuildKit then refuses to rewrite times: so these
    come as a file, which is loaded. A file of that kind has no room for an index."""
    if recipe.is_index:
        return "type=image"
    place = f",dest={archive}" if archive else ""
    dated = recipe.epoch is not None and builder.rewrites_times
    return f"type=docker{place},rewrite-timestamp=true" if dated else f"type=docker{place}"


def _scoped(cache: str, recipe: Recipe) -> str:
    """GitHub's cache has one entry for each scope: images would write over one another."""
    if cache.startswith("type=gha") and "scope=" not in cache:
        return f"{cache},scope={recipe.name}"
    return cache


def _literal(values: Mapping[str, str]) -> dict[str, str]:
    return {name: _literal_text(value) for name, value in values.items()}


def _literal_text(text: str) -> str:
    """bake reads `${…}` and `%{…}` as its own variables."""
    return text.replace("${", "$${").replace("%{", "%%{")


def bake_command(
    builder: Builder, definition: Path, metadata: Path, *, allow: Sequence[str] = ()
) -> Command:
    """The builder of another engine goes by its context: buildx wants it so."""
    chosen = ("--context", builder.context) if builder.context else ()
    named = ("--builder", builder.name) if builder.name and not builder.context else ()
    host = {"DOCKER_HOST": None} if builder.context else {}
    return Command(
        (
            *(builder.docker, *chosen, "buildx", "bake", *named, "--file", os.fspath(definition)),
            *("--progress", "plain", "--metadata-file", os.fspath(metadata)),
            *(f"--allow={each}" for each in allow),
        ),
        # Attestations hold the time of the build: the same input would have another digest.
        env={
            "BUILDX_NO_DEFAULT_ATTESTATIONS": "1",
            "BUILDX_BAKE_ENTITLEMENTS_FS": "0",
            **host,
        },
    )


def build_command(recipe: Recipe, builder: Builder) -> Command:
    """The same for one image, where there is no buildx: the BuildKit that the engine has."""
    options = [("--file", recipe.dockerfile), ("--tag", recipe.reference), ("--progress", "plain")]
    options += [("--target", recipe.target)] if recipe.target else []
    options += [("--build-arg", f"{name}={value}") for name, value in _args(recipe).items()]
    options += [("--label", f"{name}={value}") for name, value in recipe.labels.items()]
    options += [("--secret", f"id={name},{source}") for name, source in recipe.secrets.items()]
    options += [("--platform", ",".join(recipe.platforms))] if recipe.platforms else []
    options += [("--ssh", recipe.ssh)] if recipe.ssh else []
    words = [word for option in options for word in option]
    context = str(PurePosixPath(recipe.context))
    return Command((builder.docker, "build", *words, context), env={"DOCKER_BUILDKIT": "1"})
