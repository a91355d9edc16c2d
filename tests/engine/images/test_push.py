"""What `push` publishes, what it refuses, and what it leaves when it breaks off half way."""

import json
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import docker
import pytest
from tests.pushing import LABEL, Make, make_image, other_registry, publisher, registry
from tests.faulty_proxy import FaultyProxy, faulty_proxy
from tests.lacking import lacking
from tests.oci import place_at, put_image
from tests.publishing import Publishing
from tests.registry import PASSWORD, USER, RunningRegistry

from cicd.config.parts import Registry
from cicd.errors import CheckFailed, CicdError, MissingError, RemoteError, SettingsError
from cicd.system.engine import find_engine

__all__ = ["make_image", "other_registry", "publisher", "registry"]

pytestmark = pytest.mark.engine
SMALL, LARGER = {"small": "x"}, {"larger": "y" * 200_000}


@pytest.fixture
def proxy(registry: RunningRegistry) -> Iterator[FaultyProxy]:
    with faulty_proxy(registry.host) as running:
        yield running


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """A repository of this test's own."""
    return request.node.name.lower().partition("[")[0].replace("_", "-")[:100]


def refusal(publisher: Publishing) -> CheckFailed:
    with pytest.raises(CheckFailed) as raised:
        publisher.push()
    return raised.value


def titles(failed: CheckFailed) -> str:
    return "\n".join(failure.title for failure in failed.outcome.failures)


def digests(repository: str, **options: object) -> dict[str, str]:
    with place_at(repository, **options) as place:
        tags = place.client.tags(place.repository)
        return {tag: place.client.find_digest(place.repository, tag) for tag in tags}


def test_what_was_verified_is_under_every_tag_and_is_what_an_engine_pulls(
    publisher: Publishing, registry: RunningRegistry, make_image: Make, name: str
) -> None:
    image_id = make_image(SMALL, LARGER)
    state = publisher.make_ready(f"{registry.host}/{name}", image_id, tag="v1.2.3")
    outcome = publisher.push()
    found = digests(f"{registry.host}/{name}")
    assert set(found) == {
        *(f"content-{image_id[7:23]}", f"sha-{state.commit[:12]}"),
        *("1.2.3", "1.2", "1", "main", "latest"),
    }
    assert {f"{registry.host}/{name}:{tag}": one for tag, one in found.items()} == outcome.facts
    (digest,) = set(found.values())
    client = docker.from_env()
    try:
        pulled = client.images.pull(f"{registry.host}/{name}@{digest}")
        assert pulled.id == image_id
    finally:
        client.images.remove(f"{registry.host}/{name}@{digest}")
        client.close()
    with place_at(f"{registry.host}/{name}") as place:
        manifest = place.client.find_manifest(place.repository, "latest")
        assert manifest is not None and manifest.annotations == {f"{LABEL}title": "a test"}


def test_pushing_what_is_there_sends_nothing_and_asks_no_engine(
    publisher: Publishing, proxy: FaultyProxy, make_image: Make, name: str
) -> None:
    publisher.make_ready(f"{proxy.host}/{name}", make_image(SMALL))
    first = publisher.push()
    proxy.asked.clear()
    publisher.environ["DOCKER_HOST"] = "unix:///nowhere"
    again = publisher.push()
    assert {one.partition(" ")[0] for one in proxy.asked} == {"HEAD", "GET"}
    assert len(proxy.asked) <= 6
    assert again.facts == first.facts
    assert (first.metrics["new_tags"], again.metrics["new_tags"]) == (4, 0)


def test_layers_that_are_there_are_neither_packed_nor_sent_again(
    publisher: Publishing, proxy: FaultyProxy, make_image: Make, name: str
) -> None:
    publisher.make_ready(f"{proxy.host}/{name}", make_image(LARGER, SMALL))
    first = publisher.push()
    publisher.commit("two")
    publisher.verify(api=make_image(LARGER, {"small": "another"}))
    second = publisher.push()
    assert second.metrics["sent_bytes"] < first.metrics["sent_bytes"]
    assert len([one for one in proxy.asked if one.startswith("PUT") and "/blobs/" in one]) == 5


