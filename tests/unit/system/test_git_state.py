"""What git and a CI service say about the commit that is checked out."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from cicd.system.default_branch import is_clean_default
from cicd.system.git_state import GitState, read_git_state, without_credentials


def git(root: Path, *arguments: str) -> str:
    env = {
        **os.environ,
        "GIT_CONFIG_GLOBAL": os.devnull,
        **{
            f"GIT_{who}_{what}": "a@b"
            for who in ("AUTHOR", "COMMITTER")
            for what in ("NAME", "EMAIL")
        },
        "GIT_COMMITTER_DATE": "1700000000 +0000",
    }
    done = subprocess.run(
        ("git", "-C", root, *arguments), env=env, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q", "-b", "main")
    (tmp_path / "file").write_text("1")
    (tmp_path / ".gitignore").write_text("ignored\n")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "one")
    return tmp_path


def read(root: Path, **environ: str) -> GitState:
    state = read_git_state(root, environ)
    assert state
    return state


def test_a_clean_commit_on_a_branch(root: Path) -> None:
    state = read(root)
    assert state.commit == git(root, "rev-parse", "HEAD")
    assert state.tree == git(root, "rev-parse", "HEAD^{tree}")
    assert (state.branch, state.default_branch, state.dirty) == ("main", "main", False)
    assert state.committed_at == 1700000000


def test_an_untracked_file_is_a_change_and_an_ignored_one_is_none(root: Path) -> None:
    (root / "ignored").write_text("1")
    assert not read(root).dirty
    git(root, "config", "status.showUntrackedFiles", "no")
    (root / "new").write_text("1")
    assert read(root).dirty


def test_the_tags_of_the_commit_alone(root: Path) -> None:
    git(root, "tag", "old")
    git(root, "commit", "-q", "--allow-empty", "-m", "two")
    git(root, "tag", "v1.2.3")
    assert read(root).tags == ("v1.2.3",)


def test_there_is_no_state_without_a_commit_and_without_git(tmp_path: Path) -> None:
    assert read_git_state(tmp_path, {}) is None
    git(tmp_path, "init", "-q")
    assert read_git_state(tmp_path, {}) is None


def test_the_remote_says_which_branch_is_the_default_one(root: Path, tmp_path: Path) -> None:
    git(root, "branch", "-m", "trunk")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", str(root), str(clone))
    git(clone, "checkout", "-q", "-b", "topic")
    state = read(clone)
    assert (state.branch, state.default_branch) == ("topic", "trunk")


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://me:secret@github.com/o/r.git", "https://github.com/o/r.git"),
        ("https://ghp_token@github.com/o/r", "https://github.com/o/r"),
        ("https://host:8443/o/r?private_token=x", "https://host:8443/o/r"),
        ("ssh://git:pw@host:22/o/r", "ssh://git@host:22/o/r"),
        ("git@github.com:o/r.git", "git@github.com:o/r.git"),
        ("", ""),
    ],
)
def test_an_origin_is_without_credentials(address: str, expected: str) -> None:
    assert without_credentials(address) == expected


def test_a_detached_commit_on_github_has_the_branch_of_the_workflow(root: Path) -> None:
    commit = git(root, "rev-parse", "HEAD")
    git(root, "checkout", "-q", "--detach")
    github = {"GITHUB_ACTIONS": "true", "GITHUB_SHA": commit}
    assert read(root).branch == ""
    state = read(root, **github, GITHUB_REF="refs/heads/feature/x", GITHUB_REF_NAME="feature/x")
    assert (state.branch, state.tags, state.pull_request) == ("feature/x", (), None)
    state = read(root, **github, GITHUB_REF="refs/tags/v1.0.0", GITHUB_REF_NAME="v1.0.0")
    assert (state.branch, state.tags) == ("", ("v1.0.0",))


def test_a_pull_request_on_github_has_its_number(root: Path, tmp_path: Path) -> None:
    commit = git(root, "rev-parse", "HEAD")
    git(root, "checkout", "-q", "--detach")
    event = tmp_path.parent / "event.json"
    event.write_text(
        json.dumps(
            {
                "repository": {"default_branch": "trunk"},
                "pull_request": {"head": {"sha": commit}},
            }
        )
    )
    state = read(
        root,
        GITHUB_ACTIONS="true",
        GITHUB_SHA="0" * 40,
        GITHUB_REF="refs/pull/12/merge",
        GITHUB_HEAD_REF="topic",
        GITHUB_EVENT_PATH=str(event),
    )
    assert (state.pull_request, state.branch, state.default_branch) == (12, "topic", "trunk")


def test_variables_of_another_commit_say_nothing(root: Path) -> None:
    git(root, "checkout", "-q", "--detach")
    state = read(root, GITHUB_ACTIONS="true", GITHUB_SHA="0" * 40, GITHUB_REF="refs/tags/v1.0.0")
    assert (state.branch, state.tags) == ("", ())


def test_a_merge_request_of_another_service_has_its_number(root: Path) -> None:
    commit = git(root, "rev-parse", "HEAD")
    git(root, "checkout", "-q", "--detach")
    state = read(root, CI_COMMIT_SHA=commit, CI_MERGE_REQUEST_IID="7", CI_DEFAULT_BRANCH="trunk")
    assert (state.pull_request, state.default_branch) == (7, "trunk")
    assert read(root, CI_COMMIT_SHA=commit, CI_COMMIT_TAG="1.0.0").tags == ("1.0.0",)


def test_the_default_branch_is_told_from_others_and_from_changed_files(root: Path) -> None:
    assert is_clean_default(root)
    (root / "ignored").write_text("")
    assert is_clean_default(root)
    (root / "new").write_text("")
    assert not is_clean_default(root)
    (root / "new").unlink()
    git(root, "checkout", "-q", "--detach")
    assert not is_clean_default(root)
    git(root, "checkout", "-q", "-b", "other")
    assert not is_clean_default(root)


def test_the_default_branch_is_the_one_that_the_remote_named(root: Path) -> None:
    git(root, "branch", "-m", "trunk")
    assert not is_clean_default(root)
    git(root, "update-ref", "refs/remotes/origin/trunk", "HEAD")
    git(root, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk")
    assert is_clean_default(root)


def test_without_git_no_branch_is_the_default(tmp_path: Path) -> None:
    assert not is_clean_default(tmp_path)
