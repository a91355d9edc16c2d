"""What an image is built from, as a value: nothing is left to be found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """One image to build. Paths are relative to the repository's root; "." is the root.

    `reference` is the local name that it gets, which nothing else ever gets. `secrets` are
    the sources of build secrets by id, as `--secret` takes them ("env=NAME", "src=path").
    `epoch` is the time of the commit, in seconds; None without git. `original` is the Dockerfile
    as people know it, where `dockerfile` is a copy of it.
    """

    name: str
    context: str
    dockerfile: str
    original: str
    reference: str
    content_key: str
    target: str | None = None
    args: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    platforms: tuple[str, ...] = ()
    secrets: Mapping[str, str] = field(default_factory=dict)
    ssh: str | None = None
    cache_from: tuple[str, ...] = ()
    cache_to: tuple[str, ...] = ()
    attestations: tuple[str, ...] = ()
    builder: str | None = None
    epoch: int | None = None
    timeout_s: float = 1800.0
    steps: Mapping[str, int] = field(default_factory=dict)
    """The lines of the Dockerfile's instructions, by their text."""

    @property
    def is_index(self) -> bool:
        """Whether it is more than one manifest: several platforms, or one and its attestations."""
        return bool(self.attestations) or len(self.platforms) > 1
