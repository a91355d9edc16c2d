"""An image of the local engine as a registry would hold it: manifests, and blobs in files."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

from cicd.errors import MissingError
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

_CHUNK_BYTES = 1024 * 1024
_GZIP = 31  # https://docs.python.org/3/library/zlib.html#zlib.compressobj
_LEVEL = 6
_LABELS = "org.opencontainers.image."

Known = Callable[[str], Descriptor | None]


@dataclass(frozen=True, slots=True)
class Exported:
    """`manifest` is what a tag is to name. `children` are those of an index. `files` has the
    blobs, by digest; one that is missing there is in the registry that it was `known` from."""

    manifest: Manifest
    children: tuple[Manifest, ...]
    files: Mapping[str, Path]


def read_exported(folder: Path, image_id: str, known: Known) -> Exported:
    """Makes of a saved image what can be pushed.

    An engine that keeps images as registries do (containerd) calls an image by the digest of
    its manifest: that is taken as it is. Others call it by its configuration: its layers are
    packed and a manifest is written, the same for the same image wherever that is done. `known`
    tells of a layer, by the digest of what is packed in it, how it was packed before: it is
    then not packed once more.

    Raises `MissingError` when the engine saved something else than this image.
    """
    named = _read(folder / "blobs" / "sha256" / image_id.removeprefix("sha256:"))
    manifest = Manifest(content=named, media_type=_media_type(named))
    if manifest.media_type:
        return _as_it_is(folder / "blobs" / "sha256", manifest)
    return _packed(folder, image_id, known)


def _as_it_is(blobs: Path, manifest: Manifest) -> Exported:
    children = []
    for child in manifest.children:
        content = _read(blobs / child.digest.removeprefix("sha256:"))
        if not content:
            raise MissingError(f"the engine does not have {child.digest}, a part of the image")
        children.append(Manifest(content=content, media_type=child.media_type))
    needed = (blob.digest for one in (manifest, *children) for blob in one.blobs)
    files = {digest: blobs / digest.removeprefix("sha256:") for digest in needed}
    return Exported(manifest, tuple(children), files)


def _packed(folder: Path, image_id: str, known: Known) -> Exported:
    entry = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))[0]
    config_file = folder / entry["Config"]
    content = config_file.read_bytes()
    if digest_of(content) != image_id:
        raise MissingError(f"the engine saved {digest_of(content)} instead of {image_id}")
    config = json.loads(content)
    files, layers = {image_id: config_file}, []
    for diff_id, name in zip(config["rootfs"]["diff_ids"], entry["Layers"], strict=True):
        layer = known(diff_id)
        if layer is None:
            layer, path = _pack(folder / name, diff_id)
            files[layer.digest] = path
        layers.append(layer)
    own = Descriptor(digest=image_id, size_bytes=len(content), media_type=OCI_CONFIG)
    return Exported(_manifest(config, own, layers), (), files)


def _manifest(config: dict[str, Any], own: Descriptor, layers: list[Descriptor]) -> Manifest:
    """Labels that OCI defines are its annotations as well: registries show them."""
    labels = (config.get("config") or {}).get("Labels") or {}
    annotations = {name: labels[name] for name in sorted(labels) if name.startswith(_LABELS)}
    values = {
        "schemaVersion": 2,
        "mediaType": OCI_MANIFEST,
        "config": render_descriptor(own),
        "layers": [render_descriptor(replace(one, media_type=OCI_LAYER)) for one in layers],
        **({"annotations": annotations} if annotations else {}),
    }
    return encode(values, OCI_MANIFEST)


def _pack(layer: Path, diff_id: str) -> tuple[Descriptor, Path]:
    """Packs a layer; no time and no name get in, so that the same layer gives the same bytes."""
    packed = layer.with_name(f"{layer.name}.gz")
    unpacked_digest, packed_digest = hashlib.sha256(), hashlib.sha256()
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)
    with layer.open("rb") as source, packed.open("wb") as target:
        while chunk := source.read(_CHUNK_BYTES):
            unpacked_digest.update(chunk)
            _write(target, packed_digest, packer.compress(chunk))
        _write(target, packed_digest, packer.flush())
    if f"sha256:{unpacked_digest.hexdigest()}" != diff_id:
        raise MissingError(f"the engine saved another layer than {diff_id}")
    digest, size_bytes = f"sha256:{packed_digest.hexdigest()}", packed.stat().st_size
    return Descriptor(digest=digest, size_bytes=size_bytes, media_type=OCI_LAYER), packed


def _write(target: IO[bytes], digest: hashlib._Hash, packed: bytes) -> None:
    digest.update(packed)
    target.write(packed)


def _media_type(content: bytes) -> str:
    """That of a manifest or an index; empty for anything else."""
    values = json.loads(content or b"{}")
    kinds = {"manifests": OCI_INDEX, "layers": OCI_MANIFEST}
    kind = next((kinds[name] for name in kinds if name in values), "")
    return str(values.get("mediaType", kind)) if kind else ""


def _read(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""
