"""The names of the checks that a repository's workflows produce."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cicd.github.workflow.document import Workflow, events, jobs
from cicd.github.workflow.release import REPOSITORY

UNKNOWN = "…"
"""Stands in a name for what only a run knows."""
DEEPEST = 10
"""How deep GitHub lets workflows call each other:
https://docs.github.com/actions/reference/workflows-and-actions/reusing-workflow-configurations"""
_EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}", re.S)
_MATRIX = re.compile(r"\s*matrix\.([\w-]+)\s*")
_LOCAL = re.compile(r"(?:\./|\$/)(\.github/workflows/[^/@]+)")
# Whoever owns it: a fork or a mirror has our workflows too.
_OURS = re.compile(
    rf"[^/@\s]+/{re.escape(REPOSITORY.partition('/')[2])}/\.github/workflows/ci\.yml@.*"
)
_OUR_JOBS = ("ok",)
"""The one that stands for all of them: the others come and go with the sessions."""
Job = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Guard:
    """An `if:` that may keep a job from running; GitHub counts a skipped check as a success."""

    condition: str
    location: str

    @property
    def never(self) -> bool:
        return self.condition.lower() == "false"


@dataclass(frozen=True, slots=True, kw_only=True)
class Produced:
    """A check as a pull request shows it: by a job of this workflow, or by one that it calls."""

    name: str
    workflow: Workflow
    job: str
    guards: tuple[Guard, ...] = ()
    """Those of the job and of all that call it."""

    @property
    def line(self) -> int:
        return self.workflow.line("jobs", self.job)

    def may_be(self, name: str) -> bool:
        """Whether a run may call it so; certain when the name holds nothing unknown."""
        pattern = ".+".join(re.escape(part) for part in self.name.split(UNKNOWN))
        return re.fullmatch(pattern, name, re.S) is not None


Guarded = tuple[str, tuple[Guard, ...]]


def list_produced(workflows: Iterable[Workflow]) -> list[Produced]:
    """Every check of the workflows that something starts; what can only be called has none."""
    by_path = {workflow.path: workflow for workflow in workflows}
    return [
        Produced(name=name, workflow=workflow, job=job, guards=guards)
        for workflow in by_path.values()
        if set(events(workflow)) - {"workflow_call"}
        for job, _ in jobs(workflow)
        for name, guards in _names(workflow, job, by_path, DEEPEST)
    ]


def _names(
    workflow: Workflow, job: str, known: Mapping[str, Workflow], deep: int
) -> Iterator[Guarded]:
    """A called workflow's job stands behind its caller: "ci / ok"."""
    content = workflow.mapping("jobs", job)
    guards, own = _guards(workflow, job), _own_names(job, content)
    uses = content.get("uses")
    if uses is None:
        yield from ((name, guards) for name in own)
        return
    called = _called_names(str(uses), known, deep - 1)
    for name, (below, more) in itertools.product(own, called):
        yield f"{name} / {below}", (*guards, *more)


def _guards(workflow: Workflow, job: str) -> tuple[Guard, ...]:
    said = workflow.mapping("jobs", job).get("if")
    condition = "" if said is None else str(said).strip()
    if whole := _EXPRESSION.fullmatch(condition):
        condition = whole[1].strip()
    if condition.lower() in ("", "true", "always()"):
        return ()
    return (Guard(condition, f"{workflow.path}:{workflow.line('jobs', job, 'if')}"),)


def _called_names(uses: str, known: Mapping[str, Workflow], deep: int) -> Sequence[Guarded]:
    if _OURS.fullmatch(uses):
        return [(name, ()) for name in _OUR_JOBS]
    local = _LOCAL.fullmatch(uses)
    if local is None:
        return [(UNKNOWN, ())]
    called = known.get(local[1])
    if called is None or deep <= 0:
        return ()
    return [one for job, _ in jobs(called) for one in _names(called, job, known, deep)]


def _own_names(job: str, content: Job) -> Iterator[str]:
    """What the job itself is called, once for each combination of its matrix."""
    strategy = content.get("strategy")
    matrix = strategy.get("matrix") if isinstance(strategy, Mapping) else None
    given = content.get("name")
    name = str(given) if given is not None else job
    if matrix is None:
        yield _EXPRESSION.sub(UNKNOWN, name)
    elif (found := _combinations(matrix)) is None:
        yield _EXPRESSION.sub(UNKNOWN, name)
        if not _EXPRESSION.search(name):
            yield f"{name} ({UNKNOWN})"
    else:
        for values in found:
            yield _with_values(name, values)


def _with_values(name: str, values: Mapping[str, str]) -> str:
    """Without an expression of its own a job's name gets the values behind it."""
    if not _EXPRESSION.search(name):
        return f"{name} ({', '.join(values.values())})"

    def value(found: re.Match[str]) -> str:
        key = _MATRIX.fullmatch(found[1])
        return values.get(key[1], UNKNOWN) if key else UNKNOWN

    return _EXPRESSION.sub(value, name)


def _combinations(matrix: object) -> list[dict[str, str]] | None:
    """None where only GitHub can say: what a run makes, `include`, values that are no text."""
    if not isinstance(matrix, Mapping) or not matrix or "include" in matrix:
        return None
    axes = {key: values for key, values in matrix.items() if key != "exclude"}
    for values in axes.values():
        if not isinstance(values, list) or not all(isinstance(one, str) for one in values):
            return None
        if any(_EXPRESSION.search(one) for one in values):
            return None
    excluded = matrix.get("exclude") or []
    if not isinstance(excluded, list) or not all(isinstance(one, Mapping) for one in excluded):
        return None
    every = (dict(zip(axes, values, strict=True)) for values in itertools.product(*axes.values()))
    return [one for one in every if not any(out.items() <= one.items() for out in excluded)]
