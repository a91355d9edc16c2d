"""What may be pushed: the images that `ci` verified of exactly this content."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd.config.resolve_image import GIVEN, resolve_image
from cicd.errors import CheckFailed, MissingError, SettingsError
from cicd.images.registry.names import Repository, parse_repository
from cicd.images.tags import Tag, plan_tags
from cicd.model import Failure, Outcome
from cicd.records.verified import Verified, VerifiedImage, read_verified
from cicd.system.ask import read_output
from cicd.system.git_state import GitState, read_git_state

if TYPE_CHECKING:
    from cicd.config.parts import Image
    from cicd.steps.work import Work

_SHOWN = 10
_CI = "nox -s ci"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushable:
    """A verified image and where it goes. `relatives` are tags whose images resemble it."""

    name: str
    image_id: str
    commit: str
    repositories: tuple[Repository, ...]
    tags: tuple[Tag, ...]
    platforms: tuple[str, ...]
    relatives: tuple[str, ...]


def require_pushable(work: Work, images: Sequence[Image]) -> tuple[Pushable, ...]:
    """Raises `CheckFailed` with every reason against it, before a registry is asked;
    `SettingsError` for an image that has no repository, or one that no registry allows."""
    state = read_git_state(work.place.root, work.environ)
    if state is None:
        raise MissingError("there is no commit here: what `ci` verified is known by its commit")
    placed = [(image, _repositories(work, image)) for image in images]
    verified = read_verified(work.place.state, state.tree)
    if failures := (*_changes(work, state), *_unverified(verified, state, images)):
        raise refused(failures)
    known = {one.name: one for one in (verified.images if verified else ())}
    return tuple(
        _pushable(found, repositories, state, known[found.name])
        for image, repositories in placed
        if repositories
        for found in (resolve_image(work.tree, image).image,)
    )


def refused(failures: Sequence[Failure]) -> CheckFailed:
    headline = f"nothing was pushed: {failures[0].title}"
    return CheckFailed(Outcome(headline=headline, passed=False, failures=tuple(failures)))


def _repositories(work: Work, image: Image) -> tuple[Repository, ...]:
    """None for an image whose noxfile says so; nobody having said anything is an error."""
    found = resolve_image(work.tree, image)
    names = found.image.repository
    names = (names,) if isinstance(names, str) else names if isinstance(names, tuple) else ()
    if not names and found.origins["repository"] != GIVEN:
        fix = f'  cicd.Image("{image.name}", repository="registry.example.com/{image.name}")'
        raise SettingsError(f"{image.name} has no repository to be pushed to", fix=fix)
    return tuple(parse_repository(name) for name in names)


def _changes(work: Work, state: GitState) -> Iterator[Failure]:
    if not state.dirty:
        return
    root = os.fspath(work.place.root)
    status = read_output(("git", "-C", root, "status", "--porcelain", "--untracked-files=normal"))
    files = [line[3:] for line in (status or "").splitlines()]
    more = f" and {len(files) - _SHOWN} more" if len(files) > _SHOWN else ""
    yield Failure(
        title="files differ from the commit",
        detail=", ".join(files[:_SHOWN]) + more,
        fix="commit them or take them away, then `nox -s ci` and `nox -s push`",
    )


def _unverified(
    verified: Verified | None, state: GitState, images: Sequence[Image]
) -> Iterator[Failure]:
    if verified is None:
        title = f"`ci` was not green for the content of {state.commit[:12]}"
        yield Failure(title=title, fix=_CI)
        return
    built = {one.name for one in verified.images if one.image_id}
    for image in images:
        if image.name not in built:
            yield Failure(title=f"`ci` did not verify {image.name}", fix=_CI)


def _pushable(
    image: Image, repositories: tuple[Repository, ...], state: GitState, verified: VerifiedImage
) -> Pushable:
    platforms = image.platforms
    return Pushable(
        name=image.name,
        image_id=verified.image_id,
        commit=state.commit,
        repositories=repositories,
        tags=plan_tags(state, verified.content_key),
        platforms=(platforms,) if isinstance(platforms, str) else platforms,
        relatives=tuple(filter(None, ("latest", state.default_branch))),
    )
