"""The sessions about the CI that this runs on, and about runs that are over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.sessions.pipeline import required_by_ci
from cicd.sessions.registry import all_names, register, register_plain, requirements

if TYPE_CHECKING:
    from collections.abc import Sequence

    import nox

    from cicd.config.notify import Notify
    from cicd.config.parts import Part
    from cicd.config.rules import Rules

JOIN = "github_join"


def register_github(
    parts: Sequence[Part], rules: Sequence[Rules], notify: Sequence[Notify]
) -> None:
    """None of them is required by `ci`: they look at runs, or at GitHub's settings."""

    def report(session: nox.Session) -> None:
        from cicd.steps.report import write_report

        write_report(session, required_by_ci(), all_names())

    def parity(session: nox.Session) -> None:
        from cicd.steps.parity import compare_runs

        compare_runs(session)

    def github_workflow(session: nox.Session) -> object:
        from cicd.steps.github_workflow import write_or_check_workflow

        queue = any(each.merge_queue for each in rules)
        return write_or_check_workflow(session, sessions=all_names(), queue=queue)

    def github_matrix(session: nox.Session) -> None:
        from cicd.steps.github_matrix import print_matrix

        print_matrix(session, required_by_ci(), parts)

    def github_join(session: nox.Session) -> None:
        from cicd.steps.github_join import join_jobs

        join_jobs(session, required_by_ci(), requirements())

    register_plain("report", report, "The last run as Markdown")
    register_plain("parity", parity, "-- RECORDS: what differs between another run and the last")
    description = "Writes GitHub's workflow once, checks it"
    register("github_workflow", github_workflow, description, verb="workflow")
    register_plain("github_matrix", github_matrix, "The jobs of a workflow that fans out, as JSON")
    register_plain(JOIN, github_join, "-- FOLDER: one verdict from what many jobs left")
    if rules:
        _register_rules(rules)
    if notify:
        _register_notify(notify)


def _register_rules(rules: Sequence[Rules]) -> None:
    def github_rules(session: nox.Session) -> None:
        from cicd.steps.github_rules import plan_rules

        plan_rules(session, rules)

    register_plain("github_rules", github_rules, "GitHub's rules for the repository: a plan first")


def _register_notify(notify: Sequence[Notify]) -> None:
    def tell(session: nox.Session) -> None:
        from cicd.steps.notify import tell_people

        tell_people(session, notify, required_by_ci())

    register_plain("notify", tell, "Tells people when the default branch turns red or green again")
