import pytest

from cicd.errors import SettingsError
from cicd.images.registry.names import (
    Repository,
    is_fixed,
    is_version,
    parse_reference,
    parse_repository,
)


@pytest.mark.parametrize(
    ("text", "host", "path"),
    [
        ("ghcr.io/owner/name", "ghcr.io", "owner/name"),
        ("localhost:5000/name", "localhost:5000", "name"),
        ("localhost/name", "localhost", "name"),
        ("[::1]:5000/name", "[::1]:5000", "name"),
        ("name", "docker.io", "library/name"),
        ("owner/name", "docker.io", "owner/name"),
        ("index.docker.io/owner/name", "docker.io", "owner/name"),
        ("a.example/x.y_z__a-b--c/d", "a.example", "x.y_z__a-b--c/d"),
    ],
)
def test_a_repository_is_read_as_docker_reads_it(text: str, host: str, path: str) -> None:
    assert parse_repository(text) == Repository(host, path)


@pytest.mark.parametrize(
    "text",
    [
        "a.example/Upper",
        "a.example/",
        "a.example/a..b",
        "a.example/a/",
        "a.example/-a",
        "a.example/ä",
    ]
    + ["a.example/a___b", "a.example/" + "a" * 250, "a_b.example:80/x", "a.example/x y"],
)
def test_a_name_that_no_registry_allows_is_refused_with_the_rule(text: str) -> None:
    with pytest.raises(SettingsError, match="is no repository: "):
        parse_repository(text)


def test_a_name_in_upper_case_comes_with_the_one_that_was_meant() -> None:
    with pytest.raises(SettingsError) as refused:
        parse_repository("ghcr.io/Owner/Name")
    assert "did you mean ghcr.io/owner/name?" in str(refused.value)


def test_a_reference_names_a_tag_or_a_digest() -> None:
    digest = f"sha256:{'0' * 64}"
    assert parse_reference("localhost:5000/x:1.0").tag == "1.0"
    assert parse_reference("localhost:5000/x").version == ""
    both = parse_reference(f"localhost:5000/x:1.0@{digest}")
    assert (both.version, str(both)) == (digest, f"localhost:5000/x@{digest}")


@pytest.mark.parametrize(
    ("tag", "version", "fixed"),
    [
        ("1.2.3", True, True),
        ("v1.2.3", True, True),
        ("1.2.3-rc.1", True, True),
        ("1.2.3-build5", True, True),
        ("1.2", True, False),
        ("1", True, False),
        ("v1", True, False),
        ("sha-0123456789ab", False, True),
        ("content-0123456789abcdef", False, True),
        ("latest", False, False),
        ("main", False, False),
        ("pr-12", False, False),
        ("sha-of-something", False, False),
        ("content-team", False, False),
        ("1.2.3.4", False, False),
        ("2024-01-01", False, False),
    ],
)
def test_tags_are_known_by_their_form(tag: str, version: bool, fixed: bool) -> None:
    assert (is_version(tag), is_fixed(tag)) == (version, fixed)