def test_several_images_go_to_several_registries_under_one_digest(
    publisher: Publishing,
    registry: RunningRegistry,
    other_registry: RunningRegistry,
    make_image: Make,
    name: str,
) -> None:
    hosts = (registry.host, other_registry.host)
    publisher.declare("api", *(f"{host}/{name}/api" for host in hosts))
    publisher.declare("web", *(f"{host}/{name}/web" for host in hosts))
    publisher.environ["THE_WORD"] = PASSWORD
    publisher.registries = (Registry(other_registry.host, user=USER, password="env:THE_WORD"),)
    publisher.commit()
    publisher.verify(api=make_image(SMALL), web=make_image(LARGER))
    output = publisher.root.parent / "output"
    publisher.environ["GITHUB_OUTPUT"] = str(output)
    outcome = publisher.push()
    for image in ("api", "web"):
        places = [one for one in outcome.facts if f"/{name}/{image}:" in one]
        assert len(places) == 8
        assert len({outcome.facts[one] for one in places}) == 1
    (line,) = output.read_text().splitlines()
    told = json.loads(line.removeprefix("images="))
    assert told["api"]["digest"] == outcome.facts[told["api"]["tags"][0]]
    assert PASSWORD not in publisher.said.getvalue()


def test_one_image_gives_its_digest_and_tags_to_the_steps_of_a_workflow(
    publisher: Publishing, registry: RunningRegistry, make_image: Make, name: str
) -> None:
    publisher.make_ready(f"{registry.host}/{name}", make_image(SMALL))
    output = publisher.root.parent / "output"
    publisher.environ["GITHUB_OUTPUT"] = str(output)
    outcome = publisher.push()
    told = dict(line.split("=", 1) for line in output.read_text().splitlines())
    assert told["digest"] in outcome.facts.values()
    assert set(told["tags"].split(",")) == set(outcome.facts)


def test_content_that_ci_has_not_seen_green_is_refused(
    publisher: Publishing, registry: RunningRegistry, make_image: Make, name: str
) -> None:
    publisher.make_ready(f"{registry.host}/{name}", make_image(SMALL))
    publisher.commit("two")
    failed = refusal(publisher)
    assert "`ci` was not green for the content of" in titles(failed)
    assert failed.outcome.failures[0].fix == "nox -s ci"
    assert digests(f"{registry.host}/{name}") == {}


def test_an_image_that_ci_did_not_verify_is_refused(
    publisher: Publishing, registry: RunningRegistry, make_image: Make, name: str
) -> None:
    publisher.declare("api", f"{registry.host}/{name}")
    publisher.declare("web", f"{registry.host}/{name}")
    publisher.commit()
    publisher.verify(api=make_image(SMALL))
    assert titles(refusal(publisher)) == "`ci` did not verify web"


def test_files_that_differ_from_the_commit_are_named(
    publisher: Publishing, registry: RunningRegistry, make_image: Make, name: str
) -> None:
    publisher.make_ready(f"{registry.host}/{name}", make_image(SMALL))
    (publisher.root / "content").write_text("changed")
    (publisher.root / "added").write_text("")
    failed = refusal(publisher)
    assert titles(failed) == "files differ from the commit"
    assert failed.outcome.failures[0].detail == "content, added"


def test_an_image_that_left_the_engine_is_refused(
    publisher: Publishing, registry: RunningRegistry, name: str
) -> None:
    publisher.make_ready(f"{registry.host}/{name}", f"sha256:{'0' * 64}")
    assert "is not in the engine any more" in titles(refusal(publisher))


