"""What a whole run leaves: its last lines, and where a CI service reads, what it reads.

A run in which everything is reused ends here as well: what only others need is imported there.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from cicd.github.context import Context, read_context
from cicd.model import Verdict
from cicd.records.baseline import is_kept, keep_baseline, read_baseline
from cicd.records.durations import keep_durations
from cicd.records.report import Report, build_report
from cicd.records.runs import Run, keep_duration
from cicd.records.shares import why_partial
from cicd.records.slowest import read_slowest
from cicd.records.store import read_records
from cicd.records.summary import render_terminal
from cicd.records.unkept import read_unkept
from cicd.system.console import show
from cicd.system.state import STATE
from cicd.system.strict import is_strict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cicd.records.record import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """A call of nox that ends. `required` are the sessions of `ci` when it was asked for,
    `order` that of the table."""

    root: Path
    name: str
    required: Sequence[str]
    order: Sequence[str]
    duration_s: float
    environ: Mapping[str, str]

    @property
    def state(self) -> Path:
        return self.root / STATE

    @property
    def run(self) -> Run:
        return Run(self.name, self.state / "runs" / self.name)


def end_run(end: End) -> None:
    """Shows what came of a run in which something was judged; on GitHub also as annotations, as
    the step's outputs and in the job's summary; where `CI` is set, leaves `.cicd/artifact/`."""
    if not end.run.records.is_dir():
        return
    context, report = read_context(end.environ), _report(end)
    if context:
        _annotate(report, end.root)
    show(render_terminal(report))
    for leave in (_keep_duration, _summarise, _hand_on, _publish, _keep_baseline):
        # A place that cannot be written stands in no other's way.
        try:
            leave(end, report, context)
        except OSError as error:
            show(f"cannot be written: {error}\n")


def _keep_duration(end: End, report: Report, context: Context | None) -> None:
    keep_duration(end.run, end.duration_s)
    keep_durations(end.state, report.records)


def _publish(end: End, report: Report, context: Context | None) -> None:
    if is_strict(end.environ):
        from cicd.config.declared import declared
        from cicd.records.markdown import render_markdown
        from cicd.steps.artifact import publish_artifact
        from cicd.steps.incoming_secrets import incoming_secrets
        from cicd.system.masking import Masks

        masks = Masks()
        for secret in incoming_secrets(end.environ, declared()):
            masks.add(secret)
        markdown = render_markdown(report)
        publish_artifact(end.state, end.run, read_records(end.run.records), markdown, masks)


def _keep_baseline(end: End, report: Report, context: Context | None) -> None:
    if is_kept(end.state, report.records):
        return
    if _is_of_default_branch(end, report, context):
        keep_baseline(end.state, report.records)


def _report(end: End) -> Report:
    records = [_as_ci_judges(record, end) for record in read_records(end.run.records)]
    report = build_report(
        records,
        required=end.required,
        order=end.order,
        duration_s=end.duration_s,
        before=read_baseline(end.state),
        slowest=read_slowest([one.session for one in records if not one.reused], end.run.reports),
    )
    return replace(report, unkept=read_unkept(end.run))


def _as_ci_judges(record: Record, end: End) -> Record:
    """What ran of a part of the tests is green as such, and no verdict on the repository."""
    why = why_partial(record) if record.session in end.required else ""
    if not why or record.verdict is not Verdict.PASSED:
        return record
    verdict = Verdict.FAILED if is_strict(end.environ) else Verdict.NOT_VERIFIED
    return replace(record, verdict=verdict, reason=why)


def _annotate(report: Report, root: Path) -> None:
    """Before the last lines, and in no group: what is folded away has no annotation."""
    from cicd.github.annotations import Judged, annotate
    from cicd.github.commands import Channel

    judged = [
        Judged(
            session=record.session,
            verb=record.verb,
            verdict=record.verdict,
            failures=record.outcome.failures,
            reason=record.reason,
        )
        for record in report.records
    ]
    judged += [
        Judged(session=name, verb="", verdict=None, reason="did not run") for name in report.missing
    ]
    Channel(sys.stdout).send(*annotate(judged, _below(root)))


def _below(root: Path) -> str:
    """The noxfile's folder as seen from the root of the working tree."""
    tops = (folder for folder in (root, *root.parents) if (folder / ".git").exists())
    top = next(tops, root)
    return root.relative_to(top).as_posix()


def _summarise(end: End, report: Report, context: Context | None) -> None:
    """Nothing where not even the verdict has room: what is there would be lost with it."""
    if context and context.step_summary:
        from cicd.github.outputs import append_summary, summary_room
        from cicd.records.markdown import render_markdown

        room = summary_room(context.step_summary)
        markdown = render_markdown(report, room)
        if len(markdown.encode()) <= room:
            append_summary(context.step_summary, markdown)


def _hand_on(end: End, report: Report, context: Context | None) -> None:
    if context and context.output:
        from cicd.github.outputs import write_outputs

        write_outputs(context.output, _outputs(report))


def _outputs(report: Report) -> dict[str, str]:
    """`push` tells of what it pushed itself."""
    coverage = {
        record.session: round(record.outcome.metrics["coverage_percent"], 2)
        for record in report.records
        if "coverage_percent" in record.outcome.metrics
    }
    digests = {
        record.part: digest
        for record in report.records
        if record.verb == "image"
        and (digest := record.outcome.facts.get("digest") or record.outcome.facts.get("image_id"))
    }
    return {
        "verdict": str(report.verdict),
        "coverage": json.dumps(coverage),
        "digests": json.dumps(digests),
    }


def _is_of_default_branch(end: End, report: Report, context: Context | None) -> bool:
    """On a machine of one's own it is the whole run of a clean working tree that counts."""
    if context:
        return context.on_default_branch
    if not end.required or report.verdict is Verdict.FAILED:
        return False
    if "CI_COMMIT_SHA" not in end.environ:
        from cicd.system.default_branch import is_clean_default

        return is_clean_default(end.root)
    from cicd.system.git_state import read_git_state

    # A job of GitLab has a commit without a branch: its variables name it.
    state = read_git_state(end.root, end.environ)
    return bool(state and not state.dirty and state.branch and state.branch == state.default_branch)
