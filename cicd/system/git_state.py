"""Where the checked out commit stands: its branch, its tags, its pull request."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from cicd.system.ask import read_output
from cicd.system.default_branch import read_branch, read_default_branch

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class GitState:
    """The commit of a working tree.

    `tree` is git's name for the content of the commit. `dirty`: some file differs from it,
    those that git ignores apart. `committed_at` is in seconds since 1970. `branch` and
    `default_branch` are "" where nobody tells. `tags` are those of the commit. `origin` is
    the address of the remote of that name, without credentials.
    """

    commit: str
    tree: str
    dirty: bool
    committed_at: int
    branch: str = ""
    default_branch: str = ""
    tags: tuple[str, ...] = ()
    pull_request: int | None = None
    origin: str = ""


def read_git_state(root: Path, environ: Mapping[str, str]) -> GitState | None:
    """The state of the repository around `root`; None without git and without a commit.

    A CI service checks out a commit without a branch: its variables say the rest, when they
    speak of this commit.
    """
    shown = _git(root, "-c", "log.showSignature=false", "log", "-1", "--format=%H %T %ct")
    if not shown:
        return None
    commit, tree, committed_at = shown.split()
    told = _told(environ, commit)
    tags = _git(root, "tag", "--points-at", "HEAD").splitlines()
    return GitState(
        commit=commit,
        tree=tree,
        dirty=bool(_git(root, "status", "--porcelain", "--untracked-files=normal")),
        committed_at=int(committed_at),
        branch=read_branch(root) or told.branch,
        default_branch=told.default_branch or read_default_branch(root),
        tags=tuple(dict.fromkeys((*tags, *told.tags))),
        pull_request=told.pull_request,
        origin=without_credentials(_git(root, "remote", "get-url", "origin")),
    )


def without_credentials(address: str) -> str:
    """The address of a remote; of a user's name and password only that of ssh stays."""
    if "://" not in address:
        return address
    parts = urlsplit(address)
    user = f"{parts.username}@" if parts.username and "ssh" in parts.scheme else ""
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, user + host, parts.path, "", ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """What the variables of a CI service say."""

    branch: str = ""
    default_branch: str = ""
    tags: tuple[str, ...] = ()
    pull_request: int | None = None


def _told(environ: Mapping[str, str], commit: str) -> _Told:
    if environ.get("GITHUB_ACTIONS") == "true":
        return _by_github(environ, commit)
    if environ.get("CI_COMMIT_SHA") == commit:
        return _by_gitlab(environ)
    return _Told()


def _by_github(environ: Mapping[str, str], commit: str) -> _Told:
    """https://docs.github.com/en/actions/reference/workflows-and-actions/variables"""
    event = _event(environ)
    default = _text(event, "repository", "default_branch")
    heads = (environ.get("GITHUB_SHA"), _text(event, "pull_request", "head", "sha"))
    if commit not in heads:
        return _Told(default_branch=default)
    ref = environ.get("GITHUB_REF", "")
    name = environ.get("GITHUB_REF_NAME") or re.sub(r"^refs/(heads|tags)/", "", ref)
    if number := re.match(r"refs/pull/(\d+)/", ref):
        head = environ.get("GITHUB_HEAD_REF", "")
        return _Told(branch=head, default_branch=default, pull_request=int(number[1]))
    if ref.startswith("refs/tags/"):
        return _Told(default_branch=default, tags=(name,))
    return _Told(branch=name, default_branch=default)


def _by_gitlab(environ: Mapping[str, str]) -> _Told:
    """https://docs.gitlab.com/ci/variables/predefined_variables/"""
    tag, number = environ.get("CI_COMMIT_TAG"), environ.get("CI_MERGE_REQUEST_IID", "")
    source = environ.get("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "")
    return _Told(
        branch=environ.get("CI_COMMIT_BRANCH") or source,
        default_branch=environ.get("CI_DEFAULT_BRANCH", ""),
        tags=(tag,) if tag else (),
        pull_request=int(number) if number.isdigit() else None,
    )


def _event(environ: Mapping[str, str]) -> object:
    try:
        return json.loads(Path(environ["GITHUB_EVENT_PATH"]).read_text(encoding="utf-8"))
    except (OSError, KeyError, ValueError):
        return {}


def _text(value: object, *keys: str) -> str:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, str) else ""


def _git(root: Path, *arguments: str) -> str:
    return (read_output(("git", "-C", os.fspath(root), *arguments)) or "").strip()
