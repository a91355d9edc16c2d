"""Our client and a real registry: manifests, tags, blobs, logins, and copies between places."""

import base64
import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.faulty_proxy import FaultyProxy
from tests.oci import OCI_INDEX, described, opener, place_at, put_blob, put_image, put_index
from tests.registry import PASSWORD, USER, RunningRegistry, running_registry

from cicd.config.parts import Registry
from cicd.errors import RemoteError
from cicd.images.registry.client import referrers_tag
from cicd.images.registry.copying import Place, copy_content, copy_referrers
from cicd.images.registry.credentials import Credential, Sources, find_credential
from cicd.images.registry.manifests import digest_of, encode
from cicd.model import Secret
from cicd.testing import FakeRunner

LOGIN = Credential(user=USER, secret=Secret(PASSWORD), origin="a test")


@pytest.fixture(scope="module")
def closed_registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningRegistry]:
    """Wants a login."""
    with running_registry(tmp_path_factory.mktemp("closed"), login=True) as running:
        yield running


def test_what_was_put_under_a_tag_is_served_under_it_and_under_its_digest(place: Place) -> None:
    manifest = put_image(place, "1.0.0", "one")
    assert place.client.find_digest(place.repository, "1.0.0") == manifest.digest
    for version in ("1.0.0", manifest.digest):
        found = place.client.find_manifest(place.repository, version)
        assert found is not None and found.content == manifest.content


def test_what_is_not_there_is_nothing_and_no_error(place: Place) -> None:
    client, where = place.client, place.repository
    assert client.tags(where) == ()
    assert client.find_digest(where, "none") == ""
    assert client.find_manifest(where, "none") is None
    assert not client.has_blob(where, digest_of(b"none"))
    assert client.referrers(where, digest_of(b"none")) == ()


def test_tags_are_listed_over_pages(registry: RunningRegistry, proxy: FaultyProxy) -> None:
    with place_at(f"{proxy.host}/pages") as place:
        manifest = put_image(place, "t0", "one")
        for number in range(1, 5):
            place.client.put_manifest(place.repository, f"t{number}", manifest)
        # The real one has room for all of them on one page.
        second = {"Link": '</v2/pages/tags/list?n=2&last=a>; rel="next"'}
        proxy.add(path="n=1000", status=200, text='{"tags": ["a"]}', headers=second)
        third = {"Link": f'<http://{registry.host}/v2/pages/tags/list?n=3>; rel="next"'}
        proxy.add(path="n=2&last=a", status=200, text='{"tags": ["b", "t0"]}', headers=third)
        found = place.client.tags(place.repository)
    assert found[:3] == ("a", "b", "t0")
    assert sorted(found[2:]) == ["t0", "t1", "t2", "t3", "t4"]
    assert len([one for one in proxy.asked if "tags/list" in one]) == 3


def test_a_blob_that_is_not_what_its_digest_says_is_refused(place: Place) -> None:
    from cicd.images.registry.manifests import Descriptor

    wrong = Descriptor(digest=digest_of(b"right"), size_bytes=5)
    with pytest.raises(RemoteError, match="DIGEST_INVALID"):
        place.client.upload_blob(place.repository, wrong, opener(b"wrong"))


def test_a_blob_is_mounted_from_another_repository_without_being_sent(
    registry: RunningRegistry, proxy: FaultyProxy
) -> None:
    with place_at(f"{proxy.host}/mount/a") as source, place_at(f"{proxy.host}/mount/b") as target:
        manifest = put_image(source, "1", "mounted")
        proxy.asked.clear()
        copy_content(source, target, manifest)
        assert target.client.find_digest(target.repository, manifest.digest) == manifest.digest
    assert [one for one in proxy.asked if one.startswith(("PUT", "PATCH")) and "blobs" in one] == []
    assert [one for one in proxy.asked if one.startswith("GET") and "blobs" in one] == []