def test_without_an_engine_what_must_be_sent_is_not_verified(
    publisher: Publishing, registry: RunningRegistry, name: str
) -> None:
    publisher.make_ready(f"{registry.host}/{name}", f"sha256:{'0' * 64}")
    publisher.environ["DOCKER_HOST"] = "unix:///nowhere"
    with pytest.raises(MissingError, match="no Docker engine answers"):
        publisher.push()


def test_an_engine_that_stops_half_way_is_said_and_nothing_was_put(
    publisher: Publishing, registry: RunningRegistry, make_image: Make, name: str
) -> None:
    found = find_engine(publisher.environ)
    if found is None or not found.url.startswith("unix://"):
        lacking("the engine is not on a socket of this machine")
    publisher.make_ready(f"{registry.host}/{name}", make_image(LARGER))
    with faulty_proxy(found.url) as engine:
        publisher.environ["DOCKER_HOST"] = f"tcp://{engine.host}"
        engine.add(path="/images/.*/get", times=1, resets=True)
        with pytest.raises(MissingError, match="the Docker engine at tcp://.* broke off"):
            publisher.push()
        engine.add(path="/images/.*/get", times=1, status=200, text="half a tar file")
        with pytest.raises(MissingError, match="the Docker engine at tcp://.* broke off"):
            publisher.push()
        engine.add(path="/images/.*/get", times=1, status=500, text="no space left on device")
        with pytest.raises(MissingError, match="no space left on device"):
            publisher.push()
        assert digests(f"{registry.host}/{name}") == {}
        assert list(Path(publisher.root, ".cicd").glob("push-*")) == []
        assert publisher.push().metrics["new_tags"] == 4


def test_a_tag_that_must_not_move_stops_everything_before_anything_is_sent(
    publisher: Publishing, proxy: FaultyProxy, make_image: Make, name: str
) -> None:
    with place_at(f"{proxy.host}/{name}/web") as place:
        there = put_image(place, "1.2.3", "somebody else's")
    publisher.declare("api", f"{proxy.host}/{name}/api")
    publisher.declare("web", f"{proxy.host}/{name}/web")
    publisher.commit(tag="v1.2.3")
    publisher.verify(api=make_image(SMALL), web=make_image(SMALL))
    proxy.asked.clear()
    failed = refusal(publisher)
    assert f"{name}/web:1.2.3 names another image, and must not move" in titles(failed)
    assert there.digest in failed.outcome.failures[0].detail
    assert not [one for one in proxy.asked if one.startswith(("POST", "PUT", "PATCH"))]


