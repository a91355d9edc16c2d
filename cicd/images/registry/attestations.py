"""What an index says about its images: bills of materials and provenance, from BuildKit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.images.registry.manifests import PREDICATE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cicd.images.registry.manifests import Manifest

_KINDS = {
    "sbom": ("https://spdx.dev/", "https://cyclonedx.org/"),
    "provenance": ("https://slsa.dev/provenance/",),
}
KINDS = tuple(_KINDS)


def attested(manifest: Manifest, children: Iterable[Manifest]) -> frozenset[str]:
    """Which kinds there are for every image of the index.

    https://docs.docker.com/build/metadata/attestations/attestation-storage/
    """
    by_digest = {child.digest: child for child in children}
    images = [one.digest for one in manifest.children if not one.is_attestation]
    found: dict[str, set[str]] = {digest: set() for digest in images}
    for one in manifest.children:
        subject = one.annotations.get("vnd.docker.reference.digest", "")
        if one.is_attestation and subject in found and one.digest in by_digest:
            found[subject] |= _kinds(by_digest[one.digest])
    return frozenset(set.intersection(*found.values()) if found else ())


def _kinds(manifest: Manifest) -> set[str]:
    predicates = [layer.annotations.get(PREDICATE, "") for layer in manifest.layers]
    return {
        kind
        for kind, starts in _KINDS.items()
        if any(predicate.startswith(starts) for predicate in predicates)
    }
