"""`cicd.Rules`: what GitHub holds a repository to."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass

from cicd.config.parts import PartType


@dataclass(frozen=True, slots=True)
class Rules(metaclass=PartType):
    """The rules of a repository on GitHub, for `nox -s github_rules`.

    Nothing is changed by registering it: the session plans, `-- --apply` applies and
    `-- --check` compares, each with an administrator's token. Several of them in a noxfile
    protect several branches of one repository.
    """

    branch: str = "main"
    """The protected branch, or a pattern ("release/*"). It takes changes by pull request only,
    and is neither deleted nor overwritten."""
    _: KW_ONLY
    checks: str | tuple[str, ...] = ("ci / ok",)
    """Checks that must be green before a merge, as a pull request names them. Each must come
    from a workflow of this repository."""
    reviews: int = 1
    """Approvals that a pull request needs, 0 to 10; a new commit ends earlier ones."""
    linear_history: bool = True
    """Whether merge commits are refused."""
    merge_queue: bool = False
    """Whether merging goes through GitHub's queue, which tests what will be the branch. GitHub
    has it for repositories of organisations."""
    tags: str | tuple[str, ...] = ("v*",)
    """Patterns of tags that can be made, and then neither moved nor deleted."""
    read_only_token: bool = True
    """Whether a workflow's token may only read, unless the workflow asks for more. False leaves
    GitHub's setting as it is."""
    pinned_actions: bool = True
    """Whether only actions pinned by their full commit may run. False leaves GitHub's setting as
    it is."""
    repository: str = ""
    """The repository as "owner/name". Default: GITHUB_REPOSITORY, else the remote `origin`."""
    token: str = "env:GITHUB_TOKEN"
    """Where the administrator's token is: "env:NAME", "file:path" or "cmd:command"
    ("cmd:gh auth token")."""
    api: str = ""
    """The address of GitHub's API. Default: GITHUB_API_URL, else https://api.github.com."""
