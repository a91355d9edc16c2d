"""Tags are what the table in the docs says, and nothing that a registry would refuse."""

import re
from pathlib import Path

import pytest

from cicd.images.tags import Tag, plan_tags
from cicd.system.git_state import GitState

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "image-tags.md"
COMMIT = "4f1a09c2b7d83e5506a1cc0d9ad0b7a1f6e2c9d4"


def cases() -> list[list[str]]:
    table = PAGE.read_text().partition("## Cases")[2].partition("## Decisions")[0]
    rows = [line.strip("|").split("|") for line in table.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in rows[2:]]


def state(**given: object) -> GitState:
    plain = {"commit": COMMIT, "tree": "t", "dirty": False, "committed_at": 0}
    return GitState(**{**plain, **given})  # type: ignore[arg-type]


def test_the_docs_have_a_table_of_cases() -> None:
    assert len(cases()) > 10


@pytest.mark.parametrize("row", cases(), ids=lambda row: " ".join(row[:5]) or "detached")
def test_an_image_has_the_tags_that_the_docs_say(row: list[str]) -> None:
    branch, default, tags, number, dirty, expected = row
    git = state(
        branch=branch.strip("`"),
        default_branch=default.strip("`"),
        tags=tuple(re.findall("`(.+?)`", tags)),
        pull_request=int(number) if number else None,
        dirty=dirty == "yes",
    )
    assert [tag.name for tag in plan_tags(git, "6c1f")] == [
        "content-6c1f",
        *re.findall("`(.+?)`", expected),
    ]


def test_what_names_one_image_for_ever_does_not_move() -> None:
    tags = plan_tags(state(branch="main", default_branch="main", tags=("v1.2.3",)), "k")
    assert {tag.name for tag in tags if not tag.moves} == {
        "content-k",
        "sha-4f1a09c2b7d8",
        "1.2.3",
    }


def test_two_git_tags_of_one_release_are_one_tag() -> None:
    tags = plan_tags(state(tags=("1.2.3", "v1.2.3")), "k")
    assert tags.count(Tag("1.2.3", moves=False)) == 1


@pytest.mark.parametrize("branch", ["x" * 300, "ünï/çode", "---", "feature/" + "é" * 200, "日本"])
def test_every_branch_has_a_tag_that_registries_allow(branch: str) -> None:
    for tag in plan_tags(state(branch=branch), "k"):
        assert re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}", tag.name)


def test_two_long_branches_that_begin_alike_have_two_tags() -> None:
    first, second = (plan_tags(state(branch="x" * 200 + end), "k")[2] for end in "ab")
    assert first != second
