"""Who runs a commit of ours calls the workflows of that commit."""

import json

import pytest

from cicd.github.workflow.release import COMMIT, REPOSITORY, read_release

SHA = "0123456789" * 4


@pytest.mark.parametrize(
    "url", ["https://github.com/acme/cicd", "https://github.com/acme/cicd.git"]
)
def test_a_package_from_a_commit_on_github_names_that_commit(url: str) -> None:
    direct = json.dumps({"url": url, "vcs_info": {"vcs": "git", "commit_id": SHA}})
    release = read_release("1.2.3", direct)
    assert release.address("ci.yml") == f"acme/cicd/.github/workflows/ci.yml@{SHA}"
    assert release.requirement == f"nox-cicd @ git+{url}@{SHA}"


@pytest.mark.parametrize(
    "direct",
    [
        None,
        json.dumps({"url": "file:///home/me/cicd", "dir_info": {"editable": True}}),
        json.dumps({"url": "https://example.com/cicd", "vcs_info": {"commit_id": SHA}}),
    ],
)
def test_any_other_package_names_its_release(direct: str | None) -> None:
    release = read_release("1.2.3", direct)
    assert (release.repository, release.commit) == (REPOSITORY, COMMIT)
    assert (release.version, release.requirement) == ("v1.2.3", "nox-cicd==1.2.3")


def test_a_release_is_pinned_by_a_full_commit() -> None:
    assert len(COMMIT) == 40 and int(COMMIT, 16) > 0
