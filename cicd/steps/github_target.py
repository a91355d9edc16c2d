"""The repository on GitHub that rules are about: its connection, and what speaks against them."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd.errors import MissingError
from cicd.github.rules.plan import Step, plan_steps
from cicd.github.rules.refusals import TOKEN_NEEDED
from cicd.github.rules.remote import has_branch, read_settings
from cicd.github.rules.repository import find_api, find_repository
from cicd.github.rules.required import Judged, judge_rules
from cicd.github.rules.settings import Settings
from cicd.github.rules.wanted import Wanted, plan_wanted
from cicd.github.rules.wire import Wire
from cicd.github.workflow.document import read_workflow
from cicd.model import Failure
from cicd.system.secret_sources import EmptySecretError, read_secret

if TYPE_CHECKING:
    from cicd.config.rules import Rules
    from cicd.github.workflow.document import Workflow
    from cicd.model import Secret
    from cicd.steps.work import Work

_WORKFLOWS = r"(\.github/(workflows/[^/]+|.+/action)|action)\.ya?ml"


@contextlib.contextmanager
def opened_target(work: Work, rules: Sequence[Rules]) -> Iterator[Target]:
    """Nothing is asked yet; the connection ends with the block.

    Raises `MissingError` without a token, `SettingsError` when no repository can be named.
    """
    first = rules[0]
    api = find_api(first, work.environ)
    repository = find_repository(first, api, work.environ, work.place.root)
    wire = Wire(api, _token(work, first.token), origin=first.token.split()[0])
    try:
        yield Target(
            wire=wire, repository=repository, rules=tuple(rules), wanted=plan_wanted(rules, api)
        )
    finally:
        wire.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A repository on GitHub, and what it is to be held to."""

    wire: Wire
    repository: str
    rules: tuple[Rules, ...]
    wanted: Wanted

    @property
    def label(self) -> str:
        return f"{self.repository} at {self.wire.api}"

    def read(self) -> Settings:
        return read_settings(self.wire, self.repository)

    def plan(self, found: Settings) -> tuple[Step, ...]:
        return plan_steps(self.repository, self.wanted, found)


def judge_target(work: Work, target: Target, found: Settings) -> Judged:
    """All that speaks against asking GitHub for the rules, each thing once."""
    workflows = _read_workflows(work)
    judged = [judge_rules(one, workflows) for one in target.rules]
    judged += [_judge_branch(target, one.branch) for one in target.rules]
    if not found.actions_enabled and any(one.checks for one in target.rules):
        off = "GitHub Actions is switched off in this repository: no check would ever come"
        judged.append(Judged((Failure(title=off),)))
    return Judged(
        tuple(dict.fromkeys(failure for one in judged for failure in one.failures)),
        tuple(dict.fromkeys(line for one in judged for line in one.unknown)),
    )


def _token(work: Work, source: str) -> Secret:
    root, runner = work.place.root, work.place.runner
    try:
        token = read_secret(source, environ=work.environ, runner=runner, root=root)
    except EmptySecretError as error:
        raise MissingError(error.message, fix=TOKEN_NEEDED) from error
    work.masks.add(token)
    return token


def _judge_branch(target: Target, branch: str) -> Judged:
    """A rule for a branch that is not there protects nothing, and looks as if it did."""
    if set(branch) & set("*?["):
        return Judged()
    there = has_branch(target.wire, target.repository, branch)
    if there is None:
        return Judged((), (f"whether there is a branch {branch}: the token may not read contents",))
    missing = Failure(
        title=f'{target.repository} has no branch "{branch}"',
        fix='push it first, or name the right one: cicd.Rules("master")',
    )
    return Judged() if there else Judged((missing,))


def _read_workflows(work: Work) -> list[Workflow]:
    """Those of this checkout, with the actions that it has for itself.

    Raises `CheckFailed` for one that cannot be read.
    """
    paths = [name for name in work.tree.files if re.fullmatch(_WORKFLOWS, name)]
    there = [name for name in paths if (work.place.root / name).is_file()]
    return [
        read_workflow(name, (work.place.root / name).read_text(encoding="utf-8", errors="replace"))
        for name in there
    ]
