"""What is known of an image, from the build to the registry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """An image that was built and lies in the local engine.

    `image_id` is the engine's own name for it: "sha256:…". `content_key` names what it was built
    from, the same for the same input. `reference` is a local name that nothing else moves.
    `digest` is that of its manifest, where the engine knows it before it is pushed, else "".
    """

    name: str
    image_id: str
    reference: str
    content_key: str
    digest: str = ""
    bases: Mapping[str, str] = field(default_factory=dict)
    """The digest of each image that it was built from."""

    @property
    def facts(self) -> dict[str, str]:
        """What its session's record keeps, and `push` reads."""
        return {
            "image_id": self.image_id,
            "reference": self.reference,
            "content_key": self.content_key,
            "digest": self.digest,
        }
