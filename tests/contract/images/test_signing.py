"""Signed with a key of one's own, verified without asking anybody else: with a real cosign."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.lacking import lacking
from tests.oci import place_at, put_image
from tests.publishing import Publishing, publishing
from tests.registry import PASSWORD, USER, RunningRegistry, running_registry

from cicd.config.parts import Registry
from cicd.errors import CheckFailed, MissingError, RemoteError, SettingsError
from cicd.images.registry.client import referrers_tag
from cicd.images.registry.credentials import Credential
from cicd.model import Secret

UNLOCKS = "unlocks-the-key"
LOGIN = Credential(user=USER, secret=Secret(PASSWORD), origin="a test")


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningRegistry]:
    """Wants a login, which cosign then needs as well."""
    with running_registry(tmp_path_factory.mktemp("registry"), login=True) as running:
        yield running


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The private half; the public one lies beside it."""
    if shutil.which("cosign") is None:
        lacking("no cosign on PATH")
    folder = tmp_path_factory.mktemp("key")
    subprocess.run(
        ["cosign", "generate-key-pair"],
        cwd=folder,
        env={"COSIGN_PASSWORD": UNLOCKS, "PATH": "/bin", "HOME": str(folder)},
        executable=shutil.which("cosign"),
        check=True,
        capture_output=True,
    )
    return folder / "cosign.key"


@pytest.fixture
def publisher(
    registry: RunningRegistry, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Publishing]:
    """An image is in the registry already, so no engine is needed to push it."""
    repository = f"{registry.host}/{request.node.name[:100]}"
    with publishing(tmp_path / "shop", WORD=PASSWORD, COSIGN_PASSWORD=UNLOCKS) as made:
        made.declare("api", repository)
        state = made.commit()
        with place_at(repository, credential=LOGIN) as place:
            image = put_image(place, f"sha-{state.commit[:12]}", request.node.name)
        assert image.config is not None
        made.verify(api=image.config.digest)
        yield made


def require(publisher: Publishing, registry: RunningRegistry, **more: str) -> None:
    publisher.registries = (
        Registry(registry.host, user=USER, password="env:WORD", require="signature", **more),
    )


def signatures(repository: str) -> list[str]:
    with place_at(repository, credential=LOGIN) as place:
        return [tag for tag in place.client.tags(place.repository) if tag.endswith(".sig")]


def test_what_is_pushed_is_signed_once_and_the_signature_holds(
    publisher: Publishing, registry: RunningRegistry, key: Path
) -> None:
    publisher.environ["KEY"] = key.read_text()
    require(publisher, registry, key="env:KEY")
    outcome = publisher.push()
    (digest,) = set(outcome.facts.values())
    repository = next(iter(outcome.facts)).rpartition(":")[0]
    assert signatures(repository) == [f"{referrers_tag(digest)}.sig"]
    assert ": signed" in publisher.said.getvalue()
    publisher.push()
    assert ": its signature holds" in publisher.said.getvalue()
    verified = subprocess.run(
        ["cosign", "verify", "--key", f"{key.parent}/cosign.pub", "--insecure-ignore-tlog=true"]
        + ["--registry-username", USER, "--registry-password", PASSWORD, f"{repository}@{digest}"],
        capture_output=True,
    )
    assert verified.returncode == 0, verified.stderr


def test_neither_the_key_nor_a_password_is_shown_or_kept(
    publisher: Publishing, registry: RunningRegistry, key: Path
) -> None:
    require(publisher, registry, key=f"file:{key}")
    publisher.push()
    for secret in (PASSWORD, UNLOCKS, key.read_text().splitlines()[1]):
        assert secret not in publisher.said.getvalue()
        kept = subprocess.run(["grep", "-rF", secret, ".cicd"], cwd=publisher.root)
        assert kept.returncode == 1


def test_a_key_that_cannot_be_unlocked_moves_no_tag(
    publisher: Publishing, registry: RunningRegistry, key: Path
) -> None:
    publisher.environ["COSIGN_PASSWORD"] = "something else"
    require(publisher, registry, key=f"file:{key}")
    with pytest.raises(CheckFailed) as failed:
        publisher.push()
    reason = failed.value.outcome.failures[0].detail
    assert "the key for signatures cannot be read" in reason
    repository = f"{registry.host}/{publisher.images[0].repository[0].partition('/')[2]}"
    with place_at(repository, credential=LOGIN) as place:
        assert len(place.client.tags(place.repository)) == 1


def test_a_signature_by_another_key_does_not_hold(
    publisher: Publishing, registry: RunningRegistry, key: Path, tmp_path: Path
) -> None:
    """What somebody else signed is signed once more, by us."""
    require(publisher, registry, key=f"file:{key}")
    publisher.push()
    environ = {"COSIGN_PASSWORD": UNLOCKS, "PATH": "/bin", "HOME": str(tmp_path)}
    cosign = shutil.which("cosign")
    made = ["cosign", "generate-key-pair"]
    subprocess.run(made, cwd=tmp_path, env=environ, executable=cosign, check=True)
    require(publisher, registry, key=f"file:{tmp_path}/cosign.key")
    publisher.said.truncate(0)
    publisher.push()
    assert ": signed" in publisher.said.getvalue()


def test_without_cosign_a_required_signature_is_missing(
    publisher: Publishing, registry: RunningRegistry
) -> None:
    publisher.environ["PATH"] = "/nowhere"
    require(publisher, registry, key="env:WORD")
    with pytest.raises(MissingError, match="cosign is not on PATH"):
        publisher.push()


def test_without_a_key_there_is_nothing_to_sign_with(
    publisher: Publishing, registry: RunningRegistry, tmp_path: Path
) -> None:
    (tmp_path / "cosign").touch(mode=0o755)
    publisher.environ["PATH"] = f"{tmp_path}:{publisher.environ['PATH']}"
    require(publisher, registry)
    with pytest.raises(SettingsError, match="there is no key"):
        publisher.push()


def test_a_signature_that_does_not_hold_afterwards_is_an_error(
    publisher: Publishing, registry: RunningRegistry, tmp_path: Path
) -> None:
    program = tmp_path / "cosign"
    program.write_text('#!/bin/sh\n[ "$1" != verify ] || { echo "Error: no match" >&2; exit 1; }\n')
    program.chmod(0o755)
    publisher.environ["PATH"] = f"{tmp_path}:{publisher.environ['PATH']}"
    require(publisher, registry, key="env:WORD")
    with pytest.raises((CheckFailed, RemoteError)) as failed:
        publisher.push()
    assert isinstance(failed.value, CheckFailed)
    assert "does not hold: no match" in failed.value.outcome.failures[0].detail
