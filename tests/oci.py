"""Small images as a registry holds them, made without an engine."""

import contextlib
import gzip
import io
import json
from collections.abc import Callable
from typing import IO

from cicd.images.registry.client import Client
from cicd.images.registry.copying import Place
from cicd.images.registry.manifests import (
    OCI_CONFIG,
    OCI_INDEX,
    OCI_LAYER,
    OCI_MANIFEST,
    Descriptor,
    Manifest,
    digest_of,
    encode,
    render_descriptor,
)
from cicd.images.registry.names import parse_repository
from cicd.images.registry.wire import Wire
from cicd.system.http import Patience


class Waits(list[float]):
    """Patience that waits for nothing and keeps how long it would have waited."""

    def patience(self, attempts: int = 5) -> Patience:
        return Patience(attempts=attempts, wait=self.append)


@contextlib.contextmanager
def place_at(name: str, **options: object):  # type: ignore[no-untyped-def]
    """A repository, and a client for its registry."""
    repository = parse_repository(name)
    options.setdefault("patience", Waits().patience())
    with contextlib.closing(Wire(repository.host, **options)) as wire:  # type: ignore[arg-type]
        yield Place(Client(wire), repository)


def put_blob(place: Place, content: bytes, media_type: str) -> Descriptor:
    one = Descriptor(digest=digest_of(content), size_bytes=len(content), media_type=media_type)
    place.client.upload_blob(place.repository, one, opener(content))
    return one


def opener(content: bytes) -> Callable[[], IO[bytes]]:
    return lambda: io.BytesIO(content)


def put_image(
    place: Place,
    tag: str,
    text: str,
    *,
    created: str = "2026-01-01T00:00:00Z",
    layer: bytes | None = None,
    **more: object,
) -> Manifest:
    """An image whose only layer is a few bytes."""
    layers = [put_blob(place, layer or gzip.compress(text.encode(), mtime=0), OCI_LAYER)]
    config = {"created": created, "os": "linux", "architecture": "amd64", "text": text}
    own = put_blob(place, json.dumps(config).encode(), OCI_CONFIG)
    manifest = image_manifest(own, layers, **more)
    place.client.put_manifest(place.repository, tag or manifest.digest, manifest)
    return manifest


def image_manifest(own: Descriptor, layers: list[Descriptor], **more: object) -> Manifest:
    values = {
        "schemaVersion": 2,
        "mediaType": OCI_MANIFEST,
        "config": render_descriptor(own),
        "layers": [render_descriptor(one, annotations=dict(one.annotations)) for one in layers],
        **more,
    }
    return encode(values, OCI_MANIFEST)


def put_index(place: Place, tag: str, *children: Manifest, **annotations: str) -> Manifest:
    """An index; the last child is an attestation about the first when `annotations` say so."""
    listed = [described(child) for child in children]
    if annotations:
        listed[-1]["annotations"] = {
            name.replace("_", "."): text for name, text in annotations.items()
        }
    values = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": listed}
    index = encode(values, OCI_INDEX)
    place.client.put_manifest(place.repository, tag, index)
    return index


def described(manifest: Manifest) -> dict[str, object]:
    one = Descriptor(
        digest=manifest.digest,
        size_bytes=len(manifest.content),
        media_type=manifest.media_type,
    )
    return render_descriptor(one)
