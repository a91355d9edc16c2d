"""What a repository has of an image before it is pushed, and what speaks against pushing."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd.images.registry.copying import Place
from cicd.images.registry.manifests import Manifest
from cicd.images.tags import Tag

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


_REVISION = "org.opencontainers.image.revision"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One image for one repository. `image_id` is the engine's name for what was verified at
    `commit`, `required` what it must have to be pushed, `relatives` are tags whose images share
    layers with it."""

    image: str
    image_id: str
    commit: str
    place: Place
    tags: tuple[Tag, ...]
    required: tuple[str, ...] = ()
    relatives: tuple[str, ...] = ()

    def name(self, version: str) -> str:
        return self.place.repository.at(version)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """`present` has the digest of each tag that is there, `ours` is the manifest of this very
    image where some tag has it, `manifests` are those of all tags.

    `left` has the tags of this commit, content and version that name another build of it: a
    release is built again to bear its version, and a machine of CI builds what another one did.
    They stay what they are.
    """

    job: Job
    present: Mapping[str, str]
    left: Mapping[str, str]
    ours: Manifest | None = None
    manifests: tuple[Manifest, ...] = ()

    @property
    def digest(self) -> str:
        return self.ours.digest if self.ours else ""

    @property
    def tags(self) -> tuple[Tag, ...]:
        """Those that are to name this image."""
        return tuple(tag for tag in self.job.tags if tag.name not in self.left)

    @property
    def is_complete(self) -> bool:
        return all(self.present.get(tag.name, "absent") == self.digest for tag in self.tags)

    @property
    def taken(self) -> Iterator[tuple[Tag, str]]:
        """Tags that must not move, and that name another image."""
        for tag in self.tags:
            there = self.present.get(tag.name)
            if there and there != self.digest and not tag.moves:
                yield tag, there


def survey(job: Job) -> Standing:
    """Asks the registry for every tag. Raises `RemoteError`."""
    client, where = job.place.client, job.place.repository
    names = dict.fromkeys((*(tag.name for tag in job.tags), *job.relatives))
    digests = {name: client.find_digest(where, name) for name in names}
    present = {name: digest for name, digest in digests.items() if digest}
    found = [client.find_manifest(where, digest) for digest in dict.fromkeys(present.values())]
    manifests = {one.digest: one for one in found if one}
    ours = next((one for one in manifests.values() if is_image(one, job.image_id)), None)
    others = {digest: one for digest, one in manifests.items() if one is not ours}
    return Standing(
        job=job,
        present=present,
        left=_find_other_builds(job, present, others),
        ours=ours,
        manifests=tuple(manifests.values()),
    )


def _find_other_builds(
    job: Job, present: Mapping[str, str], others: Mapping[str, Manifest]
) -> dict[str, str]:
    """An image that says which commit it is from is one of ours, and its content is in its
    name. That of a commit or a version is another build when it says this commit, or is that of
    its content: what did not touch the content left the image as it was."""
    fixed = {tag.name for tag in job.tags if not tag.moves}
    revisions = {
        name: read_labels(job.place, others[digest]).get(_REVISION, "")
        for name, digest in present.items()
        if digest in others and name in fixed
    }
    same = {present[name] for name in revisions if name.startswith("content-") and revisions[name]}
    return {
        name: present[name]
        for name, revision in revisions.items()
        if present[name] in same or revision == job.commit
    }


def read_labels(place: Place, manifest: Manifest) -> Mapping[str, str]:
    """The labels of an image, or of the first one in an index; none where they cannot be read."""
    images = [child.digest for child in manifest.children if not child.is_attestation]
    one = place.client.find_manifest(place.repository, images[0]) if images else manifest
    if one is None or one.config is None:
        return {}
    try:
        config = json.loads(place.client.read_blob(place.repository, one.config.digest))
        return dict(config["config"]["Labels"] or {})
    except (ValueError, LookupError, TypeError):
        return {}


def is_image(manifest: Manifest, image_id: str) -> bool:
    """Engines call an image by its configuration, or by its manifest."""
    config = manifest.config
    return manifest.digest == image_id or (config is not None and config.digest == image_id)
