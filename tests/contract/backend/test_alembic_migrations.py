"""On SQLite files: what Alembic does is the same, and no server is needed."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from cicd.backend.environment import Environment
from cicd.backend.migrations import migrate_command, run_migrations
from cicd.backend.migrators.port import MigrationJob
from cicd.config.parts import Backend
from cicd.model import Outcome
from cicd.system.place import Place

pytestmark = pytest.mark.network
PART = Backend("backend", name="backend", migrations="alembic")
ENV = """\
import os
from alembic import context
from sqlalchemy import create_engine
from models import metadata as target_metadata

with create_engine(os.environ["DATABASE_URL"]).connect() as connection:
    context.configure(connection=connection, target_metadata=target_metadata)
    with context.begin_transaction():
        context.run_migrations()
"""
MODELS = """\
from sqlalchemy import Column, Integer, MetaData, Table

metadata = MetaData()
Table("books", metadata, Column("id", Integer, primary_key=True), Column("stock", Integer))
"""
Revision = Callable[..., None]


@pytest.fixture
def job(place: Place, django_environment: Environment, write: Callable[..., Path]) -> MigrationJob:
    write(
        {
            "backend/alembic.ini": "[alembic]\nscript_location = migrations\n",
            "backend/migrations/env.py": ENV,
            "backend/models.py": MODELS,
            "backend/migrations/versions/4f1a.py": revision("4f1a", None, "add books"),
        }
    )
    return MigrationJob(
        place=place,
        part=PART,
        environment=django_environment,
        env={"DATABASE_URL": "sqlite:///shop.db"},
        environ=dict(os.environ),
        repeat="nox -s backend_migrations",
    )


def revision(
    name: str,
    below: str | None,
    text: str,
    up: str = 'op.create_table("books", sa.Column("id", sa.Integer, primary_key=True),'
    ' sa.Column("stock", sa.Integer))',
    down: str = 'op.drop_table("books")',
) -> str:
    return (
        f'"""{text}"""\nimport sqlalchemy as sa\nfrom alembic import op\n'
        f"revision = {name!r}\ndown_revision = {below!r}\n"
        f"def upgrade():\n    {up}\ndef downgrade():\n    {down}\n"
    )


def test_good_migrations_are_green(job: MigrationJob) -> None:
    outcome = run_migrations(job)
    assert outcome == replace(
        outcome, headline="1 revision, one head", passed=True, failures=(), unverified=()
    )
    assert outcome.metrics["revisions"] == 1


def test_two_heads_are_named_with_the_command_that_joins_them(
    job: MigrationJob, write: Callable[..., Path]
) -> None:
    write(
        {
            "backend/migrations/versions/5b.py": revision("5b", "4f1a", "add carts", "pass"),
            "backend/migrations/versions/9c02.py": revision("9c02", "4f1a", "add search", "pass"),
        }
    )
    outcome = run_migrations(job)
    assert not outcome.passed
    (failure,) = outcome.failures
    heads = sorted(("5b (add carts)", "9c02 (add search)"))
    assert sorted(failure.title.removeprefix("two heads: ").split(", ")) == heads
    assert failure.fix.startswith('alembic merge -m "merge" ')


def test_models_ahead_of_migrations_are_red_with_the_difference(
    job: MigrationJob, write: Callable[..., Path]
) -> None:
    more = 'Table("carts", metadata, Column("id", Integer, primary_key=True))\n'
    column = MODELS.replace('Column("stock"', 'Column("price", Integer), Column("stock"')
    write({"backend/models.py": column + more})
    outcome = run_migrations(job)
    assert outcome.headline == "models and migrations disagree: 2 differences"
    assert outcome.failures[0].detail.splitlines() == ["add_table carts", "add_column books.price"]


def test_a_migration_that_fails_half_way_is_told_with_its_file_and_line(
    job: MigrationJob, write: Callable[..., Path]
) -> None:
    up = 'op.add_column("books", sa.Column("price", sa.Integer)); op.execute("nonsense")'
    write({"backend/migrations/versions/5b.py": revision("5b", "4f1a", "price", up, "pass")})
    outcome = run_migrations(job)
    (failure,) = outcome.failures
    assert failure.title == "the upgrade from nothing fails"
    assert failure.location == "backend/migrations/versions/5b.py:7"
    assert failure.detail == 'OperationalError: near "nonsense": syntax error'


def test_a_downgrade_that_nobody_wrote_is_red_and_can_be_switched_off(
    job: MigrationJob, write: Callable[..., Path]
) -> None:
    down = "raise NotImplementedError"
    text = revision("4f1a", None, "add books", down=down)
    root = write({"backend/migrations/versions/4f1a.py": text})
    (failure,) = run_migrations(job).failures
    assert failure.title == "the downgrade to nothing fails"
    assert failure.location == "backend/migrations/versions/4f1a.py:9"
    assert failure.fix == 'cicd.Backend("backend", downgrade=False)'
    (root / "backend" / "shop.db").unlink()
    assert run_migrations(replace(job, part=replace(PART, downgrade=False))).passed


def test_a_downgrade_that_leaves_something_behind_is_red(
    job: MigrationJob, write: Callable[..., Path]
) -> None:
    write({"backend/migrations/versions/4f1a.py": revision("4f1a", None, "books", down="pass")})
    (failure,) = run_migrations(job).failures
    assert failure.title.startswith("the upgrade after the downgrade fails")
    assert "table books already exists" in failure.detail


def test_no_revision_is_red(job: MigrationJob) -> None:
    (job.folder / "migrations" / "versions" / "4f1a.py").unlink()
    assert run_migrations(job).headline == "there is no revision"


def test_without_models_the_comparison_is_left_out_and_that_is_said(
    job: MigrationJob, write: Callable[..., Path]
) -> None:
    broken = ENV.replace("from models import metadata as target_metadata", "target_metadata = None")
    write({"backend/migrations/env.py": broken})
    outcome = run_migrations(job)
    assert outcome.passed
    assert outcome.headline.endswith("models not compared: env.py has no target_metadata")


def test_settings_that_cannot_be_imported_are_red(
    job: MigrationJob, write: Callable[..., Path]
) -> None:
    write({"backend/models.py": "import no_such_module\n"})
    (failure,) = run_migrations(job).failures
    assert failure.detail == "ModuleNotFoundError: No module named 'no_such_module'"
    assert failure.location == "backend/models.py:1"


def test_a_settings_file_that_is_not_there_is_red(job: MigrationJob) -> None:
    (job.folder / "alembic.ini").unlink()
    assert not run_migrations(job).passed


def test_a_process_that_is_ended_is_red(job: MigrationJob, write: Callable[..., Path]) -> None:
    write({"backend/models.py": "import os\nos._exit(0)\n"})
    outcome = run_migrations(job)
    assert not outcome.passed
    assert outcome.headline == "alembic upgrade ended with 0"


def test_each_step_begins_without_what_the_one_before_left_in_memory(
    job: MigrationJob, write: Callable[..., Path]
) -> None:
    once = "import builtins\nassert not hasattr(builtins, 'seen')\nbuiltins.seen = True\n"
    write({"backend/models.py": once + MODELS})
    assert run_migrations(job).passed


def test_the_migrate_command_brings_a_database_up_to_date(job: MigrationJob) -> None:
    assert job.place.runner.run(migrate_command(job)).ok
    assert (job.folder / "shop.db").stat().st_size > 0


def test_an_own_command_is_judged_by_its_exit_code(job: MigrationJob) -> None:
    own = replace(PART, migrations=("python", "-c", "pass"))
    assert run_migrations(replace(job, part=own)) == Outcome(headline="up from nothing")
    own = replace(PART, migrations=("python", "-c", "raise SystemExit('no table')"))
    (failure,) = run_migrations(replace(job, part=own)).failures
    assert failure.detail == "no table"
