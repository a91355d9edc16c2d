"""The pipeline of this repository: `cicd`, run on itself and on its example."""

from dataclasses import replace

import nox

import cicd

project = cicd.project(
    cicd.Backend(".", name="cicd", postgres=None),
    cicd.Backend("examples/bookshop/backend"),
    cicd.Frontend("examples/bookshop/frontend"),
)
library = project.parts[0]
project.drop("cicd_test")


@project.session(part_of="ci")
def contracts(session: nox.Session) -> object:
    """Imports point down, and only the sessions know nox"""
    return cicd.steps.run(session, library, "lint-imports")


@project.session(part_of="ci")
def tests(session: nox.Session) -> object:
    """The tests of cicd: unit, contract, nox, and engine where a Docker engine answers"""
    outcome = cicd.steps.test(session, library)
    if skipped := int(outcome.metrics["skipped"]):
        return replace(outcome, unverified=(f"{skipped} tests need a Docker engine",))
    return outcome
