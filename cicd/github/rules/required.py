"""Whether checks may be required: a check that never comes would hold up every merge."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from cicd.config.rules_checks import texts
from cicd.github.rules.produced import Guard, Produced, list_produced
from cicd.github.workflow.document import Workflow, events, steps
from cicd.model import Failure

if TYPE_CHECKING:
    from cicd.config.rules import Rules

_PULL_REQUEST = ("pull_request", "pull_request_target")
_NEEDED_TYPES = {"opened", "synchronize"}
_PINNED = re.compile(r"\.{0,2}/.*|docker://.*|[^@]+@[0-9a-f]{40}(?:[0-9a-f]{24})?")


@dataclass(frozen=True, slots=True)
class Judged:
    """`failures` are why the rules cannot be asked of GitHub, `unknown` what only a run shows."""

    failures: tuple[Failure, ...] = ()
    unknown: tuple[str, ...] = ()


def judge_rules(rules: Rules, workflows: Sequence[Workflow]) -> Judged:
    """Whether this repository's workflows can live under the rules."""
    produced = list_produced(workflows)
    judged = [_judge_check(name, rules, produced) for name in texts(rules.checks)]
    unpinned = _unpinned(workflows) if rules.pinned_actions else ()
    return Judged(
        tuple(failure for one in judged for failure in one.failures) + tuple(unpinned),
        tuple(line for one in judged for line in one.unknown),
    )


def _judge_check(name: str, rules: Rules, produced: Sequence[Produced]) -> Judged:
    certain = [one for one in produced if one.name == name]
    candidates = certain or [one for one in produced if one.may_be(name)]
    if not candidates:
        return Judged((_not_produced(name, produced),))
    best = min(candidates, key=lambda one: (bool(obstacle(one.workflow, rules)), _doubt(one)))
    if why := obstacle(best.workflow, rules):
        return Judged((_held_up(name, best, why),))
    if never := [guard for guard in best.guards if guard.never]:
        return Judged((_never_runs(name, never[0]),))
    if best.name == name:
        return Judged((), tuple(_conditional(name, guard) for guard in best.guards))
    where = f"{best.workflow.path}:{best.line}"
    return Judged((), (f'whether "{name}" is produced: {where} makes "{best.name}"',))


def _doubt(produced: Produced) -> int:
    return 2 if any(guard.never for guard in produced.guards) else bool(produced.guards)


def _never_runs(name: str, guard: Guard) -> Failure:
    path, _, line = guard.location.rpartition(":")
    return Failure(
        title=f'the check "{name}" would never protect: its job has `if: false`',
        path=path,
        line=int(line),
        detail="GitHub counts a skipped check as a success",
    )


def _conditional(name: str, guard: Guard) -> str:
    condition = " ".join(guard.condition.split())
    return (
        f'whether "{name}" protects: {guard.location} has `if: {condition}`, '
        "and a skipped check counts as a success"
    )


def _not_produced(name: str, produced: Sequence[Produced]) -> Failure:
    names = sorted({one.name for one in produced})
    close = get_close_matches(name, names, n=1)
    there = f"they produce: {', '.join(names)}" if names else "there is no workflow that has one"
    return Failure(
        title=f'no workflow of this repository produces the check "{name}"',
        path=".github/workflows",
        detail=there,
        fix=f'did you mean "{close[0]}"?' if close else "",
    )


def _held_up(name: str, produced: Produced, why: str) -> Failure:
    place = next(
        (event for event in (*_PULL_REQUEST, "push") if event in events(produced.workflow)), ""
    )
    return Failure(
        title=f'the check "{name}" would hold up merges: {why}',
        path=produced.workflow.path,
        line=produced.workflow.line("on", place),
    )


def obstacle(workflow: Workflow, rules: Rules) -> str:
    """Why a pull request for the branch may never see the checks of this workflow; "" for none."""
    on = events(workflow)
    if rules.merge_queue and "merge_group" not in on:
        return "a merge queue needs the trigger `merge_group`"
    told = [_filtered(name, on[name], rules.branch) for name in _PULL_REQUEST if name in on]
    if not told and "push" in on:
        told = [_filtered_push(on["push"])]
    return min(told, key=len) if told else "the workflow does not run for pull requests"


def _filtered(event: str, filters: Mapping[str, Any], branch: str) -> str:
    for name in ("paths", "paths-ignore"):
        if name in filters:
            return f"`{event}` is filtered by `{name}`, and a check that does not run stays pending"
    if "types" in filters and not _NEEDED_TYPES <= set(_listed(filters["types"])):
        return f"`{event}` does not have the types opened and synchronize"
    if "branches" in filters and not matches(_listed(filters["branches"]), branch):
        return f"`{event}` is not for the branch {branch}"
    if "branches-ignore" in filters and matches(_listed(filters["branches-ignore"]), branch):
        return f"`{event}` leaves out the branch {branch}"
    return ""


def _filtered_push(filters: Mapping[str, Any]) -> str:
    """Only a push of every branch is a push of a pull request's."""
    return "the workflow does not run for every pull request" if filters else ""


def matches(patterns: Iterable[str], branch: str) -> bool:
    """GitHub's filter patterns: the last that fits decides, "!" takes back.

    https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax
    """
    found = False
    for pattern in patterns:
        plain = pattern.removeprefix("!")
        if plain == branch or re.fullmatch(_regex(plain), branch):
            found = plain == pattern
    return found


def _regex(pattern: str) -> str:
    """`?` and `+` are about the character before them."""
    pieces = re.findall(r"\*\*|\*|[?+]|\[[^\]]+\]|\\.|.", pattern, re.S)
    known = {"**": ".*", "*": "[^/]*", "?": "?", "+": "+"}
    return "".join(
        known.get(one) or (one if len(one) > 1 else re.escape(one)) for one in pieces
    ).lstrip("?+")


def _listed(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


def _unpinned(workflows: Sequence[Workflow]) -> Iterable[Failure]:
    """GitHub would refuse to run these. It lets a reusable workflow be called by its tag."""
    for workflow in workflows:
        for keys, step in steps(workflow):
            uses = str(step.get("uses") or ".")
            if uses != "." and not _PINNED.fullmatch(uses):
                yield Failure(
                    title=f"`pinned_actions`: {uses} is not pinned by its full commit",
                    path=workflow.path,
                    line=workflow.line(*keys, "uses"),
                    detail="GitHub would refuse to run the workflow",
                )
