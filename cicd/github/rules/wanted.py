"""From `cicd.Rules` to the settings that a repository is to have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cicd.config.rules_checks import texts
from cicd.github.rules.settings import PREFIX, TAGS, Json, Parameters, Ruleset

if TYPE_CHECKING:
    from cicd.config.rules import Rules

GITHUB_API = "https://api.github.com"
ACTIONS_APP = 15368
"""GitHub Actions on github.com: without it, whoever may write to the repository could report a
check of the required name as green."""
MANAGED = {
    "branch": (
        "deletion",
        "non_fast_forward",
        "required_linear_history",
        "pull_request",
        "required_status_checks",
        "merge_queue",
    ),
    "tag": ("deletion", "non_fast_forward", "update"),
}
"""What `cicd.Rules` speaks of. A rule of another type in a ruleset of ours stays as it is."""
_FIRST: dict[str, Parameters] = {
    "pull_request": {
        "require_code_owner_review": False,
        "require_last_push_approval": False,
        "required_review_thread_resolution": False,
    },
    "merge_queue": {
        "check_response_timeout_minutes": 60,
        "max_entries_to_build": 5,
        "max_entries_to_merge": 5,
        "merge_method": "MERGE",
        "min_entries_to_merge": 1,
        "min_entries_to_merge_wait_minutes": 5,
    },
}
"""Parameters that GitHub wants to be told and `cicd.Rules` does not speak of: said the first
time, and left as they are from then on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """`read_only_token` and `pinned` of False: GitHub's setting is left alone."""

    rulesets: tuple[Ruleset, ...]
    read_only_token: bool
    pinned: bool


def plan_wanted(given: Sequence[Rules], api: str = GITHUB_API) -> Wanted:
    """What all rules of one repository ask for together."""
    first = given[0]
    rulesets = [_branch(rules, api) for rules in given]
    if texts(first.tags):
        rulesets.append(_tags(first))
    return Wanted(
        rulesets=tuple(rulesets),
        read_only_token=first.read_only_token,
        pinned=first.pinned_actions,
    )


def held_to(wanted: Ruleset, found: Ruleset | None) -> Ruleset:
    """The ruleset to write: as wanted, with what was found where nothing is wanted."""
    there = found.rules if found else {}
    rules = {kind: _parameters(kind, asked, there) for kind, asked in wanted.rules.items()}
    kept = {kind: there[kind] for kind in there if kind not in MANAGED[wanted.target]}
    return replace(wanted, rules={**rules, **kept}, id=found.id if found else None)


def _parameters(kind: str, asked: Parameters, there: Parameters) -> Parameters:
    found = there.get(kind, {})
    linear_too = {"merge_method": "REBASE"} if found.get("merge_method") == "REBASE" else {}
    return {**_FIRST.get(kind, {}), **found, **asked, **linear_too}


def _branch(rules: Rules, api: str) -> Ruleset:
    asked: dict[str, Parameters] = {"deletion": {}, "non_fast_forward": {}}
    if rules.linear_history:
        asked["required_linear_history"] = {}
    asked["pull_request"] = {
        "required_approving_review_count": rules.reviews,
        "dismiss_stale_reviews_on_push": True,
    }
    if texts(rules.checks):
        asked["required_status_checks"] = {
            "required_status_checks": [_check(name, api) for name in texts(rules.checks)],
            # A queue tests the result itself, and would have everyone update twice.
            "strict_required_status_checks_policy": not rules.merge_queue,
        }
    if rules.merge_queue:
        asked["merge_queue"] = {"grouping_strategy": "ALLGREEN"} | (
            {"merge_method": "SQUASH"} if rules.linear_history else {}
        )
    return Ruleset(
        name=f"{PREFIX}{rules.branch}",
        target="branch",
        include=(f"refs/heads/{rules.branch}",),
        rules=asked,
    )


def _check(name: str, api: str) -> Json:
    """Elsewhere than on github.com GitHub Actions has another number, which nobody publishes."""
    return {"context": name, **({"integration_id": ACTIONS_APP} if api == GITHUB_API else {})}


def _tags(rules: Rules) -> Ruleset:
    return Ruleset(
        name=TAGS,
        target="tag",
        include=tuple(f"refs/tags/{pattern}" for pattern in texts(rules.tags)),
        rules={kind: {} for kind in MANAGED["tag"]},
    )
