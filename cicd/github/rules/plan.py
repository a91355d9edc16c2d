"""What differs between the settings found and wanted, and the calls that end it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd.github.rules.aspects import tell_ruleset
from cicd.github.rules.settings import Json, Ruleset, Settings, render_ruleset
from cicd.github.rules.wanted import held_to

if TYPE_CHECKING:
    from cicd.github.rules.wanted import Wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request to GitHub's API, as a value. `path` begins with a slash."""

    method: str
    path: str
    body: Json = None

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is not as wanted."""

    about: str
    was: str
    will: str

    def __str__(self) -> str:
        return f"{self.about}: {self.was} → {self.will}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One call, and what it changes."""

    title: str
    changes: tuple[Change, ...]
    call: Call


def plan_steps(repository: str, wanted: Wanted, found: Settings) -> tuple[Step, ...]:
    """The steps from `found` to `wanted`; none when nothing differs.

    Each leaves the repository in order, so that a failure between two of them does: what
    protects comes first, then what GitHub or an organisation may refuse, and a ruleset of ours
    that is no longer wanted goes last.
    """
    base = f"/repos/{repository}"
    matched = [(one, _of_name(one, found.rulesets)) for one in wanted.rulesets]
    kept = [there.id for _, there in matched if there]
    left = [one for one in found.rulesets if one.is_ours and one.id not in kept]
    steps = [
        *(_hold(base, one, there) for one, there in matched),
        _limit_token(base, wanted, found),
        _pin_actions(base, wanted, found),
        *(_remove(base, one) for one in left),
    ]
    return tuple(step for step in steps if step and step.changes)


def _of_name(wanted: Ruleset, found: Sequence[Ruleset]) -> Ruleset | None:
    same = (one for one in found if (one.name, one.target) == (wanted.name, wanted.target))
    return next(same, None)


def _hold(base: str, wanted: Ruleset, found: Ruleset | None) -> Step:
    body = render_ruleset(held_to(wanted, found))
    path = f"{base}/rulesets" + (f"/{found.id}" if found else "")
    nothing = Ruleset(name=wanted.name, target=wanted.target, include=(), enforcement="")
    return Step(
        title=f'ruleset "{wanted.name}"' + ("" if found else " (new)"),
        changes=_changes(tell_ruleset(found or nothing), tell_ruleset(held_to(wanted, found))),
        call=Call(method="PUT" if found else "POST", path=path, body=body),
    )


def _limit_token(base: str, wanted: Wanted, found: Settings) -> Step | None:
    if not wanted.read_only_token:
        return None
    body = {
        "default_workflow_permissions": "read",
        "can_approve_pull_request_reviews": found.may_approve,
    }
    return Step(
        title="token of a workflow",
        changes=_changes({"by default it may": found.token}, {"by default it may": "read"}),
        call=Call(method="PUT", path=f"{base}/actions/permissions/workflow", body=body),
    )


def _pin_actions(base: str, wanted: Wanted, found: Settings) -> Step | None:
    if not wanted.pinned:
        return None
    body: dict[str, Json] = {"enabled": found.actions_enabled, "sha_pinning_required": True}
    if found.allowed is not None:
        body["allowed_actions"] = found.allowed
    was = "pinned by full commit" if found.pinned else "of any version"
    return Step(
        title="actions",
        changes=_changes({"that may run": was}, {"that may run": "pinned by full commit"}),
        call=Call(method="PUT", path=f"{base}/actions/permissions", body=body),
    )


def _remove(base: str, found: Ruleset) -> Step:
    return Step(
        title=f'ruleset "{found.name}"',
        changes=(Change("asked for by the noxfile no more", "there", "gone"),),
        call=Call(method="DELETE", path=f"{base}/rulesets/{found.id}"),
    )


def _changes(found: Mapping[str, str], wanted: Mapping[str, str]) -> tuple[Change, ...]:
    return tuple(
        Change(about, found[about], will) for about, will in wanted.items() if found[about] != will
    )
