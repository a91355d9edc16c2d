"""What GitHub holds a repository to, as values, and reading them from its answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Json = Any
Parameters = Mapping[str, Json]
PREFIX = "cicd: "
TAGS = f"{PREFIX}protected tags"
"""No branch has this name: it holds a blank."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruleset:
    """A ruleset of GitHub. `target` is "branch" or "tag", `rules` are parameters by type.

    `bypass` are those whom it does not bind; None where the token may not see them.
    """

    name: str
    target: str
    include: tuple[str, ...]
    exclude: tuple[str, ...] = ()
    enforcement: str = "active"
    bypass: tuple[str, ...] | None = ()
    rules: Mapping[str, Parameters] = field(default_factory=dict)
    id: int | None = None

    @property
    def is_ours(self) -> bool:
        """By its name and by what it applies to: someone's own "cicd: …" is not."""
        if self.target == "tag":
            return self.name == TAGS
        branch = f"refs/heads/{self.name.removeprefix(PREFIX)}"
        return self.name.startswith(PREFIX) and self.include == (branch,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """A repository's settings as they were found.

    `rulesets` are those with a name of ours. `token` is the default permission of a workflow's
    token. `allowed` are the actions that may run, None where GitHub does not say.
    """

    rulesets: tuple[Ruleset, ...]
    token: str
    may_approve: bool
    actions_enabled: bool
    allowed: str | None
    pinned: bool


def parse_ruleset(answer: Json) -> Ruleset:
    """https://docs.github.com/rest/repos/rules#get-a-repository-ruleset"""
    names = (answer.get("conditions") or {}).get("ref_name") or {}
    bypass = answer.get("bypass_actors")
    return Ruleset(
        name=answer["name"],
        target=answer.get("target") or "branch",
        include=tuple(names.get("include") or ()),
        exclude=tuple(names.get("exclude") or ()),
        enforcement=answer["enforcement"],
        bypass=None if bypass is None else tuple(_actor(one) for one in bypass),
        rules={rule["type"]: rule.get("parameters") or {} for rule in answer.get("rules") or ()},
        id=answer["id"],
    )


def parse_settings(rulesets: Sequence[Json], actions: Json, token: Json) -> Settings:
    """From three answers: our rulesets, the policy on actions, the permission of tokens."""
    return Settings(
        rulesets=tuple(parse_ruleset(one) for one in rulesets),
        token=token["default_workflow_permissions"],
        may_approve=bool(token.get("can_approve_pull_request_reviews")),
        actions_enabled=bool(actions["enabled"]),
        allowed=actions.get("allowed_actions"),
        pinned=bool(actions.get("sha_pinning_required")),
    )


def render_ruleset(ruleset: Ruleset) -> Json:
    """The body that makes GitHub's ruleset this one. Nobody bypasses what we write."""
    return {
        "name": ruleset.name,
        "target": ruleset.target,
        "enforcement": ruleset.enforcement,
        "bypass_actors": [],
        "conditions": {
            "ref_name": {"include": list(ruleset.include), "exclude": list(ruleset.exclude)}
        },
        "rules": [_rule(kind, parameters) for kind, parameters in ruleset.rules.items()],
    }


def _rule(kind: str, parameters: Parameters) -> Json:
    return {"type": kind, **({"parameters": dict(parameters)} if parameters else {})}


def _actor(actor: Json) -> str:
    who = f"{actor['actor_type']} {actor.get('actor_id') or ''}".strip()
    mode = actor.get("bypass_mode") or "always"
    return who if mode == "always" else f"{who} ({mode})"
