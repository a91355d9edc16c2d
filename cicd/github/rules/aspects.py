"""A ruleset as a person would tell it: one text for each thing that `cicd.Rules` speaks of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from cicd.github.rules.wanted import ACTIONS_APP

if TYPE_CHECKING:
    from cicd.github.rules.settings import Json, Parameters, Ruleset

    Telling = Callable[[Parameters | None], str]

_ENFORCED = {"active": "yes", "evaluate": "only evaluated"}


def tell_ruleset(ruleset: Ruleset) -> Mapping[str, str]:
    """The texts by what they are about. The same reading serves what is found and what is
    wanted: two rulesets that are told alike are alike."""
    told = {
        "applies to": _refs(ruleset),
        "enforced": _ENFORCED.get(ruleset.enforcement, "no"),
        "may be bypassed by": _bypass(ruleset),
    }
    for about, (kind, tell) in _TOLD[ruleset.target].items():
        told[about] = tell(ruleset.rules.get(kind))
    return told


def _refs(ruleset: Ruleset) -> str:
    short = [ref.split("/", 2)[-1] for ref in ruleset.include]
    refs = ", ".join(short) or "nothing"
    without = ", ".join(ref.split("/", 2)[-1] for ref in ruleset.exclude)
    return f"{refs} without {without}" if without else refs


def _bypass(ruleset: Ruleset) -> str:
    if ruleset.bypass is None:
        return "not shown to this token"
    return ", ".join(ruleset.bypass) or "nobody"


def _whether(without: str, there: str) -> Telling:
    return lambda parameters: without if parameters is None else there


def _flag(name: str, without: str, there: str) -> Telling:
    return lambda parameters: there if (parameters or {}).get(name) else without


def _text(name: str, without: str) -> Telling:
    return lambda parameters: str((parameters or {}).get(name) or without)


def _checks(parameters: Parameters | None) -> str:
    listed = (parameters or {}).get("required_status_checks") or ()
    return ", ".join(sorted(_check(one) for one in listed)) or "none"


def _check(check: Json) -> str:
    app = check.get("integration_id")
    if app is None:
        return str(check["context"])
    who = "GitHub Actions" if app == ACTIONS_APP else f"app {app}"
    return f"{check['context']} (from {who})"


_REFUSED = ("allowed", "refused")
_TOLD: Mapping[str, Mapping[str, tuple[str, Telling]]] = {
    "branch": {
        "deletion": ("deletion", _whether(*_REFUSED)),
        "force pushes": ("non_fast_forward", _whether(*_REFUSED)),
        "merge commits": ("required_linear_history", _whether(*_REFUSED)),
        "changes": ("pull_request", _whether("by anyone's push", "by pull request")),
        "reviews": ("pull_request", _text("required_approving_review_count", "0")),
        "reviews of earlier commits": (
            "pull_request",
            _flag("dismiss_stale_reviews_on_push", "count", "do not count"),
        ),
        "required checks": ("required_status_checks", _checks),
        "up to date before the merge": (
            "required_status_checks",
            _flag("strict_required_status_checks_policy", "no", "yes"),
        ),
        "merge queue": ("merge_queue", _whether("no", "yes")),
        "the queue tests": ("merge_queue", _text("grouping_strategy", "nothing")),
        "the queue merges by": ("merge_queue", _text("merge_method", "nothing")),
    },
    "tag": {
        "deletion": ("deletion", _whether(*_REFUSED)),
        "moving": ("update", _whether(*_REFUSED)),
        "force pushes": ("non_fast_forward", _whether(*_REFUSED)),
    },
}