def test_an_index_is_copied_to_another_registry_with_all_it_names(
    place: Place, closed_registry: RunningRegistry
) -> None:
    index = put_index(place, "1", put_image(place, "", "amd"), put_image(place, "", "arm"))
    with place_at(f"{closed_registry.host}/far", credential=LOGIN) as target:
        copy_content(place, target, index)
        for digest in (index.digest, *(child.digest for child in index.children)):
            found = target.client.find_manifest(target.repository, digest)
            assert found is not None
            assert all(target.client.has_blob(target.repository, b.digest) for b in found.blobs)


def test_an_index_whose_part_is_gone_is_not_copied(place: Place) -> None:
    index = put_index(place, "1", kept := put_image(place, "", "amd"), put_image(place, "", "arm"))
    place.client.delete_manifest(place.repository, index.children[1].digest)
    with place_at(f"{place.repository}-target") as target:
        with pytest.raises(RemoteError, match="is not there, and something names it"):
            copy_content(place, target, index)
        assert target.client.find_digest(target.repository, kept.digest)
        assert not target.client.find_digest(target.repository, index.digest)


def test_signatures_and_referrers_travel_with_what_they_are_about(place: Place) -> None:
    image = put_image(place, "1", "image")
    put_image(place, f"{referrers_tag(image.digest)}.sig", "signature")
    about = {"artifactType": "application/x.note", "subject": described(image)}
    note = put_image(place, "", "note", **about)
    listed = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [described(note)]}
    tag = referrers_tag(image.digest)
    place.client.put_manifest(place.repository, tag, encode(listed, OCI_INDEX))
    with place_at(f"{place.repository}-target") as target:
        copy_content(place, target, image)
        assert copy_referrers(place, target, image) == 2
        assert target.client.find_digest(target.repository, f"{tag}.sig")
        found = target.client.referrers(target.repository, image.digest)
        assert [one.digest for one in found] == [note.digest]
        assert copy_referrers(place, target, image) == 2, "once more changes nothing"
        assert len(target.client.referrers(target.repository, image.digest)) == 1


def test_a_registry_that_lists_referrers_itself_is_asked_first(
    registry: RunningRegistry, proxy: FaultyProxy
) -> None:
    with place_at(f"{proxy.host}/listed") as place:
        image = put_image(place, "1", "image")
        answer = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [described(image)]}
        headers = {"Content-Type": OCI_INDEX}
        proxy.add(path="/referrers/", status=200, text=json.dumps(answer), headers=headers)
        found = place.client.referrers(place.repository, image.digest)
    assert [one.digest for one in found] == [image.digest]


def test_what_was_deleted_is_gone_with_its_tags(place: Place) -> None:
    manifest = put_image(place, "old", "deleted")
    assert place.client.delete_manifest(place.repository, manifest.digest)
    assert not place.client.find_digest(place.repository, "old")
    assert not place.client.delete_manifest(place.repository, manifest.digest)


def test_a_registry_that_deletes_nothing_says_so(tmp_path: Path) -> None:
    with running_registry(tmp_path, delete=False) as running:
        with place_at(f"{running.host}/kept") as place:
            manifest = put_image(place, "1", "kept")
            with pytest.raises(RemoteError, match="does not offer this operation"):
                place.client.delete_manifest(place.repository, manifest.digest)


def test_a_name_and_a_password_let_in(closed_registry: RunningRegistry) -> None:
    with place_at(f"{closed_registry.host}/mine", credential=LOGIN) as place:
        manifest = put_image(place, "1", "closed")
        assert place.client.find_digest(place.repository, "1") == manifest.digest


def test_no_login_and_a_wrong_one_are_two_errors(closed_registry: RunningRegistry) -> None:
    with place_at(f"{closed_registry.host}/mine") as place:
        with pytest.raises(RemoteError, match="wants a login .401.") as none:
            place.client.tags(place.repository)
    assert "docker login" in none.value.fix
    wrong = Credential(user="nobody", secret=Secret("not the word"), origin="a test")
    with place_at(f"{closed_registry.host}/mine", credential=wrong) as place:
        with pytest.raises(RemoteError, match="does not let in nobody .of a test.") as refused:
            place.client.tags(place.repository)
    assert "not the word" not in str(refused.value)


