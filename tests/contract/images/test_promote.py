"""`promote`: another name for a digest, in a repository, in a registry, between two."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.faulty_proxy import FaultyProxy
from tests.oci import place_at, put_image, put_index
from tests.publishing import Publishing, publishing
from tests.registry import PASSWORD, USER, RunningRegistry, running_registry

from cicd.config.parts import Registry
from cicd.errors import CheckFailed, RemoteError, SettingsError
from cicd.images.registry.client import referrers_tag
from cicd.images.registry.credentials import Credential
from cicd.model import Secret

LOGIN = Credential(user=USER, secret=Secret(PASSWORD), origin="a test")


@pytest.fixture
def publisher(tmp_path: Path) -> Iterator[Publishing]:
    with publishing(tmp_path / "shop") as made:
        made.commit()
        yield made


def digest(name: str) -> str:
    repository, _, tag = name.rpartition(":")
    with place_at(repository) as place:
        return place.client.find_digest(place.repository, tag)


def test_a_tag_of_the_same_repository_needs_a_few_requests(
    publisher: Publishing, proxy: FaultyProxy
) -> None:
    with place_at(f"{proxy.host}/same") as place:
        image = put_image(place, "1.2.3", "one")
    proxy.asked.clear()
    outcome = publisher.promote(f"{proxy.host}/same:1.2.3", ":production")
    assert digest(f"{proxy.host}/same:production") == image.digest
    assert outcome.facts[f"{proxy.host}/same:production"] == image.digest
    assert len(proxy.asked) <= 6


def test_another_repository_gets_the_same_digest_without_a_layer_being_read(
    publisher: Publishing, proxy: FaultyProxy
) -> None:
    with place_at(f"{proxy.host}/staging/api") as place:
        parts = put_image(place, "", "amd"), put_image(place, "", "arm")
        index = put_index(place, "1.2.3", *parts)
    proxy.asked.clear()
    publisher.promote(f"{proxy.host}/staging/api@{index.digest}", f"{proxy.host}/live/api:1.2.3")
    assert digest(f"{proxy.host}/live/api:1.2.3") == index.digest
    assert not [one for one in proxy.asked if "/blobs/" in one and one.startswith(("GET", "PUT"))]
    proxy.asked.clear()
    again = publisher.promote(f"{proxy.host}/staging/api:1.2.3", f"{proxy.host}/live/api:1.2.3")
    assert again.metrics["new_tags"] == 0
    assert not [one for one in proxy.asked if one.startswith(("PUT", "POST"))]


def test_another_registry_gets_it_with_its_signature(
    publisher: Publishing, registry: RunningRegistry, tmp_path: Path
) -> None:
    with running_registry(tmp_path / "far", login=True) as far:
        publisher.environ["WORD"] = PASSWORD
        publisher.registries = (Registry(far.host, user=USER, password="env:WORD"),)
        with place_at(f"{registry.host}/far") as place:
            image = put_image(place, "1", "image", layer=b"z" * 300_000)
            put_image(place, f"{referrers_tag(image.digest)}.sig", "signature")
        publisher.promote(f"{registry.host}/far:1", f"{far.host}/api:production")
        with place_at(f"{far.host}/api", credential=LOGIN) as place:
            assert place.client.find_digest(place.repository, "production") == image.digest
            tag = f"{referrers_tag(image.digest)}.sig"
            assert place.client.find_digest(place.repository, tag)


@pytest.mark.parametrize("tag", ["1.2.3", "v1.2.3-rc.1", "sha-0123456789ab", "content-0123456789"])
def test_a_tag_that_must_not_move_is_not_moved(
    tag: str, publisher: Publishing, registry: RunningRegistry
) -> None:
    with place_at(f"{registry.host}/fixed") as place:
        first, second = put_image(place, tag, "first"), put_image(place, "second", "second")
    with pytest.raises(CheckFailed, match="names another image, and must not move"):
        publisher.promote(f"{registry.host}/fixed:second", f":{tag}")
    assert digest(f"{registry.host}/fixed:{tag}") == first.digest != second.digest
    publisher.promote(f"{registry.host}/fixed:{tag}", f":{tag}")


def test_a_tag_that_moves_is_moved(publisher: Publishing, registry: RunningRegistry) -> None:
    with place_at(f"{registry.host}/moves") as place:
        put_image(place, "production", "old")
        new = put_image(place, "1.0.1", "new")
    assert publisher.promote(f"{registry.host}/moves:1.0.1", ":production").metrics["new_tags"]
    assert digest(f"{registry.host}/moves:production") == new.digest


def test_what_is_not_there_cannot_be_promoted(
    publisher: Publishing, registry: RunningRegistry
) -> None:
    with pytest.raises(RemoteError, match="none:1 is not there"):
        publisher.promote(f"{registry.host}/none:1", ":production")


def test_a_registry_that_keeps_something_else_is_found_out(
    publisher: Publishing, proxy: FaultyProxy
) -> None:
    with place_at(f"{proxy.host}/lies") as place:
        put_image(place, "1", "one")
        other = put_image(place, "2", "two")
    wrong = {"Docker-Content-Digest": other.digest}
    proxy.add(method="PUT", path="/manifests/production", status=201)
    proxy.add(method="HEAD", path="/manifests/production", status=200, headers=wrong)
    with pytest.raises(RemoteError, match=f"is {other.digest} after"):
        publisher.promote(f"{proxy.host}/lies:1", ":production")


def test_a_busy_registry_is_asked_again(publisher: Publishing, proxy: FaultyProxy) -> None:
    with place_at(f"{proxy.host}/busy") as place:
        image = put_image(place, "1", "one")
    proxy.add(method="PUT", times=1, status=503)
    proxy.add(method="GET", times=1, resets=True)
    publisher.promote(f"{proxy.host}/busy:1", ":production")
    assert digest(f"{proxy.host}/busy:production") == image.digest


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "takes a source and a target"),
        (("a.example/x",), "takes a source and a target"),
        (("a.example/x", ":y"), "which tag or digest"),
        (("a.example/x:1", "a.example/y"), "under which tag"),
        (("a.example/X:1", ":y"), "a registry allows lower case"),
        (("a.example/x:1", ":-y"), "is no tag"),
        (("a.example/x@sha256:12", ":y"), "is no digest"),
    ],
)
def test_what_cannot_be_meant_is_said_with_an_example(
    arguments: tuple[str, ...], says: str, publisher: Publishing
) -> None:
    with pytest.raises(SettingsError, match=says):
        publisher.promote(*arguments)
