"""`registry_prune`: what a real registry keeps, loses, and refuses to lose."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.oci import OCI_INDEX, described, place_at, put_image, put_index
from tests.publishing import Publishing, publishing
from tests.registry import running_registry

from cicd.errors import CheckFailed, SettingsError
from cicd.images.registry.client import referrers_tag
from cicd.images.registry.copying import Place
from cicd.images.registry.manifests import Manifest, encode

OLD = "2020-01-01T00:00:00.123456789Z"


@pytest.fixture
def publisher(place: Place, tmp_path: Path) -> Iterator[Publishing]:
    with publishing(tmp_path / "shop") as made:
        made.declare("api", str(place.repository))
        made.commit()
        yield made


def tags(place: Place) -> set[str]:
    return set(place.client.tags(place.repository))


def is_there(place: Place, manifest: Manifest) -> bool:
    return bool(place.client.find_digest(place.repository, manifest.digest))


def test_a_plan_is_shown_and_nothing_is_deleted(
    publisher: Publishing, place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(4):
        put_image(
            place, f"branch-{number}", f"{number}", created=f"2020-01-0{number + 1}T00:00:00Z"
        )
    for arguments in ((), ("--plan",)):
        outcome = publisher.prune(*arguments, "--keep", "2")
        assert outcome.metrics == {"gone_tags": 2, "kept_tags": 2}
    shown = capsys.readouterr().out
    assert "branch-0  goes: sha256:" in shown
    assert "branch-3  stays: one of the newest 2" in shown
    assert len(tags(place)) == 4


def test_what_is_old_goes_and_versions_and_the_default_branch_stay(
    publisher: Publishing, place: Place
) -> None:
    for tag in ("1.2.3", "v2", "1.0", "latest", "main", "feature", "sha-0123456789ab"):
        put_image(place, tag, tag, created=OLD)
    fresh = (datetime.now(UTC) - timedelta(days=2)).isoformat()
    put_image(place, "fresh", "fresh", created=fresh)
    assert publisher.prune("--delete", "--keep", "0").metrics["gone_tags"] == 2
    assert tags(place) == {"1.2.3", "v2", "1.0", "latest", "main", "fresh"}
    publisher.prune("--delete", "--keep", "0", "--older-than", "1d")
    assert "fresh" not in tags(place)


def test_the_newest_are_counted_by_image_and_not_by_tag(
    publisher: Publishing, place: Place
) -> None:
    for number in range(3):
        image = put_image(
            place, f"a-{number}", f"{number}", created=f"2020-01-0{number + 1}T00:00:00Z"
        )
        place.client.put_manifest(place.repository, f"b-{number}", image)
    publisher.prune("--delete", "--keep", "2")
    assert tags(place) == {"a-1", "b-1", "a-2", "b-2"}


def test_a_kept_index_keeps_its_platforms_its_attestation_and_its_signatures(
    publisher: Publishing, place: Place
) -> None:
    amd, arm = (put_image(place, "", one, created=OLD) for one in ("amd", "arm"))
    proof = put_image(place, "", "proof", created=OLD)
    kind = {"vnd_docker_reference_type": "attestation-manifest"}
    index = put_index(place, "1.0.0", amd, arm, proof, **kind)
    place.client.put_manifest(place.repository, "old-name-of-amd", amd)
    put_image(place, f"{referrers_tag(index.digest)}.sig", "signed", created=OLD)
    put_image(place, f"{referrers_tag(amd.digest)}.att", "attested", created=OLD)
    note = put_image(place, "", "note", created=OLD, subject=described(arm))
    listed = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [described(note)]}
    place.client.put_manifest(
        place.repository, referrers_tag(arm.digest), encode(listed, OCI_INDEX)
    )
    gone = put_image(place, "gone", "gone", created=OLD)
    put_image(place, f"{referrers_tag(gone.digest)}.sig", "of gone", created=OLD)
    publisher.prune("--delete", "--keep", "0")
    assert all(is_there(place, one) for one in (index, amd, arm, proof, note))
    assert not is_there(place, gone)
    assert tags(place) == {
        *("1.0.0", "old-name-of-amd", f"{referrers_tag(index.digest)}.sig"),
        *(f"{referrers_tag(amd.digest)}.att", referrers_tag(arm.digest)),
    }


def test_what_a_deleted_index_shares_with_a_kept_one_stays(
    publisher: Publishing, place: Place
) -> None:
    shared, alone = (put_image(place, "", one, created=OLD) for one in ("shared", "alone"))
    new = put_image(place, "", "new", created=OLD)
    put_index(place, "2.0.0", shared, new)
    put_index(place, "old", shared, alone)
    publisher.prune("--delete", "--keep", "0")
    assert is_there(place, shared) and is_there(place, new)
    assert not is_there(place, alone)
    assert tags(place) == {"2.0.0"}


def test_a_signature_of_something_without_a_tag_stays(publisher: Publishing, place: Place) -> None:
    image = put_image(place, "", "pulled by its digest", created=OLD)
    tag = f"{referrers_tag(image.digest)}.sig"
    put_image(place, tag, "signature", created=OLD)
    publisher.prune("--delete", "--keep", "0")
    assert tags(place) == {tag}


def test_an_image_that_does_not_say_when_it_was_made_stays(
    publisher: Publishing, place: Place
) -> None:
    put_image(place, "epoch", "epoch", created="1970-01-01T00:00:00Z")
    put_image(place, "never", "never", created="")
    publisher.prune("--delete", "--keep", "0")
    assert tags(place) == {"epoch", "never"}


def test_a_registry_that_deletes_nothing_is_said_once(tmp_path: Path) -> None:
    with running_registry(tmp_path / "registry", delete=False) as running:
        with publishing(tmp_path / "shop") as publisher, place_at(f"{running.host}/x") as place:
            publisher.declare("api", str(place.repository))
            publisher.commit()
            for number in range(3):
                put_image(place, f"old-{number}", f"{number}", created=OLD)
            with pytest.raises(CheckFailed) as failed:
                publisher.prune("--delete", "--keep", "0")
            (failure,) = failed.value.outcome.failures
            assert "does not offer this operation (405)" in failure.detail
            assert len(tags(place)) == 3


def test_a_repository_that_is_not_there_has_nothing_to_delete(publisher: Publishing) -> None:
    assert publisher.prune("--delete").metrics == {"gone_tags": 0, "kept_tags": 0}


@pytest.mark.parametrize("words", [("--all",), ("--keep",), ("--older-than", "a week"), ("x",)])
def test_what_is_not_understood_deletes_nothing(
    words: tuple[str, ...], publisher: Publishing
) -> None:
    with pytest.raises(SettingsError, match="does not understand"):
        publisher.prune("--delete", *words)


def test_a_plan_and_a_deletion_at_once_are_refused(publisher: Publishing) -> None:
    with pytest.raises(SettingsError, match="not both"):
        publisher.prune("--delete", "--plan")
