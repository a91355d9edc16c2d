"""Migrations that are wrong: where, what about it, and that nothing of it stays."""

from tests.nox import miniatures
from tests.nox.conftest import Repository
from tests.nox.leftovers import processes_of
from tests.nox.screen import assert_red

MIGRATIONS = ("-s", "backend_migrations")
REPEAT = "repeat:  nox -s backend_migrations\n"
HALF_WAY = "op.execute('CREATE TABLE authors (id int)')\n    op.execute('CREATE NONSENSE')"


def test_a_migration_that_fails_half_way_is_told_with_file_and_line(ledger: Repository) -> None:
    ledger.put_all(miniatures.revision("b2", "a1", up=HALF_WAY))
    ended = ledger.nox(*MIGRATIONS)
    place = "backend_migrations  backend/migrations/versions/b2.py:12  the upgrade from nothing"
    assert_red(ended, "backend_migrations", place, 'syntax error at or near "NONSENSE"', REPEAT)
    assert processes_of(ledger.root) == []


def test_tests_are_not_run_on_a_half_migrated_database(ledger: Repository) -> None:
    ledger.put_all(miniatures.revision("b2", "a1", up=HALF_WAY))
    ended = ledger.nox("-s", "backend_test")
    assert_red(ended, "backend_test", "the migrations failed, so there is no database to test with")
    assert "NONSENSE" in ended.end
    assert REPEAT in ended.end
    assert "test session starts" not in ended.output
    assert processes_of(ledger.root) == []


def test_two_heads_are_named_with_the_command_that_joins_them(ledger: Repository) -> None:
    for name, title in (("b2", "add carts"), ("c3", "add search")):
        ledger.put_all(miniatures.revision(name, "a1", title=title, up="pass", down="pass"))
    ended = ledger.nox(*MIGRATIONS)
    joins = 'fix:     alembic merge -m "merge" '
    assert_red(ended, "backend_migrations", "two heads: ", "b2 (add carts)", joins, REPEAT)


def test_models_ahead_of_migrations_are_red_with_the_difference(ledger: Repository) -> None:
    carts = 'Table("carts", metadata, Column("id", Integer, primary_key=True))\n'
    ledger.put("backend/models.py", miniatures.plain(miniatures.MODELS) + carts)
    ended = ledger.nox(*MIGRATIONS)
    assert_red(ended, "backend_migrations", "models and migrations disagree: 1 difference", REPEAT)
    assert "add_table carts" in ended.end


def test_a_downgrade_that_fails_is_red_with_file_and_line(ledger: Repository) -> None:
    ledger.put_all(miniatures.revision("a1", down='op.drop_table("boooks")'))
    ended = ledger.nox(*MIGRATIONS)
    place = "backend/migrations/versions/a1.py:15  the downgrade to nothing fails"
    assert_red(ended, "backend_migrations", place, '"boooks" does not exist', REPEAT)


def test_a_downgrade_that_leaves_something_behind_is_red(ledger: Repository) -> None:
    ledger.put_all(miniatures.revision("a1", down="pass"))
    ended = ledger.nox(*MIGRATIONS)
    said = "the upgrade after the downgrade fails: the downgrade left something behind"
    assert_red(ended, "backend_migrations", said, REPEAT)


def test_good_migrations_are_green_with_their_number_and_the_server(ledger: Repository) -> None:
    ended = ledger.nox(*MIGRATIONS)
    assert ended.code == 0, ended.output
    assert "1 revision, one head · PostgreSQL 15." in ended.end
    assert ended.last_line.startswith("Green in ")
    assert ledger.records()["backend_migrations"].outcome.metrics["revisions"] == 1
