"""What every workflow file that we answer for keeps to, ours and the caller's."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from cicd.github.workflow.document import Keys, Workflow, jobs, steps
from cicd.github.workflow.release import REPOSITORY, installed_release
from cicd.model import Failure

_COMMIT = re.compile(r"[0-9a-f]{40}")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_ITS_OWN = ("./", "$/")
_OWNERS = ("actions", "github")
# Titles, bodies, names of branches: whoever opens a pull request writes them.
_FOREIGN = re.compile(
    r"\$\{\{(?:(?!\}\}).)*\bgithub\s*[.\[]\s*['\"]?"
    r"(?:head_ref\b|event\b(?!\s*\.\s*(?:inputs|repository)\b))",
    re.S | re.I,
)


def check_pins(workflow: Workflow) -> Iterator[Failure]:
    """A tag can be moved to other code; a full commit cannot."""
    for keys, uses in _uses(workflow):
        ref = uses.rpartition("@")[2]
        if not (_DIGEST if uses.startswith("docker://") else _COMMIT).fullmatch(ref):
            fix = f"name the full commit: {uses.partition('@')[0]}@<40 digits>"
            yield workflow.failure(f"{uses} is not pinned by a full commit", *keys, fix=fix)


def check_owners(workflow: Workflow, *, owner: str = "") -> Iterator[Failure]:
    """What runs beside the checked code, with its token, is by GitHub or by us.

    We are whom the installed release is from, and `owner`: that of the repository, whose copy
    of ours is its own.
    """
    ours = REPOSITORY.partition("/")[2].lower()
    from_us = {installed_release().repository.partition("/")[0].lower(), owner.lower()}
    for keys, uses in _uses(workflow):
        by, _, rest = uses.lower().partition("/")
        if by not in _OWNERS and (by not in from_us or re.split("[/@]", rest)[0] != ours):
            fix = "do the same with a command, or in a workflow that does not call ours"
            yield workflow.failure(f"{uses} is a third party's", *keys, fix=fix)


def check_expressions(workflow: Workflow) -> Iterator[Failure]:
    """An expression becomes code of the shell, whoever wrote its value."""
    for keys, step in steps(workflow):
        for number, line in enumerate(str(step.get("run", "")).splitlines()):
            if "${{" in line:
                yield Failure(
                    title="an expression in `run:`",
                    path=workflow.path,
                    line=_line_of_text(workflow, (*keys, "run"), str(step["run"]), number),
                    detail=line.strip(),
                    fix="pass the value by `env:` and read the variable",
                )
        for place, value in (("shell", step.get("shell")), ("script", _inputs(step).get("script"))):
            if is_foreign(value):
                at = (*keys, "with", place) if place == "script" else (*keys, place)
                title = f"`{place}:` becomes code, and others write what this puts into it"
                fix = "pass the value by `env:` and read the variable"
                yield workflow.failure(title, *at, fix=fix)


def is_foreign(value: object) -> bool:
    """Whether an expression in it takes what anybody can write."""
    return bool(_FOREIGN.search(str(value or "")))


def check_credentials(
    workflow: Workflow, *, only: Collection[str] | None = None
) -> Iterator[Failure]:
    """The checked code must not find the token that fetched it. `only`: of these jobs."""
    for keys, step in steps(workflow):
        if only is not None and keys[1] not in only:
            continue
        if str(step.get("uses", "")).startswith("actions/checkout@"):
            said = _inputs(step).get("persist-credentials")
            if said is not False:
                fix = "with: persist-credentials: false"
                yield workflow.failure("checkout leaves its token behind", *keys, "uses", fix=fix)


def check_timeouts(workflow: Workflow, *, only: Collection[str] | None = None) -> Iterator[Failure]:
    """GitHub's own limit is six hours. `only`: of these jobs."""
    for name, job in jobs(workflow):
        if only is not None and name not in only:
            continue
        if "uses" not in job and "timeout-minutes" not in job:
            fix = "timeout-minutes: 45"
            yield workflow.failure(f"job {name} has no time limit", "jobs", name, fix=fix)


def check_permissions(workflow: Workflow) -> Iterator[Failure]:
    """Without it a setting of the repository decides what a token may do."""
    for place in ((), *(("jobs", name) for name, _ in jobs(workflow))):
        if workflow.mapping(*place).get("permissions") == "write-all":
            fix = "permissions: {} above the jobs, and in each job what it needs"
            yield workflow.failure("every permission is granted", *place, "permissions", fix=fix)
    for name, job in jobs(workflow):
        if not {"permissions", "uses"} & set(job) and "permissions" not in workflow.content:
            fix = "permissions: {} above the jobs, and in each job what it needs"
            yield workflow.failure(f"job {name} has no permissions", "jobs", name, fix=fix)


def _inputs(step: object) -> dict[str, object]:
    said = step.get("with") if isinstance(step, dict) else None
    return said if isinstance(said, dict) else {}


def _uses(workflow: Workflow) -> Iterator[tuple[Keys, str]]:
    """What is fetched from elsewhere, with its place."""
    called: list[tuple[Keys, object]] = [
        (("jobs", name, "uses"), job.get("uses")) for name, job in jobs(workflow)
    ]
    called += [((*keys, "uses"), step.get("uses")) for keys, step in steps(workflow)]
    for keys, uses in called:
        if isinstance(uses, str) and not uses.startswith(_ITS_OWN):
            yield keys, uses


def _line_of_text(workflow: Workflow, keys: Keys, text: str, number: int) -> int:
    """Text of several lines begins on the line below its name."""
    return workflow.line(*keys) + (number + 1 if "\n" in text else 0)
