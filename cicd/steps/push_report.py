"""What `push` says of its work: a table, the record, the outputs of a step on GitHub."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from cicd.model import Failure, Outcome

if TYPE_CHECKING:
    from cicd.images.registry.push import Report
    from cicd.images.registry.standing import Job

_MEGA = 1_000_000


def passed_outcome(jobs: Sequence[Job], report: Report) -> Outcome:
    """Every name with its digest."""
    count = len({job.image for job in jobs})
    words = [f"{count} image{'' if count == 1 else 's'}", f"{len(report.placed)} tags"]
    words.append(f"{len(report.moved)} new" if report.moved else "all there already")
    if report.sent_bytes >= _MEGA / 10:
        words.append(f"{report.sent_bytes / _MEGA:.1f} MB sent")
    return Outcome(
        headline=" · ".join(words),
        facts=dict(report.placed),
        metrics={
            "tags": len(report.placed),
            "new_tags": len(report.moved),
            "sent_bytes": report.sent_bytes,
        },
    )


def failed_outcome(outcome: Outcome, report: Report) -> Outcome:
    """What is not where it belongs, and why; what is stands in the facts."""
    failures = tuple(
        Failure(title=f"{name} is not in its place", detail=reason, repeat="nox -s push")
        for name, reason in report.failed.items()
    )
    headline = f"{len(report.placed)} tags are in their place, {len(failures)} are not"
    return replace(outcome, headline=headline, passed=False, failures=failures)


def render_table(report: Report) -> str:
    rows = [
        (name, digest, "new" if name in report.moved else "there")
        for name, digest in report.placed.items()
    ]
    rows += [
        (name, digest, "stays: another build of the same") for name, digest in report.left.items()
    ]
    rows += [(name, "-", reason.splitlines()[0]) for name, reason in report.failed.items()]
    width = max((len(name) for name, _, _ in rows), default=0)
    return "".join(f"  {name:{width}}  {digest:71}  {state}\n" for name, digest, state in rows)


def publish_outputs(environ: Mapping[str, str], jobs: Sequence[Job], report: Report) -> None:
    """On GitHub: `images`, and `digest` and `tags` where there is one image.

    https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
    """
    if not (path := environ.get("GITHUB_OUTPUT")):
        return
    images: dict[str, dict[str, object]] = {}
    for job in jobs:
        names = [name for tag in job.tags if (name := job.name(tag.name)) in report.placed]
        if names:
            one = images.setdefault(job.image, {"digest": report.placed[names[0]], "tags": []})
            one["tags"] = [*_list(one["tags"]), *names]
    lines = [f"images={json.dumps(images)}"]
    if len(images) == 1:
        (one,) = images.values()
        lines += [f"digest={one['digest']}", f"tags={','.join(map(str, _list(one['tags'])))}"]
    with Path(path).open("a", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
