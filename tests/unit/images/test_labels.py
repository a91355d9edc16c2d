"""Labels say what is known of an image, the same whenever it is built."""

from __future__ import annotations

import pytest

from cicd.images.labels import full_name, may_stand, plan_labels, web_address
from cicd.system.git_state import GitState

COMMIT = "4f1a09c2b7d83e5506a1cc0d9ad0b7a1f6e2c9d4"


def labels(**given: object) -> dict[str, str]:
    plain = {"commit": COMMIT, "tree": "t", "dirty": False, "committed_at": 1700000000}
    state = GitState(**{**plain, **given})  # type: ignore[arg-type]
    found = plan_labels(state, title="api", base="python:3.13", base_digest="sha256:1")
    return {name.removeprefix("org.opencontainers.image."): text for name, text in found.items()}


def test_a_commit_has_its_labels() -> None:
    assert labels(origin="https://github.com/acme/shop.git") == {
        "title": "api",
        "base.name": "docker.io/library/python:3.13",
        "base.digest": "sha256:1",
        "source": "https://github.com/acme/shop",
        "revision": COMMIT,
        "created": "2023-11-14T22:13:20Z",
        "version": "4f1a09c2b7d8",
    }


def test_a_release_has_its_version() -> None:
    assert labels(tags=("nightly", "v1.2.3"))["version"] == "1.2.3"


def test_a_tree_with_changed_files_is_not_its_commit() -> None:
    assert labels(dirty=True)["revision"] == f"{COMMIT}-dirty"


def test_without_git_nothing_is_made_up() -> None:
    assert plan_labels(None, title="api") == {"org.opencontainers.image.title": "api"}


@pytest.mark.parametrize(
    ("origin", "address"),
    [
        ("git@github.com:acme/shop.git", "https://github.com/acme/shop"),
        ("ssh://git@git.example.com:2222/acme/shop", "https://git.example.com/acme/shop"),
        ("https://git.example.com:8443/acme/shop/", "https://git.example.com:8443/acme/shop"),
        ("/srv/git/shop.git", ""),
        ("file:///srv/git/shop.git", ""),
    ],
)
def test_the_source_is_an_address_for_people(origin: str, address: str) -> None:
    assert web_address(origin) == address


@pytest.mark.parametrize(
    ("name", "full"),
    [
        ("python", "docker.io/library/python:latest"),
        ("acme/api:1", "docker.io/acme/api:1"),
        ("ghcr.io/acme/api", "ghcr.io/acme/api:latest"),
        ("localhost:5000/api:1", "localhost:5000/api:1"),
        ("python@sha256:1", "docker.io/library/python@sha256:1"),
    ],
)
def test_a_base_has_its_full_name(name: str, full: str) -> None:
    assert full_name(name) == full


def whole(**given: object) -> dict[str, str]:
    return {f"org.opencontainers.image.{name}": text for name, text in labels(**given).items()}


def test_a_later_commit_that_does_not_touch_an_image_leaves_it_as_it_is() -> None:
    assert may_stand(whole(), whole(commit="b" * 40, committed_at=1800000000))


def test_what_was_built_of_changed_files_is_built_again_once_they_are_committed() -> None:
    assert not may_stand(whole(dirty=True), whole(commit="b" * 40))


def test_a_release_is_built_with_its_version() -> None:
    assert not may_stand(whole(), whole(tags=("v1.2.3",)))
    assert may_stand(whole(tags=("v1.2.3",)), whole(tags=("v1.2.3",)))


def test_another_source_is_another_image() -> None:
    assert not may_stand(whole(), whole(origin="https://github.com/acme/other"))
