"""The pipeline of this repository: `cicd`, run on itself and on its example."""

from dataclasses import replace

import nox

import cicd

library = cicd.Backend(".", name="cicd", postgres=None, timeout_s=2400)
project = cicd.project(
    library,
    cicd.Backend("examples/bookshop/backend"),
    cicd.Frontend("examples/bookshop/frontend"),
    cicd.Image("backend", context="examples/bookshop/backend"),
    cicd.Image("frontend", context="examples/bookshop/frontend"),
)


@project.session(part_of="ci")
def contracts(session: nox.Session) -> None:
    """Imports point down, and only the sessions know nox"""
    cicd.steps.run(session, library, "lint-imports")


@project.session(part_of="ci")
def engine(session: nox.Session) -> object:
    """The tests of databases in containers, on a Docker engine"""
    return run_tests(session, "tests/engine/database")


@project.session()
def tests(session: nox.Session) -> object:
    """Every test: those of `cicd_test` and `engine`, and those with real tools, servers and nox"""
    return run_tests(session, "tests")


@project.session()
def benchmarks(session: nox.Session) -> None:
    """Ours beside others, and the page that shows it; -- --only CASE --rounds 3"""
    place = {"UV_PROJECT_ENVIRONMENT": str(session.virtualenv.location)}
    session.run_install("uv", "sync", "--locked", "--group", "benchmarks", env=place)
    session.run("python", "-m", "benchmarks", *session.posargs)


def run_tests(session: nox.Session, folder: str) -> object:
    outcome = cicd.steps.test(session, library, arguments=[folder])
    if skipped := int(outcome.metrics["skipped"]):
        gap = f"{skipped} tests need what is not here, such as a Docker engine: see above"
        return replace(outcome, unverified=(gap,))
    return outcome
