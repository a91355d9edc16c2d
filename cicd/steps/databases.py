"""Opens a database server for a part, and the databases on it."""

from __future__ import annotations

import contextlib
import functools
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd.backend.migrations import migrate_command
from cicd.backend.uv import uv_binary
from cicd.config.migrations import extensions
from cicd.database.broker import Broker, serve_databases
from cicd.database.catalog import VARIABLE, open_server, providers, survey
from cicd.database.connection import connection_env, connection_secrets
from cicd.database.port import Need, Server
from cicd.database.template import Template, drop_template, keep_template, make_template
from cicd.errors import CheckFailed
from cicd.frontend.runtime import find_npm
from cicd.model import Failure, Outcome, Secret
from cicd.output import last_lines
from cicd.steps.connection import driver_scheme, split_env, with_plain
from cicd.steps.fingerprint.database_asked import describe_server, remember_database
from cicd.steps.kept import show_kept
from cicd.steps.migration_reads import read_told, recall_told, watching_migrations
from cicd.steps.noting import note
from cicd.steps.reads import TEMPLATE
from cicd.steps.schema import Schema, schema_of
from cicd.system.masking import is_common

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cicd.database.port import Provider
    from cicd.steps.bench import Bench
    from cicd.steps.work import Work

URL_VARIABLE = "CICD_DATABASE_URL"
"""Address of a server in which we may make databases of our own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A server, and the one who gives its databases to test processes."""

    server: Server
    broker: Broker
    unverified: tuple[str, ...]

    @property
    def label(self) -> str:
        return f"PostgreSQL {self.server.version} ({self.server.provider})"


@contextlib.contextmanager
def opened_databases(
    bench: Bench, *, migrated: bool = True, keep: bool = False
) -> Iterator[Opened]:
    """A server of the part's major version, with a migrated template, until the block ends.

    With `keep`, its databases stay and are shown before the server ends.
    """
    # Django's own runner migrates a `test_…` database that it makes itself.
    is_migrated = migrated and bench.part.migrations is not None and bench.part.tests != "django"
    schema = schema_of(bench) if is_migrated else None
    with contextlib.ExitStack() as stack:
        server, unverified = stack.enter_context(opened_server(bench, schema=schema))
        template = migrated_template(bench, server, schema)
        if schema and schema.passing and not server.owned:
            stack.callback(drop_template, server, template)
        templates, plain = split_env(bench.env)
        with serve_databases(
            server,
            template,
            templates=templates,
            scheme=driver_scheme(bench),
            keep=keep,
            django=bench.part.migrations == "django" and migrated,
            environ={**bench.work.environ, **plain},
        ) as broker:
            with_plain(broker.env, plain)
            yield Opened(server=server, broker=broker, unverified=unverified)
        if keep:
            show_kept(bench.work, server, broker.kept)


@contextlib.contextmanager
def opened_server(
    bench: Bench, only: str | None = None, schema: Schema | None = None
) -> Iterator[tuple[Server, tuple[str, ...]]]:
    """A server of the part's major version, and what is not as declared; `only` names the one
    provider that will do. It may have the template of `schema` already."""
    work, part = bench.work, bench.part
    need = Need(major=str(part.postgres), extensions=extensions(work.tree, part))
    asked, only = only, only or work.environ.get(VARIABLE) or part.database
    found = find_providers(work)
    if URL_VARIABLE in work.environ and not only:
        # Who names a server expects it to be taken: that it is not must not be a surprise.
        for refusal in survey(need, found, "given").refusals:
            work.say(f"the server of {URL_VARIABLE} is not taken: {refusal.reason}")
    kept = schema.key() if schema else ""
    with open_server(need, found, only, accept_other_major=not work.strict, schema=kept) as server:
        for secret in connection_secrets(server):
            _mask(work, server.user, secret)
        note(work.noted.database, describe_server(server, need))
        if asked is None:
            remember_database(work, part, need, server)
        other = server.version.partition(".")[0] != need.major
        said = f"PostgreSQL {need.major} is not to be had here, this was {server.version}"
        yield server, (said,) if other else ()


def find_providers(work: Work) -> Sequence[Provider]:
    """The providers of this machine. The given server's password is masked from here on."""
    given = work.environ.get(URL_VARIABLE, "")
    if given:
        work.masks.add(Secret(given))
        user, _, password = given.rpartition("@")[0].rpartition("/")[2].partition(":")
        _mask(work, user, Secret(password))
    path = work.environ.get("PATH", "")
    return providers(
        work.place,
        url=Secret(given) if given else None,
        environ=work.environ,
        npm=lambda: find_npm(work.place, path=path, uv=uv_binary()),
        say=work.say,
    )


def _mask(work: Work, user: str, password: Secret) -> None:
    """A password that is the user's own name or a common word, as service containers have it,
    is no secret: hidden everywhere, it would take `postgres` out of every report and path."""
    text = password.reveal()
    common = text == user or is_common(text)
    work.masks.add(Secret(f":{text}@") if text and common else password)


def migrated_template(bench: Bench, server: Server, schema: Schema | None) -> Template:
    """A database that the part's own migrations went over, kept for the next run; an empty one
    without a `schema`, or without migrations. Raises `CheckFailed` when they fail."""
    if schema is None or bench.part.migrations is None:
        return make_template(server, "empty", None)
    migrate = functools.partial(_migrate, bench, server, schema)
    template = make_template(server, schema.key, migrate)
    if template.reused:
        recall_told(bench, schema.told)
    elif schema.keeps:
        keep_template(server, schema.key())
    return template


def _migrate(bench: Bench, server: Server, schema: Schema, dbname: str) -> None:
    """Runs the project's own migrations on an empty database; what they print is not news."""
    templates, plain = split_env(bench.env)
    env = {**plain, **connection_env(server, dbname, templates, driver_scheme(bench))}
    job = bench.migration_job(env, watching_migrations(bench, TEMPLATE))
    report, started_ns = bench.work.place.reports / "migrations.reads", time.time_ns()
    command = schema.noticing(migrate_command(job), report)
    try:
        done = bench.work.place.runner.run(command, timeout_s=bench.part.timeout_s, quiet=True)
        if done.ok:
            return schema.note(report, started_ns, read_told(bench.work))
    finally:
        report.unlink(missing_ok=True)
    said = "\n".join(filter(None, (done.output, done.errors)))
    bench.work.say(said)
    failure = Failure(
        title="the migrations failed, so there is no database to test with",
        path=bench.part.path,
        detail=last_lines(said, 3),
        repeat=job.repeat,
    )
    raise CheckFailed(Outcome(headline="the migrations failed", passed=False, failures=(failure,)))
