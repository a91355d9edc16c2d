"""Reads images as engines save them: Docker's own layout and OCI's, in one go."""

import gzip
import json
from collections.abc import Iterable

import pytest
from tests.archives import make_tar

from cicd.images.layers import Entry, SavedImage, read_image

CONFIG = {"config": {"User": "app"}, "history": []}


LOWER = make_tar({"app/.env": b"A=1", "etc/passwd": b"root:x:0:0\n", "app/data": b"x" * 3000})
UPPER = make_tar({"app/.wh..env": b"", "./etc/passwd": b"app:x:7:7\n"})


def classic(**more: str) -> bytes:
    manifest = [{"Config": "c.json", "Layers": ["1/layer.tar", "2/layer.tar", "3/layer.tar"]}]
    files = {"1/layer.tar": LOWER, "2/layer.tar": UPPER, "c.json": json.dumps(CONFIG).encode()}
    manifests = {"manifest.json": json.dumps(manifest).encode(), "1/VERSION": b"1.0"}
    return make_tar({**files, **manifests}, {"3/layer.tar": "../1/layer.tar"})


def oci(layers: Iterable[bytes], *, docker: bool) -> bytes:
    files = {"blobs/sha256/c": json.dumps(CONFIG).encode()}
    files |= {f"blobs/sha256/{number}": layer for number, layer in enumerate(layers)}
    names = [{"digest": f"sha256:{number}"} for number in range(len(files) - 1)]
    manifest = {"config": {"digest": "sha256:c"}, "layers": names}
    attested = {"config": {"digest": "sha256:none"}, "layers": [{"digest": "sha256:none"}]}
    index = {"manifests": [{"digest": "sha256:a"}, {"digest": "sha256:m"}]}
    files["blobs/sha256/a"] = json.dumps(attested).encode()
    files["blobs/sha256/m"] = json.dumps(manifest).encode()
    files["blobs/sha256/i"] = json.dumps(index).encode()
    files["index.json"] = json.dumps({"manifests": [{"digest": "sha256:i"}]}).encode()
    if docker:
        paths = [f"blobs/sha256/{number}" for number in range(len(names))]
        told = [{"Config": "blobs/sha256/c", "Layers": paths}]
        files["manifest.json"] = json.dumps(told).encode()
    return make_tar(files)


def look(entry: Entry) -> list[str]:
    return [f"{entry.path} {entry.read(5)!r}"] if entry.is_file else []


def read(content: bytes, chunk: int = 700) -> SavedImage:
    pieces = (content[start : start + chunk] for start in range(0, len(content), chunk))
    return read_image(pieces, look)


@pytest.mark.parametrize("chunk", [1, 700, 1_000_000])
def test_dockers_layout_is_read_whatever_the_pieces(chunk: int) -> None:
    saved = read(classic(), chunk)
    assert saved.config == CONFIG
    assert [layer.size_bytes for layer in saved.layers] == [3014, 10, 3014]
    assert saved.layers[0].found == ["app/.env b'A=1'", "app/data b'xxxxx'"]
    assert saved.layers[2] is saved.layers[0], "a link to the same layer"
    assert saved.size_bytes == 6038


@pytest.mark.parametrize("docker", [True, False])
def test_the_oci_layout_is_read_packed_or_not(docker: bool) -> None:
    saved = read(oci((gzip.compress(LOWER), UPPER), docker=docker))
    assert saved.config == CONFIG
    assert [layer.size_bytes for layer in saved.layers] == [3014, 10]
    assert "app/.env b'A=1'" in saved.layers[0].found


def test_the_last_passwd_counts() -> None:
    assert read(oci((LOWER, UPPER), docker=True)).passwd == "app:x:7:7\n"
    assert read(oci((make_tar({"a": b"1"}),), docker=True)).passwd == ""


def test_an_empty_layer_is_a_layer() -> None:
    assert read(oci((LOWER, make_tar({"a": b""})), docker=True)).layers[1].size_bytes == 0


def test_a_layer_that_cannot_be_read_says_so() -> None:
    saved = read(oci((b"\x28\xb5\x2f\xfd" + b"1" * 600,), docker=True))
    assert "zstd" in saved.layers[0].unread


@pytest.mark.parametrize("content", [b"", b"no tar" * 200, make_tar({"x": b"1"}), classic()[:4000]])
def test_what_is_no_image_is_an_error(content: bytes) -> None:
    with pytest.raises(ValueError, match="the engine's stream of the image"):
        read(content)
