import pytest
from packaging.specifiers import SpecifierSet

from cicd.errors import SettingsError
from cicd.frontend.node_range import Interval, parse_range, parse_version, render_specifier


@pytest.mark.parametrize(
    ("wanted", "version"),
    [
        ("20", "20.18.0"),
        ("v20", "20.0.0"),
        ("20.x", "20.18.0"),
        ("20.18", "20.18.3"),
        ("20.18.0", "20.18.0"),
        ("=20.18.0", "20.18.0"),
        (">=18 <21", "20.18.0"),
        (">= 18 < 21", "18.0.0"),
        (">=18, <21", "20.0.0"),
        (">=20", "24.19.0"),
        (">20", "21.0.0"),
        ("<=20", "20.18.0"),
        ("^20 || ^22", "22.1.0"),
        ("^20.9.0 || >=22", "20.18.0"),
        ("~20.18.1", "20.18.9"),
        ("18 - 20", "20.18.0"),
        ("lts/iron", "20.18.0"),
        ("lts/*", "24.19.0"),
        ("node", "25.0.0"),
        ("*", "18.0.0"),
        ("", "16.0.0"),
        ("20.18.0\n", "v20.18.0"),
    ],
)
def test_a_version_satisfies(wanted: str, version: str) -> None:
    assert parse_range(wanted).holds(version)


@pytest.mark.parametrize(
    ("wanted", "version"),
    [
        ("20", "21.0.0"),
        ("20.18.0", "20.18.1"),
        (">=18 <21", "21.0.0"),
        (">20", "20.18.0"),
        (">20.18.0", "20.18.0"),
        ("<20", "20.0.0"),
        ("<=20.18", "20.19.0"),
        ("^20.9.0", "20.8.0"),
        ("~20.18.1", "20.19.0"),
        ("^20 || ^22", "21.5.0"),
        ("18 - 20", "21.0.0"),
        ("lts/iron", "22.0.0"),
        ("lts/*", "23.0.0"),
    ],
)
def test_a_version_does_not_satisfy(wanted: str, version: str) -> None:
    assert not parse_range(wanted).holds(version)


@pytest.mark.parametrize("wanted", ["twenty", ">=21 <20", "20.1.2.3", "lts/none", "20 apples"])
def test_what_cannot_be_read_is_a_wrong_setting(wanted: str) -> None:
    with pytest.raises(SettingsError, match="no Node version satisfies"):
        parse_range(wanted)


def test_the_newest_interval_is_tried_first() -> None:
    intervals = parse_range("^18 || ^20").intervals
    assert intervals == (Interval((20, 0, 0), (21, 0, 0)), Interval((18, 0, 0), (19, 0, 0)))


@pytest.mark.parametrize("wanted", ["20", ">=18.3", "~20.18.1", "20.18.0"])
def test_a_specifier_for_pypi_means_the_same_versions(wanted: str) -> None:
    node_range = parse_range(wanted)
    specifier = SpecifierSet(render_specifier(node_range.intervals[0]))
    versions = ["18.2.0", "18.3.0", "20.17.0", "20.18.0", "20.18.1", "20.18.9", "21.0.0"]
    assert [one in specifier for one in versions] == [node_range.holds(one) for one in versions]


def test_a_prerelease_counts_as_its_numbers() -> None:
    assert parse_version("v23.1.0-nightly20240901abc") == (23, 1, 0)
