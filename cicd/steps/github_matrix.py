"""The jobs of a workflow that fans out, from the sessions that are registered."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cicd.errors import SettingsError
from cicd.github.matrix import plan_jobs, render_matrix
from cicd.github.outputs import write_outputs
from cicd.steps.work import current_work
from cicd.system.console import show

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import nox

    from cicd.config.parts import Part


def print_matrix(session: nox.Session, required: Sequence[str], parts: Sequence[Part]) -> None:
    """Prints the jobs as JSON, and hands them on as the step's output `matrix`.

    `required` are the sessions that `ci` judges. Raises `SettingsError` when there are none.
    """
    if not required:
        raise SettingsError("there is nothing to check: `nox -s doctor` says what was looked for")
    jobs = plan_jobs(group_by_part(required, parts), count_shards(required, parts))
    matrix = render_matrix(jobs)
    show(f"{matrix}\n")
    if output := current_work(session).environ.get("GITHUB_OUTPUT"):
        write_outputs(Path(output), {"matrix": matrix})


def group_by_part(required: Iterable[str], parts: Sequence[Part]) -> list[list[str]]:
    """The sessions of each part together, in the order in which the first of them stands;
    sessions of no part are for themselves."""
    groups: dict[str, list[str]] = {}
    for name in required:
        part = _part_of(name, parts)
        groups.setdefault(str(part.name) if part else f" {name}", []).append(name)
    return list(groups.values())


def count_shards(required: Iterable[str], parts: Sequence[Part]) -> dict[str, int]:
    """The test sessions that are divided, one for each Python version, and into how many."""
    found = {}
    for name in required:
        part = _part_of(name, parts)
        test = f"{part.name}_test" if part else ""
        if part and part.shards > 1 and (name == test or name.startswith(f"{test}_py")):
            found[name] = part.shards
    return found


def _part_of(session: str, parts: Sequence[Part]) -> Part | None:
    """Of two names that both begin it, such as `api` and `api_admin`, the longer one counts."""
    owners = [part for part in parts if session.startswith(f"{part.name}_")]
    return max(owners, key=lambda part: len(str(part.name)), default=None)
