"""Reads an image as the engine saves it: a stream of its layers, its history, its settings.

Both layouts are read, Docker's own and the one of OCI. Nothing is written to a disk, and of a
file only what `look` asks for is held in memory.
"""

from __future__ import annotations

import json
import posixpath
import tarfile
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Any, Literal, cast

from cicd.images.stream import ChunkReader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    Look = Callable[["Entry"], Iterable[str]]

_BLOCK_BYTES = 1024 * 1024
_JSON_BYTES = 16 * 1024 * 1024
_USTAR = slice(257, 262)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A name in a layer. `read` gives the first bytes of a file, and only while it is looked at."""

    path: str
    size_bytes: int
    is_file: bool
    read: Callable[[int], bytes]


@dataclass(slots=True)
class Layer:
    """What is in a layer. `size_bytes` is that of its files, unpacked; `found` what `look` said."""

    size_bytes: int = 0
    files: int = 0
    found: list[str] = field(default_factory=list)
    passwd: str | None = None
    """Its `/etc/passwd`, where it has one."""
    unread: str = ""
    """Why it could not be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedImage:
    """`config` is the image's own description, with its history; `layers` from the base up."""

    config: dict[str, Any]
    layers: tuple[Layer, ...]

    @property
    def size_bytes(self) -> int:
        return sum(layer.size_bytes for layer in self.layers)

    @property
    def passwd(self) -> str:
        """`/etc/passwd` as the started image sees it."""
        return next((one.passwd for one in reversed(self.layers) if one.passwd is not None), "")


def read_image(chunks: Iterable[bytes], look: Look) -> SavedImage:
    """The image in the stream of `docker save`. `look` is asked about every name in every layer.

    Raises `ValueError` for a stream that is no image or that ends too early.
    """
    layers: dict[str, Layer] = {}
    texts: dict[str, Any] = {}
    try:
        for name, file in _members(cast("IO[bytes]", ChunkReader(chunks)), layers):
            _sort(name, file, layers, texts, look)
    except (tarfile.TarError, EOFError) as error:
        raise ValueError(f"the engine's stream of the image cannot be read: {error}") from error
    return _assemble(layers, texts)


def _members(stream: IO[bytes], layers: dict[str, Layer]) -> Iterator[tuple[str, IO[bytes]]]:
    with tarfile.open(fileobj=stream, mode="r|", bufsize=_BLOCK_BYTES) as archive:
        for member in archive:
            if member.issym():
                # The same layer twice is a link to the first; it may come before that.
                target = posixpath.join(posixpath.dirname(member.name), member.linkname)
                layers.setdefault(posixpath.normpath(target), Layer())
                layers[member.name] = layers[posixpath.normpath(target)]
            elif member.isfile() and (file := archive.extractfile(member)):
                yield member.name, file


def _sort(
    name: str, file: IO[bytes], layers: dict[str, Layer], texts: dict[str, Any], look: Look
) -> None:
    """Tells a layer from a description by how it begins: digests are no names."""
    head = cast("Any", file).peek(512)[:512]
    if head[:1] in (b"{", b"["):
        try:
            texts[name] = json.loads(file.read(_JSON_BYTES))
        except ValueError:
            return
    elif head[_USTAR] == b"ustar" or head[:2] == b"\x1f\x8b" or name.endswith("layer.tar"):
        _read_layer(file, layers.setdefault(name, Layer()), look, gzipped=head[:2] == b"\x1f\x8b")
    elif head[:4] == b"\x28\xb5\x2f\xfd":
        layers[name] = Layer(unread="it is packed with zstd, which cannot be read here")


def _read_layer(file: IO[bytes], layer: Layer, look: Look, *, gzipped: bool) -> None:
    mode: Literal["r|gz", "r|"] = "r|gz" if gzipped else "r|"
    with tarfile.open(fileobj=file, mode=mode, bufsize=_BLOCK_BYTES) as archive:
        for member in archive:
            # Whoever iterates over an archive makes it keep what it has passed.
            cast("Any", archive).members = []
            layer.size_bytes += member.size if member.isfile() else 0
            layer.files += 1

            def read(size: int, member: tarfile.TarInfo = member) -> bytes:
                content = archive.extractfile(member) if member.isfile() else None
                return content.read(size) if content else b""

            path = posixpath.normpath(member.name).lstrip("/")
            if path == "etc/passwd" and member.isfile():
                layer.passwd = read(_BLOCK_BYTES).decode(errors="replace")
                continue
            entry = Entry(path=path, size_bytes=member.size, is_file=member.isfile(), read=read)
            layer.found += look(entry)


def _assemble(layers: dict[str, Layer], texts: dict[str, Any]) -> SavedImage:
    """Docker's manifest is in both layouts; only builders leave it out."""
    try:
        if "manifest.json" in texts:
            manifest = texts["manifest.json"][0]
            config, names = texts[manifest["Config"]], manifest["Layers"]
        else:
            config, names = _oci(texts, layers)
        return SavedImage(config=config, layers=tuple(layers[name] for name in names))
    except (LookupError, TypeError) as error:
        raise ValueError(f"the engine's stream of the image lacks {error}") from error


def _oci(texts: dict[str, Any], layers: dict[str, Layer]) -> tuple[dict[str, Any], list[str]]:
    """The first image below the index that is here: attestations and other platforms are not."""
    waiting = list(texts["index.json"]["manifests"])
    while waiting:
        found = texts.get(_blob(waiting.pop(0)["digest"]), {})
        waiting += found.get("manifests", [])
        names = [_blob(layer["digest"]) for layer in found.get("layers", [])]
        if names and all(name in layers for name in names):
            return texts[_blob(found["config"]["digest"])], names
    raise KeyError("a manifest whose layers are all there")


def _blob(digest: str) -> str:
    return f"blobs/{digest.replace(':', '/')}"
