"""Layers that a registry has already, by the digest of what is packed in them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from cicd.errors import RemoteError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cicd.images.registry.copying import Place
    from cicd.images.registry.manifests import Descriptor, Manifest
    from cicd.images.registry.standing import Standing


def find_packed(standings: Iterable[Standing]) -> Mapping[str, tuple[Descriptor, Place]]:
    """What the images that are there share with a new one is neither packed nor sent.

    The registry says what is in a layer: whoever pulls it checks that.
    """
    found: dict[str, tuple[Descriptor, Place]] = {}
    for standing in standings:
        for manifest in standing.manifests:
            for diff_id, layer in _layers(standing.job.place, manifest):
                found.setdefault(diff_id, (layer, standing.job.place))
    return found


def _layers(place: Place, manifest: Manifest) -> Iterable[tuple[str, Descriptor]]:
    if manifest.config is None or not all(_is_gzip(layer) for layer in manifest.layers):
        return ()
    try:
        config = json.loads(place.client.read_blob(place.repository, manifest.config.digest))
        return tuple(zip(config["rootfs"]["diff_ids"], manifest.layers, strict=True))
    except (RemoteError, ValueError, LookupError, TypeError):
        return ()  # a signature, or anything else that is no image


def _is_gzip(layer: Descriptor) -> bool:
    return layer.media_type.endswith(("tar+gzip", "tar.gzip"))
