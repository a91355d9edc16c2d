import gzip
import hashlib
import io
import json
import os
import tarfile
from pathlib import Path

import pytest
from tests.archives import make_tar

from cicd.errors import MissingError
from cicd.images.registry.exported import read_exported
from cicd.images.registry.manifests import OCI_LAYER, Descriptor, digest_of
from cicd.images.registry.unpacking import unpack

LAYERS = [b"first layer" * 1000, b"second layer"]


def nothing_known(diff_id: str) -> None:
    return None


def config(*layers: bytes, **labels: str) -> bytes:
    diff_ids = [digest_of(layer) for layer in layers]
    return json.dumps(
        {"rootfs": {"type": "layers", "diff_ids": diff_ids}, "config": {"Labels": labels}}
    ).encode()


def archive(files: dict[str, bytes], links: dict[str, str] | None = None) -> list[bytes]:
    """As an engine streams it: in pieces of any size."""
    content = make_tar(files, links)
    return [content[start : start + 700] for start in range(0, len(content), 700)]


def old_archive(own: bytes) -> list[bytes]:
    """The layout of engines before 25."""
    name = f"{hashlib.sha256(own).hexdigest()}.json"
    entry = {"Config": name, "RepoTags": None, "Layers": ["a/layer.tar", "b/layer.tar"]}
    files = {"a/layer.tar": LAYERS[0], "b/layer.tar": LAYERS[1], name: own}
    return archive({**files, "manifest.json": json.dumps([entry]).encode()})


def blob(content: bytes) -> str:
    return f"blobs/sha256/{hashlib.sha256(content).hexdigest()}"


def new_archive(own: bytes) -> list[bytes]:
    """The layout of later engines with the classic store."""
    entry = {"Config": blob(own), "Layers": [blob(layer) for layer in LAYERS]}
    files = {blob(content): content for content in (*LAYERS, own)}
    return archive({**files, "manifest.json": json.dumps([entry]).encode()})


def test_both_layouts_of_the_classic_store_give_the_same_manifest(tmp_path: Path) -> None:
    own = config(*LAYERS)
    old = read_exported(unpack(old_archive(own), tmp_path / "old"), digest_of(own), nothing_known)
    new = read_exported(unpack(new_archive(own), tmp_path / "new"), digest_of(own), nothing_known)
    assert old.manifest.digest == new.manifest.digest
    assert old.manifest.config is not None and old.manifest.config.digest == digest_of(own)
    unpacked = [gzip.decompress(old.files[one.digest].read_bytes()) for one in old.manifest.layers]
    assert unpacked == LAYERS
    assert [one.size_bytes for one in old.manifest.layers] == [
        old.files[one.digest].stat().st_size for one in old.manifest.layers
    ]


def test_a_layer_that_is_there_twice_is_a_link_and_packed_all_the_same(tmp_path: Path) -> None:
    own = config(LAYERS[0], LAYERS[0])
    name = f"{hashlib.sha256(own).hexdigest()}.json"
    entry = {"Config": name, "Layers": ["a/layer.tar", "b/layer.tar"]}
    files = {"a/layer.tar": LAYERS[0], name: own, "manifest.json": json.dumps([entry]).encode()}
    folder = unpack(archive(files, {"b/layer.tar": "../a/layer.tar"}), tmp_path)
    exported = read_exported(folder, digest_of(own), nothing_known)
    first, second = exported.manifest.layers
    assert first == second


def test_labels_of_oci_become_annotations_and_others_do_not(tmp_path: Path) -> None:
    labels = {"org.opencontainers.image.revision": "abc", "maintainer": "somebody"}
    own = config(*LAYERS, **labels)
    exported = read_exported(unpack(old_archive(own), tmp_path), digest_of(own), nothing_known)
    assert exported.manifest.annotations == {"org.opencontainers.image.revision": "abc"}


def test_a_layer_that_a_registry_has_is_not_packed(tmp_path: Path) -> None:
    own, packed = config(*LAYERS), Descriptor(digest=digest_of(b"packed before"), size_bytes=13)
    known = {digest_of(LAYERS[0]): packed}
    exported = read_exported(unpack(old_archive(own), tmp_path), digest_of(own), known.get)
    assert exported.manifest.layers[0].digest == packed.digest
    assert exported.manifest.layers[0].media_type == OCI_LAYER
    assert packed.digest not in exported.files


def test_an_index_is_taken_as_it_is_with_all_its_parts(tmp_path: Path) -> None:
    own = config(*LAYERS)
    layer = gzip.compress(LAYERS[0])
    image = json.dumps({"config": described(own), "layers": [described(layer)]}).encode()
    index = json.dumps({"manifests": [described(image)]}).encode()
    files = {blob(content): content for content in (own, layer, image, index)}
    folder = unpack(archive({**files, "manifest.json": b"[]"}), tmp_path)
    exported = read_exported(folder, digest_of(index), nothing_known)
    assert exported.manifest.content == index and exported.manifest.is_index
    assert [child.content for child in exported.children] == [image]
    assert {one: path.read_bytes() for one, path in exported.files.items()} == {
        digest_of(own): own,
        digest_of(layer): layer,
    }


def described(content: bytes) -> dict[str, object]:
    return {"digest": digest_of(content), "size": len(content), "mediaType": "x"}


def test_an_index_whose_part_the_engine_lacks_is_not_half_published(tmp_path: Path) -> None:
    index = json.dumps({"manifests": [described(b"another platform")]}).encode()
    folder = unpack(archive({blob(index): index}), tmp_path)
    with pytest.raises(MissingError, match="the engine does not have sha256:"):
        read_exported(folder, digest_of(index), nothing_known)


def test_another_image_than_the_verified_one_is_refused(tmp_path: Path) -> None:
    folder = unpack(old_archive(config(*LAYERS)), tmp_path)
    with pytest.raises(MissingError, match="instead of"):
        read_exported(folder, digest_of(b"verified"), nothing_known)


def test_a_layer_that_is_not_what_the_image_says_is_refused(tmp_path: Path) -> None:
    own = config(b"what was verified", LAYERS[1])
    folder = unpack(old_archive(own), tmp_path)
    with pytest.raises(MissingError, match="another layer"):
        read_exported(folder, digest_of(own), nothing_known)


@pytest.mark.parametrize("name", ["../outside", "/outside", "inside/../../outside"])
def test_an_archive_cannot_write_beside_its_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(tarfile.TarError):
        unpack(archive({name: b"x"}), tmp_path / "inside")
    assert not os.path.exists(tmp_path / "outside")


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE])
def test_a_link_of_an_archive_cannot_lead_out_of_its_folder(tmp_path: Path, kind: bytes) -> None:
    (tmp_path / "outside").write_text("of somebody else")
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as tar:
        link = tarfile.TarInfo("layer.tar")
        link.type, link.linkname = kind, "../outside"
        tar.addfile(link)
    with pytest.raises(tarfile.TarError):
        unpack([stream.getvalue()], tmp_path / "inside")
    assert not os.path.exists(tmp_path / "inside" / "layer.tar")