@pytest.mark.parametrize("revision", ["its own", "an earlier one"])
def test_a_release_of_a_commit_that_was_pushed_leaves_the_names_of_the_first_build(
    revision: str,
    publisher: Publishing,
    registry: RunningRegistry,
    make_image: Make,
    name: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A release bears its version, so it is another image of the same commit and content."""
    repository = f"{registry.host}/{name}-{revision.replace(' ', '-')}"
    publisher.declare("api", repository)
    state = publisher.commit()
    built_at = state.commit if revision == "its own" else "0" * 40
    publisher.verify("c0ffee", api=make_image(SMALL, revision=built_at))
    first = publisher.push()
    publisher.git("tag", "v1.2.3")
    publisher.verify("c0ffee", api=make_image(SMALL, revision=state.commit, version="1.2.3"))
    second = publisher.push()
    (old,), (new,) = set(first.facts.values()), set(second.facts.values())
    assert "another build of the same" in capsys.readouterr().out
    found = digests(repository)
    build_names = {"content-c0ffee", f"sha-{state.commit[:12]}"}
    assert {tag for tag, digest in found.items() if digest == old} == build_names
    assert {tag for tag, digest in found.items() if digest == new} == {
        *("1.2.3", "1.2", "1", "main", "latest"),
    }
    assert publisher.push().metrics["new_tags"] == 0


def test_a_release_that_is_built_a_second_time_stays_what_it_is(
    publisher: Publishing, registry: RunningRegistry, make_image: Make, name: str
) -> None:
    """Another machine, or the same one after the commit got its version, builds other bytes."""
    repository = f"{registry.host}/{name}"
    publisher.declare("api", repository)
    state = publisher.commit(tag="v1.2.3")
    publisher.verify("c0ffee", api=make_image(SMALL, revision=state.commit))
    (old,) = set(publisher.push().facts.values())
    publisher.verify("c0ffee", api=make_image(LARGER, revision=state.commit, version="1.2.3"))
    assert publisher.push().passed
    found = digests(repository)
    assert {tag for tag, digest in found.items() if digest == old} == {
        *("content-c0ffee", f"sha-{state.commit[:12]}", "1.2.3"),
    }


def test_a_version_is_refused_to_another_commit(
    publisher: Publishing, registry: RunningRegistry, make_image: Make, name: str
) -> None:
    publisher.declare("api", f"{registry.host}/{name}")
    state = publisher.commit(tag="v1.2.3")
    publisher.verify(api=make_image(SMALL, revision=state.commit))
    publisher.push()
    publisher.git("tag", "--delete", "v1.2.3")
    state = publisher.commit("two", tag="v1.2.3")
    publisher.verify(api=make_image(LARGER, revision=state.commit))
    assert f"{name}:1.2.3 names another image" in titles(refusal(publisher))


def test_the_name_of_a_commit_that_has_somebody_else_s_image_is_refused(
    publisher: Publishing, registry: RunningRegistry, make_image: Make, name: str
) -> None:
    repository = f"{registry.host}/{name}"
    state = publisher.make_ready(repository, make_image(SMALL))
    with place_at(repository) as place:
        put_image(place, f"sha-{state.commit[:12]}", "somebody else's")
    assert f":sha-{state.commit[:12]} names another image" in titles(refusal(publisher))


def test_more_platforms_than_were_verified_are_refused(
    publisher: Publishing, registry: RunningRegistry, make_image: Make, name: str
) -> None:
    publisher.make_ready(f"{registry.host}/{name}", make_image(SMALL), platforms="linux/s390x")
    assert titles(refusal(publisher)).endswith("not for linux/s390x")


def test_attestations_that_are_required_and_not_there_are_refused(
    publisher: Publishing, registry: RunningRegistry, make_image: Make, name: str
) -> None:
    publisher.registries = (Registry(registry.host, require=("sbom", "provenance")),)
    publisher.make_ready(f"{registry.host}/{name}", make_image(SMALL))
    failed = refusal(publisher)
    assert "api has no sbom" in titles(failed) and "api has no provenance" in titles(failed)
    assert digests(f"{registry.host}/{name}") == {}


def test_an_image_without_a_repository_is_a_setting_to_make(
    publisher: Publishing, make_image: Make
) -> None:
    publisher.declare("api")
    publisher.images = tuple(type(one)(one.name, context=one.context) for one in publisher.images)
    publisher.commit()
    publisher.verify(api=make_image(SMALL))
    with pytest.raises(SettingsError, match="api has no repository"):
        publisher.push()


def test_a_name_that_no_registry_allows_is_refused_before_anything(
    publisher: Publishing, make_image: Make
) -> None:
    publisher.make_ready("registry.example.com/Team/Api", make_image(SMALL))
    with pytest.raises(SettingsError, match="a registry allows lower case letters") as refused:
        publisher.push()
    assert "did you mean registry.example.com/team/api?" in str(refused.value)


def test_a_failure_half_way_moves_no_tag_and_a_second_run_completes_it(
    publisher: Publishing,
    registry: RunningRegistry,
    proxy: FaultyProxy,
    make_image: Make,
    name: str,
) -> None:
    publisher.declare("api", f"{registry.host}/{name}/good", f"{proxy.host}/{name}/bad")
    publisher.commit()
    publisher.verify(api=make_image(SMALL))
    fault = proxy.add(method="PUT", path="/manifests/sha-", status=403)
    failed = refusal(publisher)
    assert "not in its place" in titles(failed)
    good, bad = digests(f"{registry.host}/{name}/good"), digests(f"{registry.host}/{name}/bad")
    assert len(good) == 2 and len(bad) == 1, "what stays was put, and nothing that moves"
    facts = failed.outcome.facts
    assert set(facts) == {
        *(f"{registry.host}/{name}/good:{tag}" for tag in good),
        *(f"{proxy.host}/{name}/bad:{tag}" for tag in bad),
    }
    proxy.faults.remove(fault)
    proxy.asked.clear()
    assert publisher.push().metrics["new_tags"] == 5
    assert not [one for one in proxy.asked if one.startswith("PUT") and "/blobs/" in one]
    assert set(digests(f"{registry.host}/{name}/good").values()) == set(
        digests(f"{registry.host}/{name}/bad").values()
    )


def test_a_registry_that_cannot_be_asked_stops_it_before_anything_is_sent(
    publisher: Publishing,
    registry: RunningRegistry,
    other_registry: RunningRegistry,
    make_image: Make,
    name: str,
) -> None:
    publisher.declare("api", f"{registry.host}/{name}", f"{other_registry.host}/{name}")
    publisher.commit()
    publisher.verify(api=make_image(SMALL))
    with pytest.raises(RemoteError, match="nothing was pushed: .* wants a login .401."):
        publisher.push()
    assert digests(f"{registry.host}/{name}") == {}


@pytest.mark.parametrize(
    ("method", "path", "fault", "says"),
    [
        ("PUT", "/blobs/", {"status": 507}, "is full"),
        ("PUT", "/blobs/", {"status": 500, "text": "no space left on device"}, "is full"),
        ("POST", "/blobs/", {"status": 403}, "forbids this"),
        ("PUT", "/manifests/", {"status": 400}, "refused"),
    ],
)
def test_a_fault_while_it_sends_leaves_no_tag(
    method: str,
    path: str,
    fault: dict[str, object],
    says: str,
    publisher: Publishing,
    proxy: FaultyProxy,
    make_image: Make,
    name: str,
    request: pytest.FixtureRequest,
) -> None:
    repository = f"{proxy.host}/{name}-{abs(hash(request.node.name))}"
    publisher.make_ready(repository, make_image(SMALL))
    made = proxy.add(method=method, path=path, **fault)
    failed = refusal(publisher)
    assert says in failed.outcome.failures[0].detail
    proxy.faults.remove(made)
    assert digests(repository) == {}
    assert publisher.push().metrics["new_tags"] == 4


def test_a_connection_that_resets_half_way_and_a_busy_registry_do_not_stop_it(
    publisher: Publishing, proxy: FaultyProxy, make_image: Make, name: str
) -> None:
    publisher.make_ready(
        f"{proxy.host}/{name}", make_image({"random": "".join(map(chr, range(32, 126))) * 9000})
    )
    proxy.add(method="PUT", path="/blobs/", times=1, resets=True)
    proxy.add(method="PUT", path="/manifests/", times=1, status=429, headers={"Retry-After": "1"})
    proxy.add(method="HEAD", times=1, status=503)
    assert publisher.push().metrics["new_tags"] == 4


def test_a_layer_that_another_push_is_writing_again_is_waited_for(
    publisher: Publishing, proxy: FaultyProxy, make_image: Make, name: str
) -> None:
    """The registry of CNCF reads a blob's link empty while it is written once more."""
    publisher.make_ready(f"{proxy.host}/{name}", make_image(SMALL))
    unknown = json.dumps({"errors": [{"code": "MANIFEST_BLOB_UNKNOWN", "message": "unknown"}]})
    proxy.add(method="PUT", path="/manifests/content-", times=1, status=400, text=unknown)
    assert publisher.push().metrics["new_tags"] == 4


def test_the_loser_of_a_tag_that_must_not_move_says_so(
    publisher: Publishing, proxy: FaultyProxy, make_image: Make, name: str
) -> None:
    """Another push puts the version while ours sends its layers."""
    publisher.make_ready(f"{proxy.host}/{name}", make_image(SMALL), tag="v1.0.0")
    winner = []

    def another_push() -> None:
        with place_at(f"{proxy.host}/{name}") as place:
            winner.append(put_image(place, "1.0.0", "the winner's").digest)

    proxy.add(method="POST", path="/blobs/uploads", times=1, before=another_push)
    failed = refusal(publisher)
    assert f"{name}:1.0.0 is not in its place" in titles(failed)
    assert "another push came in between" in failed.outcome.failures[0].detail
    found = digests(f"{proxy.host}/{name}")
    assert found["1.0.0"] == winner[0]
    assert not {"latest", "main", "1.0", "1"} & set(found)


def test_a_tag_that_is_overwritten_right_after_is_noticed(
    publisher: Publishing, proxy: FaultyProxy, make_image: Make, name: str
) -> None:
    """Both asked before either put: registries know no "only if it is not there"."""
    state = publisher.make_ready(f"{proxy.host}/{name}", make_image(SMALL))

    def another_push() -> None:
        with place_at(f"{proxy.host}/{name}") as place:
            content = next(tag for tag in place.client.tags(place.repository) if "content" in tag)
            put_image(place, content, "the last one's")

    proxy.add(method="PUT", path=f"manifests/sha-{state.commit[:12]}", times=1, before=another_push)
    failed = refusal(publisher)
    assert "content-" in titles(failed)
    assert "another push came in between" in failed.outcome.failures[0].detail


def test_two_pushes_at_once_of_the_same_image_both_end_well(
    publisher: Publishing, registry: RunningRegistry, make_image: Make, name: str
) -> None:
    publisher.make_ready(f"{registry.host}/{name}", make_image(SMALL))
    ended: list[object] = []

    def push() -> None:
        try:
            ended.append(publisher.push().facts)
        except CicdError as error:
            ended.append(error)

    threads = [threading.Thread(target=push) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (
        ended[0]
        == ended[1]
        == {
            f"{registry.host}/{name}:{tag}": digest
            for tag, digest in digests(f"{registry.host}/{name}").items()
        }
    )


def test_no_secret_is_shown_or_kept(
    publisher: Publishing,
    other_registry: RunningRegistry,
    make_image: Make,
    name: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Not even by a registry that repeats what it was told."""
    with faulty_proxy(other_registry.host) as proxy:
        (publisher.root.parent / "word").write_text(f"{PASSWORD}\n")
        publisher.make_ready(f"{proxy.host}/{name}", make_image(SMALL))
        fault = proxy.add(method="PUT", path="/manifests/main", status=403, text=f"{PASSWORD}?")
        publisher.registries = (Registry(proxy.host, user=USER, password="file:../word"),)
        failed = refusal(publisher)
        assert f"{PASSWORD}?" in str(failed.outcome.failures), "whoever shows this masks it"
        assert PASSWORD not in publisher.masks.apply(str(failed.outcome.failures))
        proxy.faults.remove(fault)
        publisher.registries = (Registry(proxy.host, user=USER, password="cmd:cat ../word"),)
        publisher.push()
    shown = capsys.readouterr().out + publisher.said.getvalue()
    assert "***?" in shown and PASSWORD not in shown
    kept = subprocess.run(["grep", "-r", PASSWORD, "."], cwd=publisher.root, capture_output=True)
    assert kept.stdout == b""


def test_nothing_of_the_image_stays_on_the_disk(
    publisher: Publishing, registry: RunningRegistry, make_image: Make, name: str
) -> None:
    publisher.make_ready(f"{registry.host}/{name}", make_image(SMALL))
    publisher.push()
    assert [one.name for one in Path(publisher.root, ".cicd").glob("push-*")] == []
