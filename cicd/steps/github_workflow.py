"""`github_workflow`: writes the workflow that calls ours once, and checks it afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.errors import CheckFailed
from cicd.github.workflow.caller import CALLER, render_caller
from cicd.model import Failure, Outcome
from cicd.steps.work import current_work

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
    branch = _default_branch(work)
    did = ""
    checked = _check(work, branch, sessions, queue)
    if checked.uncalled:
        did = f"wrote {_write(work, branch)} · "
        checked = _check(work, branch, sessions, queue)
    where = list(dict.fromkeys(call.workflow.path for call in checked.calls))
    work.say(f"{did}checked {', '.join(where) or 'nothing'}")
    if checked.failures:
        raise CheckFailed(_red(work, checked.failures, did))
    return Outcome(headline=f"{did}{', '.join(where)} in order", metrics={"calls": len(where)})


def _check(work: Work, branch: str, sessions: Collection[str], queue: bool) -> Checked:
    from cicd.github.workflow.check import check_repository

    root = work.place.root
    names = [
        path.relative_to(root).as_posix()
        for path in sorted((root / _FOLDER).glob("*"))
        if path.suffix in (".yml", ".yaml") and path.is_file()
    ]
    files = {name: (root / name).read_text(encoding="utf-8", errors="replace") for name in names}
    return check_repository(
        files, branch=branch, queue=queue, sessions=sessions, read=_reader(root)
    )


def _write(work: Work, branch: str) -> str:
    """Raises `CheckFailed` where another workflow has the name: what is there stays."""
    from cicd.github.workflow.pin import find_install
    from cicd.github.workflow.release import installed_release

    path = work.place.root / CALLER
    install = find_install(_reader(work.place.root), work.tree.files)
    text = render_caller(installed_release(), branch or "main", install)
    if path.exists():
        failure = Failure(
            title="is there and calls no workflow of cicd: nothing was written",
            path=CALLER,
            line=1,
            fix=f"delete it and run again, or give it the job:\n{text[text.index('jobs:'):]}",
        )
        raise CheckFailed(_red(work, (failure,), ""))
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("x", encoding="utf-8", newline="\n") as file:
        file.write(text)
    return CALLER


def _red(work: Work, failures: tuple[Failure, ...], did: str) -> Outcome:
    for failure in failures:
        fix = failure.fix.replace("\n", "\n  ")
        work.say(f"{failure.location}: {failure.title}\n  {fix}".rstrip())
    one = failures[0]
    number = "" if len(failures) == 1 else f", and {len(failures) - 1} more"
    return Outcome(
        headline=f"{did}{one.location} {one.title}{number}", passed=False, failures=failures
    )


def _default_branch(work: Work) -> str:
    from cicd.system.git_state import read_git_state

    state = read_git_state(work.place.root, work.environ)
    return state.default_branch if state else ""


def _reader(root: Path) -> Read:
    def read(name: str) -> str | None:
        try:
            return (root / name).read_text(encoding="utf-8", errors="replace")
        except OSError:
            return None

    return read
