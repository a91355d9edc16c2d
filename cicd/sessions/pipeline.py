"""The sessions over all parts: `ci`, `fix` and `doctor`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from nox import registry

from cicd.config.territory import others_below
from cicd.sessions.registry import names_of, register_plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    import nox

    from cicd.config.parts import Image, Part
    from cicd.records.record import Record
    from cicd.steps.work import Work

CI = "ci"
PUSH = "push"


def register_pipeline(parts: tuple[Part, ...], images: tuple[Image, ...]) -> None:
    def ci(session: nox.Session) -> None:
        _judge(session)

    def fix(session: nox.Session) -> None:
        from cicd.steps.fix import fix_parts

        fix_parts(session, [(part, others_below(part, parts)) for part in parts])

    def doctor(session: nox.Session) -> None:
        from cicd.steps.doctor import print_findings

        print_findings(session, parts, images)

    register_plain(CI, ci, "Everything that judges, and one verdict", default=True)
    register_plain("fix", fix, "Formatters and linters, writing")
    register_plain("doctor", doctor, "What was found here, what is missing and how to get it")


def required_by_ci() -> tuple[str, ...]:
    """The sessions that `ci` judges, in order: one of several Python versions is several."""
    session = registry.get().get(CI)
    required = _WHOLE or (session.requires if session else ())
    return tuple(name for each in required for name in names_of(each))


_WHOLE: list[str] = []
"""What `ci` requires, where nox is told less: verdicts that are reused need no process."""


def run_only(names: Sequence[str]) -> None:
    """nox runs these before `ci`, in this order; judged are all that it requires."""
    ci = registry.get()[CI]
    _WHOLE[:] = ci.requires
    ci.requires = list(names)


def run_all() -> None:
    """Takes `run_only` back."""
    if _WHOLE:
        registry.get()[CI].requires = list(_WHOLE)
        _WHOLE.clear()


def _judge(session: nox.Session) -> None:
    """nox counts a skipped prerequisite as success; the records say what was done."""
    from cicd.records.judgement import judge
    from cicd.records.runs import leave_reused
    from cicd.records.shares import why_partial
    from cicd.records.store import read_records
    from cicd.steps.work import current_work
    from cicd.system.harmless import harmless

    work = current_work(session)
    required = required_by_ci()
    if not required:
        session.error("there is nothing to check: `nox -s doctor` says what was looked for")
    leave_reused(work.run)
    records = [r for r in read_records(work.run.records) if r.session in required]
    judgement = judge(records, required)
    if judgement.red:
        session.error(f"red: {', '.join(judgement.red)}")
    if judgement.unverified and work.strict:
        session.error(f"not verified: {', '.join(judgement.unverified)}")
    if parts := "; ".join(filter(None, map(why_partial, records))):
        _end_unverified(session, work, harmless(work.masks.apply(parts)))
    if not judgement.unverified:
        _keep_verified(work, records)


def _end_unverified(session: nox.Session, work: Work, why: str) -> NoReturn:
    """What ran of a part of the tests is no verdict on the repository."""
    if work.strict:
        session.error(f"not verified: {why}")
    session.skip(f"NOT VERIFIED: {why}")


def _keep_verified(work: Work, records: Sequence[Record]) -> None:
    """What `push` may publish: that this very content was judged, and is green."""
    if PUSH not in registry.get():
        return
    from datetime import UTC, datetime

    from cicd.records.verified import Verified, verified_images, write_verified
    from cicd.system.git_state import read_git_state

    state = read_git_state(work.place.root, work.environ)
    if state is None or state.dirty:
        return
    verified = Verified(
        tree=state.tree,
        commit=state.commit,
        run=work.run.id,
        finished_at=datetime.now(UTC).isoformat(timespec="seconds"),
        images=verified_images(records),
    )
    write_verified(work.place.state, verified)


def withdraw_verified(session: str, work: Work) -> None:
    """After a red session of `ci`, `push` does not go by an earlier green one of this content."""
    if PUSH not in registry.get() or session not in required_by_ci():
        return
    from cicd.records.verified import forget_verified
    from cicd.system.git_state import read_git_state

    state = read_git_state(work.place.root, work.environ)
    if state and not state.dirty:
        forget_verified(work.place.state, state.tree)
