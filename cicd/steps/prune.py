"""The step that deletes from the registries what no kept tag needs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from cicd.config.resolve_image import resolve_image
from cicd.errors import CheckFailed, RemoteError, SettingsError
from cicd.images.registry.names import parse_repository
from cicd.images.registry.prune import Plan, Rule, plan_prune, read_shelves
from cicd.model import Failure, Outcome
from cicd.steps.registries import opened_registries
from cicd.steps.work import current_work
from cicd.system.console import show
from cicd.system.git_state import read_git_state

if TYPE_CHECKING:
    import nox

    from cicd.config.parts import Image, Registry
    from cicd.images.registry.copying import Place
    from cicd.images.registry.names import Repository
    from cicd.steps.work import Work

_USAGE = "nox -s registry_prune -- --plan | --delete [--keep 10] [--older-than 30d]"


@dataclass(frozen=True, slots=True)
class Order:
    """What the command line asks for."""

    delete: bool = False
    newest: int = 10
    days: int = 30


def prune_registries(
    session: nox.Session, images: Sequence[Image], registries: Sequence[Registry]
) -> Outcome:
    """Shows what would go, and why the rest stays; `-- --delete` deletes it.

    Raises `CheckFailed` when something could not be deleted, with what was.
    """
    work = current_work(session)
    order = parse_order(work.arguments)
    repositories = _repositories(work, images)
    failures, gone, kept = list[Failure](), 0, 0
    with opened_registries(work, registries) as opened:
        for repository in repositories:
            place = opened.place(repository)
            plan = plan_prune(*read_shelves(place), _rule(work, order), datetime.now(UTC))
            show(render_plan(repository, plan))
            kept += len(plan.kept)
            if order.delete:
                done, wrong = _delete(place, plan)
                gone, failures = gone + done, failures + wrong
            else:
                gone += sum(map(len, plan.doomed.values()))
    verb = "tags deleted" if order.delete else "tags would go with --delete"
    outcome = Outcome(
        headline=f"{gone} {verb}, {kept} stay", metrics={"gone_tags": gone, "kept_tags": kept}
    )
    work.outcomes.append(outcome)
    if failures:
        raise CheckFailed(replace(outcome, passed=False, failures=tuple(failures)))
    return outcome


def parse_order(arguments: Sequence[str]) -> Order:
    """Raises `SettingsError` for what is not understood: this deletes."""
    order, words = Order(), list(arguments)
    while words:
        word = words.pop(0)
        if word in ("--plan", "--delete"):
            order = replace(order, delete=word == "--delete")
        elif word == "--keep" and words and words[0].isdigit():
            order = replace(order, newest=int(words.pop(0)))
        elif word == "--older-than" and words and (days := re.fullmatch(r"(\d+)d", words[0])):
            order = replace(order, days=int(days[1]))
            words.pop(0)
        else:
            raise SettingsError(f"registry_prune does not understand {word!r}", fix=f"  {_USAGE}")
    if {"--plan", "--delete"} <= set(arguments):
        raise SettingsError("registry_prune: --plan or --delete, not both")
    return order


def _repositories(work: Work, images: Sequence[Image]) -> list[Repository]:
    names = list[str]()
    for image in images:
        found = resolve_image(work.tree, image).image.repository
        names += [found] if isinstance(found, str) else found if isinstance(found, tuple) else []
    return [parse_repository(name) for name in dict.fromkeys(names)]


def _rule(work: Work, order: Order) -> Rule:
    state = read_git_state(work.place.root, work.environ)
    names = ("latest", "main", "master", state.default_branch if state else "")
    return Rule(
        always=frozenset(filter(None, names)),
        newest=order.newest,
        younger_than=timedelta(days=order.days),
    )


def render_plan(repository: Repository, plan: Plan) -> str:
    rows = [(tag, f"stays: {why}") for tag, why in sorted(plan.kept.items())]
    for digest, tags in plan.doomed.items():
        rows += [(tag, f"goes: {digest}") for tag in tags]
    width = max((len(tag) for tag, _ in rows), default=0)
    untagged = sum(not tags for tags in plan.doomed.values())
    lines = [f"  {tag:{width}}  {what}" for tag, what in rows]
    if untagged:
        lines.append(f"  and {untagged} without a tag, which only those refer to")
    return "\n".join([str(repository), *(lines or ["  nothing there"])]) + "\n"


def _delete(place: Place, plan: Plan) -> tuple[int, list[Failure]]:
    """How many tags went. A registry that deletes nothing is asked once."""
    gone, failures = 0, list[Failure]()
    for digest, tags in plan.doomed.items():
        try:
            place.client.delete_manifest(place.repository, digest)
            gone += len(tags)
        except RemoteError as error:
            title = f"{place.repository.at(digest)} cannot be deleted"
            failures.append(Failure(title=title, detail=error.message, fix=error.fix))
            if getattr(error, "status", 0) in (401, 403, 405):
                break
    return gone, failures
