"""The sessions over all parts: `ci`, `fix` and `doctor`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nox import registry

from cicd.config.territory import others_below
from cicd.sessions.registry import register_plain

if TYPE_CHECKING:
    import nox

    from cicd.config.parts import Part

CI = "ci"


def register_pipeline(parts: tuple[Part, ...]) -> None:
    def ci(session: nox.Session) -> None:
        _judge(session)

    def fix(session: nox.Session) -> None:
        from cicd.steps.fix import fix_parts

        fix_parts(session, [(part, others_below(part, parts)) for part in parts])

    def doctor(session: nox.Session) -> None:
        from cicd.steps.doctor import print_findings

        print_findings(session, parts)

    register_plain(CI, ci, "Everything that judges, and one verdict", default=True)
    register_plain("fix", fix, "Formatters and linters, writing")
    register_plain("doctor", doctor, "What was found here, what is missing and how to get it")


def required_by_ci() -> tuple[str, ...]:
    """The sessions that `ci` judges, in order."""
    session = registry.get().get(CI)
    return tuple(session.requires) if session else ()


def _judge(session: nox.Session) -> None:
    """nox counts a skipped prerequisite as success; the records say what was done."""
    from cicd.records.judgement import judge
    from cicd.records.store import read_records
    from cicd.steps.work import current_work

    work = current_work(session)
    required = required_by_ci()
    if not required:
        session.error("there is nothing to check: `nox -s doctor` says what was looked for")
    records = [r for r in read_records(work.run.records) if r.session in required]
    judgement = judge(records, required)
    if judgement.red:
        session.error(f"red: {', '.join(judgement.red)}")
    if judgement.unverified and work.strict:
        session.error(f"not verified: {', '.join(judgement.unverified)}")
