"""The pipeline of this repository: `cicd`, run on itself and on its example."""

from dataclasses import replace

import nox

import cicd

library = cicd.Backend(".", name="cicd", postgres=None, timeout_s=2400)
project = cicd.project(
    library,
    cicd.Backend("examples/bookshop/backend"),
    cicd.Frontend("examples/bookshop/frontend"),
)


@project.session(part_of="ci")
def contracts(session: nox.Session) -> None:
    """Imports point down, and only the sessions know nox"""
    cicd.steps.run(session, library, "lint-imports")


@project.session()
def tests(session: nox.Session) -> object:
    """Every test of cicd: those of `cicd_test`, and those with real tools, servers and nox"""
    outcome = cicd.steps.test(session, library, arguments=["tests"])
    if skipped := int(outcome.metrics["skipped"]):
        return replace(outcome, unverified=(f"{skipped} tests were skipped, see above",))
    return outcome
