"""`github_workflow`: writes the workflow that calls ours once, and checks it afterwards."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from cicd.errors import CheckFailed, SettingsError
from cicd.github.workflow.caller import CALLER, render_caller
from cicd.model import Failure, Outcome
from cicd.steps.work import current_work
from cicd.system.ask import read_output

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    import nox

    from cicd.github.workflow.check import Checked
    from cicd.github.workflow.pin import Read
    from cicd.steps.work import Work

_FOLDER = ".github/workflows"


def write_or_check_workflow(
    session: nox.Session, *, sessions: Collection[str], queue: bool = False
) -> Outcome:
    """Writes `.github/workflows/ci.yml` where no workflow of the repository calls ours.

    `sessions` are those of the noxfile; `queue` says that a merge queue is required.
    Raises `CheckFailed` with what is wrong, by file and line.
    """
    work = current_work(session)
    _at_the_top(work)
    branch, owner = _branch_and_owner(work)
    did = ""
    checked = _check(work, branch, owner, sessions, queue)
    if checked.uncalled:
        did = f"wrote {_write(work, branch)} · "
        checked = _check(work, branch, owner, sessions, queue)
    where = list(dict.fromkeys(call.workflow.path for call in checked.calls))
    work.say(f"{did}checked {', '.join(where) or 'nothing'}")
    if checked.failures:
        raise CheckFailed(_red(work, checked.failures, did))
    return Outcome(headline=f"{did}{', '.join(where)} in order", metrics={"calls": len(where)})


def _check(work: Work, branch: str, owner: str, sessions: Collection[str], queue: bool) -> Checked:
    from cicd.github.workflow.check import check_repository

    root = work.place.root
    names = [
        path.relative_to(root).as_posix()
        for path in sorted((root / _FOLDER).glob("*"))
        if path.suffix in (".yml", ".yaml") and path.is_file()
    ]
    files = {name: (root / name).read_text(encoding="utf-8", errors="replace") for name in names}
    return check_repository(
        files, branch=branch, queue=queue, sessions=sessions, read=_reader(root), owner=owner
    )


def _write(work: Work, branch: str) -> str:
    """Raises `CheckFailed` where another workflow has the name: what is there stays."""
    from cicd.github.workflow.pin import find_install
    from cicd.github.workflow.release import installed_release

    install = find_install(_reader(work.place.root), work.tree.files)
    branch = branch or _checked_out(work) or "main"
    text = render_caller(installed_release(), branch, install)
    for name in (CALLER, CALLER.replace(".yml", ".yaml")):
        # A link to nothing is there too.
        if os.path.lexists(work.place.root / name):
            title = "is there and calls no workflow of cicd: nothing was written"
            job = text[text.index("jobs:") :]
            fix = f"delete it and run again, or give it the job:\n{job}"
            failure = Failure(title=title, path=name, line=1, fix=fix)
            raise CheckFailed(_red(work, (failure,), ""))
    try:
        _put(work.place.root / CALLER, text)
    except OSError as error:
        title = f"cannot be written: {error.strerror}"
        fix = f"{_FOLDER} has to be a folder that can be written"
        raise CheckFailed(_red(work, (Failure(title=title, path=CALLER, fix=fix),), "")) from error
    return CALLER


def _put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("x", encoding="utf-8", newline="\n") as file:
        file.write(text)


def _red(work: Work, failures: tuple[Failure, ...], did: str) -> Outcome:
    for failure in failures:
        fix = failure.fix.replace("\n", "\n  ")
        work.say(f"{failure.location}: {failure.title}\n  {fix}".rstrip())
    one = failures[0]
    number = "" if len(failures) == 1 else f", and {len(failures) - 1} more"
    return Outcome(
        headline=f"{did}{one.location} {one.title}{number}", passed=False, failures=failures
    )


def _at_the_top(work: Work) -> None:
    """Raises `SettingsError` for a noxfile below the top of its repository."""
    root = work.place.root
    top = next((one for one in (root, *root.parents) if (one / ".git").exists()), root)
    if top != root:
        raise SettingsError(
            f"GitHub reads workflows only at the top of a repository, {top}; nothing was written",
            fix="move noxfile.py there, or write a workflow with a step of your own that runs nox"
            f" in {root.relative_to(top).as_posix()}",
        )


def _branch_and_owner(work: Work) -> tuple[str, str]:
    """The default branch, and who owns the repository; "" for what is not known."""
    from cicd.system.git_state import read_git_state

    state = read_git_state(work.place.root, work.environ)
    branch, origin = (state.default_branch, state.origin) if state else ("", "")
    if not branch and len(_branches(work)) < 2:
        branch = _checked_out(work)
    found = re.search(r"[/:]([^/:]+)/[^/]+/?$", origin)
    return branch, found[1] if found else ""


def _branches(work: Work) -> list[str]:
    return _git(work, "for-each-ref", "--format=%(refname)", "refs/heads").splitlines()


def _checked_out(work: Work) -> str:
    """The branch that is taken for the default branch where nothing names that."""
    branch = _git(work, "symbolic-ref", "--quiet", "--short", "HEAD")
    if branch:
        work.say(f"nothing names the default branch: {branch} is taken, which is checked out")
    return branch


def _git(work: Work, *arguments: str) -> str:
    return (read_output(("git", "-C", str(work.place.root), *arguments)) or "").strip()


def _reader(root: Path) -> Read:
    def read(name: str) -> str | None:
        try:
            return (root / name).read_text(encoding="utf-8", errors="replace")
        except OSError:
            return None

    return read
