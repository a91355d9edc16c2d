"""The hand-written pages of the reference name what the code has."""

import json
import re
from dataclasses import fields
from pathlib import Path

import pytest

from cicd.config.parts import Backend, Frontend
from cicd.database.catalog import NAMES
from cicd.database.pins import majors
from cicd.database.settings import SETTINGS
from cicd.model import Failure, Outcome, Verdict
from cicd.records.decided import Decided
from cicd.records.record import SCHEMA, Ran, Record, parse_json, render_json
from tests.conftest import ROOT
from tests.nox.docs_pages import DOCS, blocks

REFERENCE = DOCS / "reference"
NO_DISCOVERY = {"path", "name", "database", "downgrade", "coverage_percent", "min_pass_percent"} | {
    "workers",
    "shards",
    "timeout_s",
    *("reads", "reuse", "retries", "quarantine"),
}


def page(name: str) -> str:
    return (REFERENCE / name).read_text(encoding="utf-8")


def code() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "cicd").rglob("*.py"))


def test_the_example_of_a_record_is_one_that_we_read_and_write() -> None:
    (example,) = blocks(REFERENCE / "records.md", "json")
    assert json.loads(render_json(parse_json(example))) == json.loads(example)


@pytest.mark.parametrize("kind", [Record, Outcome, Failure, Ran, Decided])
def test_every_field_of_a_record_is_named(kind: type) -> None:
    text = page("records.md")
    assert [one.name for one in fields(kind) if f"`{one.name}`" not in text] == []


def test_schema_and_verdicts_are_those_of_the_code() -> None:
    text = page("records.md")
    assert f"`schema` is {SCHEMA}." in text
    assert [verdict for verdict in Verdict if f"`{verdict}`" not in text] == []


def test_every_variable_of_ours_is_named() -> None:
    found = set(re.findall(r"[\"$ {](CICD_[A-Z_]+)\b", code()))
    assert {"CICD_DATABASE_URL", "CICD_RUN"} <= found
    assert {name for name in found if f"`{name}`" not in page("environment-variables.md")} == set()


def test_every_variable_that_the_code_asks_for_is_named() -> None:
    asked = set(re.findall(r"environ(?:\.get\(|\[)\"([A-Z_]+)\"", code()))
    assert {"DOCKER_HOST", "PATH", "CI"} <= asked
    ours = {"PGDATABASE", "PYTEST_XDIST_WORKER", "USERPROFILE"} | {"X"}  # "X" is in a docstring
    text = page("environment-variables.md")
    assert {name for name in asked - ours if f"`{name}`" not in text} == set()


def test_settings_and_providers_are_those_of_the_code() -> None:
    text = page("database.md")
    assert [name for name in SETTINGS if f"`{name}`" not in text] == []
    places = [text.index(f"| `{name}` |") for name in NAMES]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("platform", "row"),
    [
        ("linux-x64", "Linux x64, glibc"),
        ("linux-arm64", "Linux arm64, glibc"),
        ("darwin-x64", "macOS x64 and arm64"),
        ("darwin-arm64", "macOS x64 and arm64"),
        ("windows-x64", "Windows x64"),
    ],
)
def test_majors_of_a_platform_are_those_that_are_pinned(platform: str, row: str) -> None:
    found = majors(platform)
    assert f"| {row} | {found[0]} to {found[-1]} |" in page("database.md")


@pytest.mark.parametrize("part", [Backend, Frontend])
def test_discovery_says_of_every_field_where_it_is_found(part: type) -> None:
    text = page("discovery.md")
    names = {one.name for one in fields(part)} - NO_DISCOVERY
    assert {name for name in names if f"`{name}`" not in text} == set()


def test_every_page_can_be_reached_from_the_index() -> None:
    index = (DOCS / "index.md").read_text(encoding="utf-8")
    linked = {(DOCS / target).resolve() for target in re.findall(r"\]\(([^)#]+)\)", index)}
    pages: set[Path] = {path for path in DOCS.rglob("*.md") if path.parent.name != "decisions"}
    assert pages - linked == {DOCS / "index.md"}
