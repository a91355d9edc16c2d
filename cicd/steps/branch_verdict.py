"""What `ci` said last of the default branch, where that is what is checked out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd.model import Verdict
from cicd.notify.ci_run import read_ci_run
from cicd.records.judgement import judge
from cicd.records.store import read_records
from cicd.records.whole import is_whole, last_whole_run
from cicd.system.git_state import read_git_state

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cicd.notify.ci_run import CiRun
    from cicd.records.judgement import Judgement
    from cicd.records.record import Record
    from cicd.steps.work import Work
    from cicd.system.git_state import GitState


@dataclass(frozen=True, slots=True)
class Judged:
    """The commit at the end of the branch, the run of the CI service, and what `ci` found."""

    git: GitState
    ci: CiRun
    judgement: Judgement
    records: tuple[Record, ...]


@dataclass(frozen=True, slots=True)
class Nothing:
    """There is no such verdict, and why."""

    reason: str


def judge_branch(work: Work, required: Sequence[str]) -> Judged | Nothing:
    """By the records of the sessions that `ci` requires."""
    git, ci = read_git_state(work.place.root, work.environ), read_ci_run(work.environ)
    if git is None:
        return Nothing("there is no commit here")
    if reason := _other_than_branch(git, ci, strict=work.strict):
        return Nothing(reason)
    found = _records(work, required)
    if isinstance(found, Nothing):
        return found
    if others := _commits(found) - {git.commit}:
        return Nothing(f"`ci` judged {others.pop()[:12]}, and {git.commit[:12]} is checked out")
    judgement = judge(found, required)
    if judgement.verdict is Verdict.NOT_VERIFIED:
        names = ", ".join(judgement.unverified)
        return Nothing(f"{names}: NOT VERIFIED, which is neither red nor green")
    return Judged(git, ci, judgement, found)


def _other_than_branch(git: GitState, ci: CiRun, *, strict: bool) -> str:
    """Why what is checked out is not the default branch; "" when it is."""
    if ci.event.startswith("pull_request") or git.pull_request:
        return "this is a pull request"
    if not git.branch:
        return "what is checked out is not on a branch"
    if git.branch != git.default_branch:
        return f"{git.branch} is not the default branch ({git.default_branch or 'unknown'})"
    if git.dirty and not strict:
        return f"files differ from the commit: what was judged is not {git.branch}"
    return ""


def _records(work: Work, required: Sequence[str]) -> tuple[Record, ...] | Nothing:
    """Of this call of nox when it runs `ci`, else of the last that did."""
    own = is_whole(work.run)
    run = work.run if own else last_whole_run(work.place.state)
    if run is None or not required:
        return Nothing("`ci` has not run here" if required else "`ci` requires no session")
    records = tuple(one for one in read_records(run.records) if one.session in required)
    if own and not _is_over(records, required):
        return Nothing("`ci` is not over: call `nox -s notify` after it")
    return records


def _is_over(records: Sequence[Record], required: Sequence[str]) -> bool:
    """nox leaves out what requires a red session: then not all of them have a record."""
    verdicts = [record.verdict for record in records]
    return None not in verdicts and (len(records) == len(required) or Verdict.FAILED in verdicts)


def _commits(records: Sequence[Record]) -> set[str]:
    told = (record.outcome.facts.get("commit", "") for record in records)
    return {commit.rstrip("+") for commit in told if commit}
