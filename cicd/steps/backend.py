"""The steps of a backend: its tools, its migrations and its tests, with a database."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING

from cicd.backend.checks import Kind, Task, run_checks, run_fixes
from cicd.backend.migrations import run_migrations
from cicd.backend.pins import parse_pre_commit
from cicd.backend.selection import select
from cicd.backend.testers.port import SuiteJob
from cicd.backend.tests import run_tests
from cicd.config.quarantine import quarantine_day
from cicd.database.broker import serve_plugin
from cicd.model import Failure
from cicd.records.runs import read_cores
from cicd.steps.affected import choose_affected
from cicd.steps.bench import Bench, prepare
from cicd.steps.connection import split_env, with_plain
from cicd.steps.databases import Opened, opened_databases
from cicd.steps.fingerprint.borrowed import remember_borrowed
from cicd.steps.migration_reads import watching_migrations
from cicd.steps.reads import watching
from cicd.steps.work import Surroundings
from cicd.system.state import write_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from cicd.backend.environment import Environment
    from cicd.backend.migrators.port import MigrationJob
    from cicd.backend.selection import Selection
    from cicd.config.parts import Backend
    from cicd.database.broker import Broker
    from cicd.model import Outcome, Secret
    from cicd.steps.work import Work

__all__ = ["check", "check_migrations", "fix", "prepare", "surroundings", "test"]


def check(work: Work, part: Backend, verb: str, avoid: Sequence[str]) -> Outcome:
    bench = prepare(work, part)
    borrowed: list[Environment] = []
    outcome = run_checks(replace(_task(bench, avoid), borrow=borrowed.append), Kind(verb))
    remember_borrowed(work, bench.part, verb, bench.environment, borrowed)
    return bench.completed(outcome)


def fix(work: Work, part: Backend, avoid: Sequence[str]) -> Outcome:
    return run_fixes(_task(prepare(work, part), avoid))


def surroundings(work: Work, part: Backend) -> Surroundings:
    """What makes a command one of the part's own."""
    bench = prepare(work, part)
    return Surroundings(
        folder=bench.folder,
        variables=bench.environment.variables(work.environ.get("PATH", "")),
        unverified=bench.unverified,
    )


def check_migrations(work: Work, part: Backend) -> Outcome:
    bench = prepare(work, part)
    if bench.part.postgres is None:
        _, plain = split_env(bench.env)
        return bench.completed(run_migrations(_migration_job(bench, plain)))
    with opened_databases(bench, migrated=False) as opened:
        outcome = run_migrations(_migration_job(bench, opened.broker.env))
        return _with_server(bench, opened, outcome)


def _migration_job(bench: Bench, env: Mapping[str, str | Secret]) -> MigrationJob:
    return bench.migration_job(env, watching_migrations(bench))


def test(work: Work, part: Backend, python: str, arguments: Sequence[str]) -> Outcome:
    work.take_share()
    bench = prepare(work, part, python)
    selection = select(work.arguments, arguments)
    if bench.part.postgres is None:
        with _plugin(bench) as broker:
            return bench.completed(_run_tests(bench, broker, selection, inspectable=False))
    with opened_databases(bench, keep=selection.keep_db) as opened:
        outcome = _run_tests(bench, opened.broker, selection, inspectable=True)
        outcome = _with_usage(opened, _with_server(bench, opened, outcome))
    return outcome


@contextlib.contextmanager
def _plugin(bench: Bench) -> Iterator[Broker]:
    """A part without a PostgreSQL of ours: its variables are passed as they are."""
    _, plain = split_env(bench.env)
    url = plain.get("DATABASE_URL", bench.work.environ.get("DATABASE_URL", ""))
    sqlite = url.partition("://")[0].partition("+")[0] == "sqlite"
    environ = {**bench.work.environ, **plain}
    with serve_plugin(database="sqlite" if sqlite else "", environ=environ) as broker:
        with_plain(broker.env, plain)
        yield broker


def _run_tests(bench: Bench, broker: Broker, selection: Selection, *, inspectable: bool) -> Outcome:
    work = bench.work
    selection, choice = choose_affected(bench, selection)
    job = SuiteJob(
        place=work.place,
        part=bench.part,
        environment=bench.environment,
        selection=selection,
        env={**_workers(work), **broker.env},
        environ=work.environ,
        manage=bench.manage,
        watch=watching(work),
        shard=work.take_share(),
        today=quarantine_day(),
        affected=choice.affected if choice else None,
    )
    prefix = f"nox -s {work.session} --"
    outcome = run_tests(job, repeat_prefix=prefix, inspectable=inspectable, running=broker.running)
    if choice:
        choice.end(complete=all(failure.test for failure in outcome.failures))
    return outcome


def _workers(work: Work) -> dict[str, str]:
    """What `-n auto` comes to while other sessions run: pytest-xdist would take every core."""
    cores, name = read_cores(work.run, work.session), "PYTEST_XDIST_AUTO_NUM_WORKERS"
    return {name: str(cores)} if cores and name not in work.environ else {}


def _with_server(bench: Bench, opened: Opened, outcome: Outcome) -> Outcome:
    """Says which server it was; a server that died on the way is the first thing to know."""
    if words := opened.server.last_words():
        write_text(bench.work.place.reports / "logs" / "database.log", f"{words}\n")
        died = Failure(title=f"{opened.label} died", path=bench.part.path, detail=words)
        outcome = replace(outcome, passed=False, failures=(died, *outcome.failures))
    headline = " · ".join(filter(None, (outcome.headline, opened.label)))
    done = bench.completed(replace(outcome, headline=headline), database=opened.label)
    return replace(done, unverified=(*opened.unverified, *done.unverified))


def _with_usage(opened: Opened, outcome: Outcome) -> Outcome:
    """Tests that never came to our database ran on another one, or on none."""
    if not outcome.metrics.get("tests") or opened.broker.was_used():
        return outcome
    return replace(outcome, headline=f"{outcome.headline}, which no test connected to")


def _task(bench: Bench, avoid: Sequence[str]) -> Task:
    work = bench.work
    return Task(
        place=work.place,
        part=bench.part,
        environment=bench.environment,
        tree=work.tree,
        search_path=work.environ.get("PATH", ""),
        avoid=tuple(avoid),
        pinned=_pinned(work.place.root),
        repeat=f"nox -s {work.session}",
    )


def _pinned(root: Path) -> Mapping[str, str]:
    """The versions of tools that the repository pins for its commit hooks."""
    hooks = root / ".pre-commit-config.yaml"
    return parse_pre_commit(hooks.read_text(encoding="utf-8")) if hooks.is_file() else {}
