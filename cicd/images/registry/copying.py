"""Brings a manifest, with all it refers to, to another repository: the same bytes, the same
digest."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd.errors import RemoteError
from cicd.images.registry.client import referrers_tag
from cicd.images.registry.manifests import (
    OCI_INDEX,
    Descriptor,
    Manifest,
    encode,
    render_descriptor,
)

if TYPE_CHECKING:
    from cicd.images.registry.client import Client
    from cicd.images.registry.names import Repository


@dataclass(frozen=True, slots=True)
class Place:
    """A repository, and whom to ask for it."""

    client: Client
    repository: Repository

    @property
    def host(self) -> str:
        return self.repository.host


def copy_content(source: Place, target: Place, manifest: Manifest) -> None:
    """Afterwards the target serves the manifest under its digest.

    What is there already is not sent; within a registry nothing is sent but manifests, where
    it can mount. What an index names and the source does not have is an error.
    """
    if source.repository == target.repository:
        return
    if target.client.find_digest(target.repository, manifest.digest):
        return
    for child in manifest.children:
        copy_content(source, target, _require(source, child.digest))
    for blob in manifest.blobs:
        copy_blob(source, target, blob)
    target.client.put_manifest(target.repository, manifest.digest, manifest)


def copy_referrers(source: Place, target: Place, manifest: Manifest) -> int:
    """Brings what is about this manifest and its children: signatures, attestations.

    Both ways are followed: cosign's tags, and what names its subject. Returns how many came.
    """
    count = 0
    for digest in (manifest.digest, *(child.digest for child in manifest.children)):
        for tag in companion_tags(digest):
            if found := source.client.find_manifest(source.repository, tag):
                copy_content(source, target, found)
                target.client.put_manifest(target.repository, tag, found)
                count += 1
        for one in source.client.referrers(source.repository, digest):
            _copy_referrer(source, target, digest, one)
            count += 1
    return count


def companion_tags(digest: str) -> tuple[str, ...]:
    """Tags under which cosign keeps what belongs to a digest.

    https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md
    """
    return tuple(f"{referrers_tag(digest)}.{kind}" for kind in ("sig", "att", "sbom"))


def _copy_referrer(source: Place, target: Place, subject: str, one: Descriptor) -> None:
    """A registry that does not list referrers has them listed under a tag by its clients."""
    manifest = _require(source, one.digest)
    for blob in manifest.blobs:
        copy_blob(source, target, blob)
    if target.client.put_manifest(target.repository, manifest.digest, manifest):
        return
    present = target.client.referrers(target.repository, subject)
    if one.digest in (other.digest for other in present):
        return
    values = {
        "schemaVersion": 2,
        "mediaType": OCI_INDEX,
        "manifests": [_listed(other) for other in (*present, one)],
    }
    target.client.put_manifest(target.repository, referrers_tag(subject), encode(values, OCI_INDEX))


def _listed(one: Descriptor) -> dict[str, object]:
    more = {"artifactType": one.artifact_type} if one.artifact_type else {}
    if one.annotations:
        return render_descriptor(one, **more, annotations=dict(one.annotations))
    return render_descriptor(one, **more)


def copy_blob(source: Place, target: Place, blob: Descriptor) -> None:
    where = target.repository
    if target.client.has_blob(where, blob.digest):
        return
    if source.host == target.host:
        if target.client.mount_blob(where, blob.digest, source.repository):
            return
    body = functools.partial(source.client.open_blob, source.repository, blob.digest)
    target.client.upload_blob(where, blob, body)


def _require(source: Place, digest: str) -> Manifest:
    found = source.client.find_manifest(source.repository, digest)
    if found is None:
        raise RemoteError(f"{source.repository.at(digest)} is not there, and something names it")
    return found
