"""A repository's settings on GitHub: reading them, and carrying out a plan."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from cicd.errors import RemoteError
from cicd.github.rules.plan import Call, Step
from cicd.github.rules.refusals import Refused
from cicd.github.rules.settings import PREFIX, Json, Settings, parse_settings

if TYPE_CHECKING:
    from cicd.github.rules.wire import Wire

_PAGE = 100
_ONLY_THIS = (409, 422)
"""GitHub refuses this setting here; the next one may be welcome."""


def read_settings(wire: Wire, repository: str) -> Settings:
    """Raises `RemoteError` when GitHub refuses, or answers what cannot be understood."""
    base = f"/repos/{repository}"
    # First what only an administrator is shown: who is none learns it at once.
    actions = wire.ask(Call(method="GET", path=f"{base}/actions/permissions"))
    token = wire.ask(Call(method="GET", path=f"{base}/actions/permissions/workflow"))
    try:
        ours = [one["id"] for one in _listed(wire, base) if one["name"].startswith(PREFIX)]
        single = [Call(method="GET", path=f"{base}/rulesets/{number}") for number in ours]
        return parse_settings([wire.ask(call) for call in single], actions, token)
    except (LookupError, TypeError, AttributeError) as error:
        raise RemoteError(f"{wire.api} answers what GitHub does not: {error!r}") from error


def has_branch(wire: Wire, repository: str, branch: str) -> bool | None:
    """Whether there is such a branch; None for a token that may not read contents."""
    path = f"/repos/{repository}/git/ref/heads/{quote(branch)}"
    try:
        wire.ask(Call(method="GET", path=path))
    except Refused as error:
        if error.status in (404, 409):
            return False
        if error.status == 403:
            return None
        raise
    return True


@dataclass(frozen=True, slots=True)
class Done:
    """How a step ended: `error` is "" when it was done; `tried` is False when it was left."""

    step: Step
    error: str = ""
    tried: bool = True


def carry_out(wire: Wire, steps: Sequence[Step]) -> tuple[Done, ...]:
    """Each step in its order. What GitHub refuses to this repository does not hold up the rest;
    with a refused token or a broken connection the rest is left."""
    done, left = list[Done](), list(steps)
    while left:
        step = left.pop(0)
        try:
            wire.ask(step.call)
            done.append(Done(step))
        except RemoteError as error:
            done.append(Done(step, str(error)))
            if getattr(error, "status", 0) not in _ONLY_THIS:
                break
    return (*done, *(Done(step, tried=False) for step in left))


def _listed(wire: Wire, base: str) -> Iterator[Json]:
    number = 1
    while True:
        query = f"includes_parents=false&per_page={_PAGE}&page={number}"
        page = wire.ask(Call(method="GET", path=f"{base}/rulesets?{query}"))
        yield from page
        if len(page) < _PAGE:
            return
        number += 1
