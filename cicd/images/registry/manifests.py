"""Manifests: what a registry keeps under a digest, and what they refer to."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

OCI_INDEX = "application/vnd.oci.image.index.v1+json"
OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
OCI_CONFIG = "application/vnd.oci.image.config.v1+json"
OCI_LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
DOCKER_INDEX = "application/vnd.docker.distribution.manifest.list.v2+json"
DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
ARTIFACT = "application/vnd.oci.artifact.manifest.v1+json"
INDEXES = (OCI_INDEX, DOCKER_INDEX)
ACCEPTED = (OCI_INDEX, OCI_MANIFEST, DOCKER_INDEX, DOCKER_MANIFEST, ARTIFACT)
ATTESTED = "vnd.docker.reference.type"
PREDICATE = "in-toto.io/predicate-type"


@dataclass(frozen=True, slots=True, kw_only=True)
class Descriptor:
    """What a manifest says of something that it refers to."""

    digest: str
    size_bytes: int = 0
    media_type: str = ""
    platform: str = ""
    artifact_type: str = ""
    annotations: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_attestation(self) -> bool:
        """https://docs.docker.com/build/metadata/attestations/attestation-storage/"""
        return self.annotations.get(ATTESTED) == "attestation-manifest"


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """The bytes that a digest stands for. What is read from them is read leniently: registries
    hold what anybody once pushed."""

    content: bytes
    media_type: str

    @cached_property
    def digest(self) -> str:
        return digest_of(self.content)

    @property
    def is_index(self) -> bool:
        return self.media_type in INDEXES

    @property
    def children(self) -> tuple[Descriptor, ...]:
        """The manifests of an index: one for each platform, and their attestations."""
        return self._descriptors("manifests")

    @property
    def config(self) -> Descriptor | None:
        value = self._values.get("config")
        return parse_descriptor(value) if isinstance(value, dict) else None

    @property
    def layers(self) -> tuple[Descriptor, ...]:
        return self._descriptors("layers") or self._descriptors("blobs")

    @property
    def blobs(self) -> tuple[Descriptor, ...]:
        """What must be in the registry before this manifest is."""
        blobs = (*([self.config] if self.config else []), *self.layers)
        return tuple({blob.digest: blob for blob in blobs}.values())

    @property
    def subject(self) -> str:
        """The digest that a signature or an attestation is about."""
        value = self._values.get("subject")
        return str(value.get("digest", "")) if isinstance(value, dict) else ""

    @property
    def annotations(self) -> Mapping[str, str]:
        return _texts(self._values.get("annotations"))

    @property
    def artifact_type(self) -> str:
        return str(self._values.get("artifactType") or getattr(self.config, "media_type", ""))

    @cached_property
    def _values(self) -> dict[str, Any]:
        values = json.loads(self.content)
        return values if isinstance(values, dict) else {}

    def _descriptors(self, name: str) -> tuple[Descriptor, ...]:
        values = self._values.get(name)
        found = values if isinstance(values, list) else []
        return tuple(parse_descriptor(value) for value in found if isinstance(value, dict))


def digest_of(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def parse_descriptor(value: Mapping[str, Any]) -> Descriptor:
    platform = value.get("platform")
    return Descriptor(
        digest=str(value.get("digest", "")),
        size_bytes=int(value.get("size", 0)),
        media_type=str(value.get("mediaType", "")),
        platform=_platform(platform) if isinstance(platform, dict) else "",
        artifact_type=str(value.get("artifactType") or ""),
        annotations=_texts(value.get("annotations")),
    )


def render_descriptor(one: Descriptor, **more: object) -> dict[str, object]:
    return {"mediaType": one.media_type, "digest": one.digest, "size": one.size_bytes, **more}


def encode(values: Mapping[str, object], media_type: str) -> Manifest:
    """The same values are the same bytes, and so the same digest."""
    content = json.dumps(values, separators=(",", ":"), ensure_ascii=False).encode()
    return Manifest(content=content, media_type=media_type)


def _platform(value: Mapping[str, Any]) -> str:
    return "/".join(
        filter(None, (str(value.get(n) or "") for n in ("os", "architecture", "variant")))
    )


def _texts(value: object) -> Mapping[str, str]:
    found = value if isinstance(value, dict) else {}
    return {str(name): str(text) for name, text in found.items()}
