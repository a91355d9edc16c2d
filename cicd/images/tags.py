"""The tags of an image, by the state of git."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cicd.system.git_state import GitState

_LONGEST = (
    128  # https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests
)
_NUMBER = r"(0|[1-9]\d*)"
_VERSION = re.compile(rf"v?{_NUMBER}\.{_NUMBER}\.{_NUMBER}(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?")
_OURS = re.compile(r"latest|(sha|content|pr|branch)-.*|v?\d+(\.\d+){0,2}([-+].*)?")


@dataclass(frozen=True, slots=True)
class Tag:
    """A name in a registry. One that `moves` names a newer image tomorrow; the others name
    one image for ever, and `push` refuses to move them."""

    name: str
    moves: bool


def plan_tags(state: GitState, content_key: str) -> tuple[Tag, ...]:
    """The tags of an image that was built from `content_key` in this state of git.

    docs/reference/image-tags.md has a table of cases, which a test reads.
    """
    tags = [Tag(f"content-{content_key}", moves=False)]
    if not state.dirty:
        tags += [Tag(f"sha-{state.commit[:12]}", moves=False), *_placed(state)]
    return tuple(dict.fromkeys(tags))


def release_of(tags: Iterable[str]) -> str:
    """The version that the tags of a commit name, without its `v`; "" without one."""
    found = (name.removeprefix("v") for name in tags if _VERSION.fullmatch(name))
    return next(found, "")


def _placed(state: GitState) -> Iterator[Tag]:
    """A pull request has its number alone: its branch may be called as one of ours, its author
    a stranger."""
    if state.pull_request is not None:
        yield Tag(f"pr-{state.pull_request}", moves=True)
        return
    if state.branch:
        yield Tag(_branch_tag(state.branch), moves=True)
    for name in state.tags:
        yield from _version_tags(name)
    if state.branch and state.branch == state.default_branch:
        yield Tag("latest", moves=True)


def _version_tags(name: str) -> Iterator[Tag]:
    """1.2.3, 1.2 and 1. A prerelease has no shorter form; below 1.0 a minor version may break
    what the last one promised, so there is no 0 (https://semver.org, 4 and 9)."""
    version = _VERSION.fullmatch(name)
    if not version:
        return
    yield Tag(_sanitised(name.removeprefix("v")), moves=False)
    major, minor, _, prerelease, metadata = version.groups()
    if not prerelease and not metadata:
        yield Tag(f"{major}.{minor}", moves=True)
        if major != "0":
            yield Tag(major, moves=True)


def _branch_tag(branch: str) -> str:
    """A branch that is called like another kind of tag says that it is a branch."""
    name = _sanitised(branch)
    return _sanitised(f"branch-{name}") if _OURS.fullmatch(name) else name


def _sanitised(name: str) -> str:
    """As a registry allows it. What is cut off stands in for itself as a short digest."""
    plain = re.sub(r"[^A-Za-z0-9_.-]+", "-", name).strip(".-")
    if plain and len(plain) <= _LONGEST:
        return plain
    short = hashlib.sha256(name.encode(errors="surrogateescape")).hexdigest()[:8]
    return f"{plain[: _LONGEST - 9] or 'branch'}-{short}"
