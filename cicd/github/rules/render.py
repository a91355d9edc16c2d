"""Plans and their ends as lines for a person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cicd.github.rules.plan import Step
    from cicd.github.rules.remote import Done
    from cicd.github.rules.required import Judged


def render_plan(label: str, steps: Sequence[Step]) -> str:
    """What differs, found first: "reviews: 0 → 1"."""
    lines = [label]
    for step in steps:
        lines += [f"  {step.title}", *(f"    {change}" for change in step.changes)]
    return "\n".join(lines if steps else [label, "  as the noxfile says"]) + "\n"


def render_judged(judged: Judged) -> str:
    """What keeps the rules from being asked of GitHub, and what could not be looked at."""
    lines = list[str]()
    for failure in judged.failures:
        lines.append(f"  {failure.location}  {failure.title}".rstrip())
        lines += [f"    {more}" for more in (failure.detail, failure.fix) if more]
    lines += [f"  NOT VERIFIED: {line}" for line in judged.unknown]
    return "".join(f"{line}\n" for line in lines)


def render_done(done: Sequence[Done]) -> str:
    """What was done and what was not, step by step."""
    lines = list[str]()
    for one in done:
        said = "done" if one.tried and not one.error else "NOT done"
        lines.append(f"  {said}: {one.step.title}")
        lines += [f"    {line.strip()}" for line in one.error.splitlines()]
    return "".join(f"{line}\n" for line in lines)
