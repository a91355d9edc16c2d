"""The step that holds a repository on GitHub to `cicd.Rules`: a plan, its execution, a check."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cicd.errors import CheckFailed, SettingsError
from cicd.github.rules.remote import carry_out
from cicd.github.rules.render import render_done, render_judged, render_plan
from cicd.model import Failure, Outcome
from cicd.steps.github_target import judge_target, opened_target
from cicd.steps.work import current_work
from cicd.system.console import show

if TYPE_CHECKING:
    import nox

    from cicd.config.rules import Rules
    from cicd.github.rules.plan import Step
    from cicd.steps.github_target import Target

PLAN, APPLY, CHECK = "plan", "apply", "check"
_ORDERS = {"--plan": PLAN, "--apply": APPLY, "--check": CHECK}
_USAGE = "  nox -s github_rules [-- --plan | --apply | --check]"


def plan_rules(session: nox.Session, rules: Sequence[Rules]) -> Outcome:
    """Shows what differs between GitHub and the noxfile; `-- --apply` ends it, `-- --check` is
    red when there is anything, and where `CI` is set also for what could not be verified.

    Raises `CheckFailed` for rules under which this repository could not merge, and for what
    GitHub did not take; `MissingError` without a token, `RemoteError` when GitHub refuses.
    """
    work = current_work(session)
    order = parse_order(work.arguments)
    with opened_target(work, rules) as target:
        found = target.read()
        steps = target.plan(found)
        show(render_plan(target.label, steps))
        judged = judge_target(work, target, found)
        show(render_judged(judged))
        _require_none(judged.failures, f"{target.label} is not asked for these rules")
        if order == APPLY and steps:
            _apply(target, steps)
    if order == CHECK:
        _require_none(_differences(steps), f"{target.label} differs from the noxfile")
        if work.strict:
            gaps = [Failure(title=line) for line in judged.unknown]
            _require_none(gaps, "not verified, which is an error where CI is set")
    ending = _ending(order, steps) + _with_gaps(steps and order == PLAN, judged.unknown)
    outcome = Outcome(headline=ending, unverified=judged.unknown)
    show(f"  {outcome.headline}\n")
    work.outcomes.append(outcome)
    return outcome


def parse_order(arguments: Sequence[str]) -> str:
    """Raises `SettingsError` for what is not understood: this changes what others see."""
    if not arguments:
        return PLAN
    if len(arguments) > 1 or arguments[0] not in _ORDERS:
        raise SettingsError(f"github_rules does not understand {' '.join(arguments)}", fix=_USAGE)
    return _ORDERS[arguments[0]]


def _apply(target: Target, steps: Sequence[Step]) -> None:
    """Carries the plan out, and looks afterwards whether GitHub shows what it was told."""
    done = carry_out(target.wire, steps)
    show(render_done(done))
    if undone := [one for one in done if one.error or not one.tried]:
        title = f"{target.label}: {len(done) - len(undone)} of {len(done)} steps are done, not"
        failures = [Failure(title=one.step.title, detail=one.error) for one in undone]
        fix = "  what is done stays; once more does the rest: nox -s github_rules -- --apply"
        _require_none(failures, title, fix)
    left = target.plan(target.read())
    _require_none(_differences(left), f"{target.label} was told, and still shows")


def _require_none(failures: Sequence[Failure], headline: str, fix: str = "") -> None:
    """The last line that a person reads names the first of them."""
    if failures:
        more = f" (and {len(failures) - 1} more)" if len(failures) > 1 else ""
        where = f"{failures[0].location}: " if failures[0].path else ""
        told = f"{headline}: {where}{failures[0].title}{more}" + (f"\n{fix}" if fix else "")
        raise CheckFailed(Outcome(headline=told, passed=False, failures=tuple(failures)))


def _differences(steps: Sequence[Step]) -> list[Failure]:
    return [Failure(title=f"{one.title}, {change}") for one in steps for change in one.changes]


def _with_gaps(asks: object, unknown: Sequence[str]) -> str:
    """Not behind the command that applies: it is copied from there."""
    number = len(unknown)
    things = "one thing" if number == 1 else f"{number} things"
    return f", with {things} NOT VERIFIED" if number and not asks else ""


def _ending(order: str, steps: Sequence[Step]) -> str:
    if not steps:
        return "Nothing differs" if order == CHECK else "Nothing to do"
    count = len(_differences(steps))
    told = f"{count} difference{'s' if count > 1 else ''}"
    if order == APPLY:
        return f"Done, and read back: {told} gone"
    return f"Nothing was changed. {told} to apply: nox -s github_rules -- --apply"
