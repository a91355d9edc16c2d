"""`fix`: the formatters and linters that can write, over all parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.config.parts import Frontend
from cicd.config.resolve import field
from cicd.errors import CheckFailed
from cicd.model import Outcome
from cicd.steps import backend, frontend
from cicd.steps.work import current_work

if TYPE_CHECKING:
    from collections.abc import Sequence

    import nox

    from cicd.config.parts import Part
    from cicd.steps.work import Work


def fix_parts(session: nox.Session, parts: Sequence[tuple[Part, Sequence[str]]]) -> None:
    """Lets every part be written, but for the folders that stand beside it: those of others.

    Raises `CheckFailed` for the tools that could not.
    """
    work = current_work(session)
    outcomes = [_fix(work, part, avoid) for part, avoid in parts]
    failures = tuple(failure for outcome in outcomes for failure in outcome.failures)
    if failures:
        headline = "; ".join(failure.title for failure in failures)
        raise CheckFailed(Outcome(headline=headline, passed=False, failures=failures))


def _fix(work: Work, part: Part, avoid: Sequence[str]) -> Outcome:
    if isinstance(part, Frontend):
        return frontend.fix(work, part)
    if not (field(work.tree, part, "formatter") or field(work.tree, part, "linter")):
        return Outcome()
    return backend.fix(work, part, avoid)
