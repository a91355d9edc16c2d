"""Migrations run once: later runs have the migrated template, until what decides it changes."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.nox import miniatures
from tests.nox.conftest import Repository
from tests.nox.running import started

TEST = ("-s", "backend_test")


@pytest.fixture
def local(tmp_path: Path) -> dict[str, str]:
    """A PostgreSQL of this machine, and a cache of this test's own."""
    return {"CICD_DATABASE": "local", "CICD_CACHE_DIR": str(tmp_path / "cache")}


def migrated(ledger: Repository, env: dict[str, str]) -> bool:
    """Runs the tests, green, and tells whether that ran the migrations."""
    ended = ledger.nox(*TEST, **env)
    assert ended.code == 0, ended.output
    commands = [ran.command for ran in ledger.records()["backend_test"].commands]
    assert any("pytest" in command for command in commands)
    return any("alembic" in command for command in commands)


def change(ledger: Repository, name: str) -> None:
    path = ledger.root / name
    path.write_text(path.read_text() + "\n# changed\n")


def test_migrations_run_again_only_when_what_they_read_has_changed(
    ledger: Repository, local: dict[str, str]
) -> None:
    ledger.put("backend/service.py", "sell = 1\n")
    assert migrated(ledger, local)
    change(ledger, "backend/tests/test_models.py")
    assert not migrated(ledger, local)
    change(ledger, "backend/service.py")
    assert not migrated(ledger, local)
    change(ledger, "backend/models.py")
    assert migrated(ledger, local)
    ledger.put_all(miniatures.revision("b2", "a1", up="pass", down="pass"))
    assert migrated(ledger, local)
    change(ledger, "backend/tests/test_models.py")
    assert not migrated(ledger, local)


def test_a_test_sees_the_schema_of_the_changed_migration(
    ledger: Repository, local: dict[str, str]
) -> None:
    ledger.put(
        "backend/tests/test_schema.py",
        """\
        import psycopg


        def test_authors():
            with psycopg.connect() as connection:
                connection.execute("SELECT * FROM authors")
        """,
    )
    assert ledger.nox(*TEST, **local).code == 1
    authors = "op.execute('CREATE TABLE authors (id int)')"
    ledger.put_all(miniatures.revision("b2", "a1", up=authors, down="pass"))
    assert ledger.nox(*TEST, **local).code == 0
    (ledger.root / "backend/migrations/versions/b2.py").unlink()
    assert ledger.nox(*TEST, **local).code == 1


def test_damaged_kept_data_is_made_anew(ledger: Repository, local: dict[str, str]) -> None:
    assert migrated(ledger, local)
    for path in Path(local["CICD_CACHE_DIR"]).glob("postgres/prepared/*/data.tar"):
        content = path.read_bytes()
        path.write_bytes(content[: len(content) // 2] + bytes(len(content) - len(content) // 2))
    change(ledger, "backend/tests/test_models.py")
    assert migrated(ledger, local)


def test_two_runs_at_once_and_the_next_has_what_they_kept(
    ledger: Repository, local: dict[str, str]
) -> None:
    with started(ledger, *TEST, **local) as one, started(ledger, *TEST, **local) as other:
        assert [run.end().code for run in (one, other)] == [0, 0]
    change(ledger, "backend/tests/test_models.py")
    assert not migrated(ledger, local)
    kept = (Path(local["CICD_CACHE_DIR"]) / "postgres" / "prepared").iterdir()
    assert [path.name for path in kept if path.name.startswith(".")] == []


def test_nothing_is_kept_nor_reused_where_the_cache_is_off(
    ledger: Repository, local: dict[str, str]
) -> None:
    assert migrated(ledger, {**local, "CICD_CACHE": "off"})
    assert migrated(ledger, local)
    assert migrated(ledger, {**local, "CICD_CACHE": "off"})


@pytest.fixture
def listed(ledger: Repository) -> Iterator[Repository]:
    """In git: what it cannot list is never kept."""
    subprocess.run(("git", "init", "--quiet"), cwd=ledger.root, check=True)
    ledger.put(".gitignore", "__pycache__/\n.pytest_cache/\n.coverage\n")
    yield ledger
    shutil.rmtree(ledger.root / ".git")


def test_what_migrations_read_elsewhere_is_judged_also_where_they_need_not_run(
    listed: Repository, local: dict[str, str]
) -> None:
    both = ("-s", "backend_migrations", "backend_test")
    assert "not kept" not in listed.nox(*both, **local).output
    assert "2 of 2 reused" in listed.nox(*both, **local).end

    more = "Path(__file__).resolve().parents[3].joinpath('shared/more.sql').read_text()"
    up = f"from pathlib import Path\n    op.execute({more})"
    listed.put_all(miniatures.revision("b2", "a1", up=up, down="pass"))
    listed.put("shared/more.sql", "INSERT INTO books VALUES (1, 1)")
    first = listed.nox(*both, **local)
    told = "not kept for later: the migrations read shared/more.sql, which is not among the inputs"
    assert first.code == 0, first.output
    assert f"backend_migrations, backend_test  {told}" in first.end
    change(listed, "backend/tests/test_models.py")
    assert not migrated(listed, local)
    assert f"backend_test  {told}" in listed.nox(*TEST, **local).end

    listed.put("shared/more.sql", "nonsense")
    broken = listed.nox(*both, **local)
    assert broken.code == 1 and broken.end.count(" ✗ ") == 2, broken.output


def test_a_given_server_keeps_its_templates_itself(
    ledger: Repository, given: dict[str, str], tmp_path: Path
) -> None:
    env = {**given, "CICD_CACHE_DIR": str(tmp_path / "cache")}
    assert migrated(ledger, env)
    change(ledger, "backend/tests/test_models.py")
    assert not migrated(ledger, env)
    change(ledger, "backend/models.py")
    assert migrated(ledger, env)