def test_a_token_is_fetched_for_what_is_done_and_kept(
    registry: RunningRegistry, proxy: FaultyProxy
) -> None:
    covered: list[Secret] = []
    realm = f"http://{proxy.host}/token"
    asks = {"WWW-Authenticate": f'Bearer realm="{realm}",service="here"'}
    proxy.add(method="GET", path="^/token", status=200, text='{"token": "t0ken-text"}')
    proxy.add(path="/v2/", unless="Bearer t0ken-text", status=401, headers=asks)
    with place_at(f"{proxy.host}/token", credential=LOGIN, cover=covered.append) as place:
        manifest = put_image(place, "1", "token")
        assert place.client.find_digest(place.repository, "1") == manifest.digest
    tokens = [one for one in proxy.asked if "/token?" in one]
    assert "pull%2Cpush" in tokens[0] and len(tokens) == 2
    assert {PASSWORD, "t0ken-text"} <= {secret.reveal() for secret in covered}


def test_a_token_that_ended_is_fetched_anew(registry: RunningRegistry, proxy: FaultyProxy) -> None:
    asks = {"WWW-Authenticate": f'Bearer realm="http://{proxy.host}/token",service="here"'}
    proxy.add(path="^/token", status=200, text='{"access_token": "t0ken-text"}')
    with place_at(f"{proxy.host}/ended", credential=LOGIN) as place:
        proxy.add(method="PUT", path="/blobs/", times=1, status=401, headers=asks)
        put_image(place, "1", "in the middle")
    assert len([one for one in proxy.asked if "/token?" in one]) == 1


def test_an_identity_token_is_exchanged_for_one_of_the_registry(
    registry: RunningRegistry, proxy: FaultyProxy
) -> None:
    asks = {"WWW-Authenticate": f'Bearer realm="http://{proxy.host}/oauth2",service="here"'}
    proxy.add(method="POST", path="^/oauth2", status=200, text='{"access_token": "short"}')
    proxy.add(path="/tags/", times=1, status=401, headers=asks)
    token = Credential(user="", secret=Secret("for ever"), is_token=True, origin="a test")
    with place_at(f"{proxy.host}/exchanged", credential=token) as place:
        assert place.client.tags(place.repository) == ()
    assert "POST /oauth2" in proxy.asked


def sources(environ: dict[str, str], tmp_path: Path, *registries: Registry) -> Sources:
    return Sources(registries=registries, environ=environ, runner=FakeRunner(), root=tmp_path)


def test_the_login_that_docker_keeps_in_its_file_lets_in(
    closed_registry: RunningRegistry, tmp_path: Path
) -> None:
    auth = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    config = {"auths": {closed_registry.host: {"auth": auth}}}
    (tmp_path / "config.json").write_text(json.dumps(config))
    found = find_credential(
        closed_registry.host, sources({"DOCKER_CONFIG": str(tmp_path)}, tmp_path)
    )
    with place_at(f"{closed_registry.host}/mine", credential=found) as place:
        assert place.client.tags(place.repository) is not None


@pytest.mark.parametrize("setting", ["credsStore", "credHelpers"])
def test_a_credential_helper_is_asked_in_its_own_language(
    setting: str,
    closed_registry: RunningRegistry,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    host = closed_registry.host
    helper = tmp_path / "docker-credential-tests"
    answer = json.dumps({"ServerURL": host, "Username": USER, "Secret": PASSWORD})
    helper.write_text(
        f'#!/bin/sh\nread server\n[ "$1 $server" = "get {host}" ] && echo \'{answer}\'\n'
    )
    helper.chmod(helper.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    value = "tests" if setting == "credsStore" else {host: "tests"}
    (tmp_path / "config.json").write_text(json.dumps({setting: value}))
    found = find_credential(host, sources({"DOCKER_CONFIG": str(tmp_path)}, tmp_path))
    assert found is not None and (found.user, found.secret) == (USER, Secret(PASSWORD))


def test_an_upload_that_is_not_needed_is_not_begun(place: Place) -> None:
    blob = put_blob(place, b"once", "x")
    assert place.client.has_blob(place.repository, blob.digest)
    assert place.client.read_blob(place.repository, blob.digest) == b"once"
