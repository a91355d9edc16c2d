"""What the saved image shows: who it runs as, what it should not hold, and its size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd.images.proofs.history import find_told, hide_values
from cicd.images.proofs.tracing import Step, shorten
from cicd.images.proofs.sizes import LayerSize, Sizes, explain_budget, render_mb
from cicd.images.proofs.users import explain_root
from cicd.model import Failure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicd.images.layers import SavedImage

_NOT_ROOT = "end its stage with: USER and another user; or allow it: cicd.Image(…, root=True)"
_LEFT_OUT = "name it in .dockerignore; what a build needs, mount: RUN --mount=type=secret"
_TOLD = 20
"""Findings of one kind in one layer beyond this tell nothing new."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """An image that was read, with the steps that made it; where its Dockerfile is, and the
    command that repeats its session."""

    saved: SavedImage
    steps: tuple[Step, ...]
    dockerfile: str
    repeat: str

    @property
    def layer_steps(self) -> tuple[Step, ...]:
        """For each layer the step that made it; one of no name where the history does not say."""
        made = [step for step in self.steps if step.has_layer]
        layers = self.saved.layers
        if len(made) != len(layers):
            return tuple(Step(command="", has_layer=True) for _ in layers)
        return tuple(made)

    @property
    def sizes(self) -> Sizes:
        pairs = zip(self.saved.layers, self.layer_steps, strict=True)
        return Sizes(
            tuple(
                LayerSize(layer.size_bytes, shorten(hide_values(step.command)))
                for layer, step in pairs
            )
        )

    def failure(
        self, title: str, *, line: int | None = None, detail: str = "", fix: str = ""
    ) -> Failure:
        return Failure(
            title=title,
            path=self.dockerfile,
            line=line,
            detail=detail,
            repeat=self.repeat,
            fix=fix,
        )


def prove_user(contents: Contents) -> Iterator[Failure]:
    """It does not run as root."""
    user = str((contents.saved.config.get("config") or {}).get("User") or "")
    if said := explain_root(user, contents.saved.passwd):
        line = find_lines(contents.steps).get("USER")
        rooted = said.startswith("it runs as root")
        yield contents.failure(said, line=line, fix=_NOT_ROOT if rooted else "")


def prove_layers(contents: Contents) -> Iterator[Failure]:
    """No layer of the application's own holds what is secret, deleted or not."""
    layers = contents.saved.layers
    for number, (layer, step) in enumerate(zip(layers, contents.layer_steps, strict=True), 1):
        if not step.own:
            continue
        made = shorten(hide_values(step.command)) or "of unknown origin"
        where = f"layer {number} of {len(layers)}, {made}"
        if layer.unread:
            yield contents.failure(f"layer {number} was not looked at: {layer.unread}")
        for found in list(dict.fromkeys(layer.found))[:_TOLD]:
            detail = f"in {where}\na file that a later layer deletes is in the image all the same"
            yield contents.failure(found, line=step.line, detail=detail, fix=_LEFT_OUT)


def prove_history(contents: Contents) -> Iterator[Failure]:
    """No instruction of the application's own tells a secret to whoever reads the history."""
    for step in contents.steps:
        for found in dict.fromkeys(find_told(step.command)) if step.own else ():
            detail = f"`docker history` shows it: {shorten(hide_values(step.command))}"
            yield contents.failure(f"{found} in the history", line=step.line, detail=detail)


def prove_size(contents: Contents, max_mb: float | None, last: Sizes | None) -> Iterator[Failure]:
    """It is within its budget."""
    said, _, table = explain_budget(contents.sizes, max_mb, last).partition("\n")
    if said:
        yield contents.failure(f"too large: {said}", detail=table)


def describe_contents(contents: Contents) -> tuple[str, dict[str, float]]:
    """The size in words, and the numbers."""
    size = contents.saved.size_bytes
    return render_mb(size), {"size_bytes": size, "layers": len(contents.saved.layers)}


def find_lines(steps: tuple[Step, ...]) -> dict[str, int]:
    """Where the last instruction of each kind stands, where that is known."""
    return {
        step.command.partition(" ")[0].upper(): step.line for step in steps if step.line is not None
    }
