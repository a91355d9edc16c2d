"""Reading a repository's settings from what is not quite GitHub, or with a token that may less."""

from typing import Any

import pytest
from tests.github_api import REPOSITORY, GitHub
from tests.ruling import opened

from cicd.errors import RemoteError
from cicd.github.rules.refusals import Refused
from cicd.github.rules.remote import has_branch, read_settings

POLICY = f"GET /repos/{REPOSITORY}/actions/permissions"
BRANCH = f"GET /repos/{REPOSITORY}/git/ref/heads/main"


@pytest.mark.parametrize("answer", [[], {}, "words", 7, None])
def test_an_answer_that_is_not_githubs_is_told(answer: Any, github: GitHub) -> None:
    github.refusals.append((POLICY, 200, {}, answer))
    wire = opened(github)
    with pytest.raises(RemoteError, match="answers what GitHub does not"):
        read_settings(wire, REPOSITORY)
    wire.close()


@pytest.mark.parametrize(("status", "there"), [(404, False), (409, False), (403, None)])
def test_a_branch_is_there_or_not_or_not_shown(
    status: int, there: bool | None, github: GitHub
) -> None:
    """409 is what an empty repository answers."""
    wire = opened(github)
    assert has_branch(wire, REPOSITORY, "main") is True
    github.refusals.append((BRANCH, status, {}, {"message": "no"}))
    assert has_branch(wire, REPOSITORY, "main") is there
    github.refusals.append((BRANCH, 401, {}, {"message": "no"}))
    with pytest.raises(Refused):
        has_branch(wire, REPOSITORY, "main")
    wire.close()
