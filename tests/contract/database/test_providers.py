"""What every provider promises, on the four of them."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from cicd.database import names, readiness
from cicd.database.binaries import BinariesCandidate
from cicd.database.given import GivenProvider
from cicd.database.local import LocalProvider
from cicd.database.port import Candidate, Need, Preparing, Provider, Refusal, Server
from cicd.model import Secret

MAJOR = "15"
NEED = Need(major=MAJOR, extensions=("uuid-ossp", "pg_trgm", "pgcrypto"))
OWNED = (
    pytest.param("container", marks=pytest.mark.engine),
    "local",
    pytest.param("embedded", marks=pytest.mark.network),
)


@pytest.fixture(params=("given", *OWNED))
def provider(request: pytest.FixtureRequest) -> Provider:
    found: Provider = request.getfixturevalue(f"{request.param}_provider")
    return found


@pytest.fixture(params=OWNED)
def owning_provider(request: pytest.FixtureRequest) -> Provider:
    found: Provider = request.getfixturevalue(f"{request.param}_provider")
    return found


@pytest.fixture
def given_provider(local_provider: LocalProvider) -> Iterator[GivenProvider]:
    with probed(local_provider).open() as server:
        yield GivenProvider(url=server.url("postgres"))


def probed(provider: Provider, need: Need = NEED) -> Candidate:
    answer = provider.probe(need)
    assert not isinstance(answer, Refusal), answer.reason
    return answer


def ask(server: Server, question: str, dbname: str | None = None) -> object:
    with readiness.connect(server, dbname) as connection:
        row = connection.execute(question.encode()).fetchone()
    return row[0] if row else None


def test_a_server_answers_with_the_major_that_was_needed(provider: Provider) -> None:
    with probed(provider).open() as server:
        version = str(ask(server, "SHOW server_version")).split()[0]
        assert (server.version, version.split(".")[0]) == (version, MAJOR)
        assert server.provider == provider.name
        assert server.last_words() == ""


def test_it_has_the_extensions_encoding_and_locale_that_were_promised(provider: Provider) -> None:
    with probed(provider).open() as server:
        database = names.database_name(names.new_run_key(), "own")
        options = "TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'"
        ask_nothing(server, f"CREATE DATABASE {database} {options}")
        for extension in NEED.extensions:
            ask_nothing(server, f'CREATE EXTENSION "{extension}"', database)
        assert ask(server, "SHOW server_encoding", database) == "UTF8"
        assert ask(server, "SELECT datcollate FROM pg_database LIMIT 1", database) == "C.UTF-8"
        ask_nothing(server, f"DROP DATABASE {database}")


def ask_nothing(server: Server, statement: str, dbname: str | None = None) -> None:
    with readiness.connect(server, dbname) as connection:
        connection.execute(statement.encode())


def test_what_we_own_is_not_synced_to_disk(provider: Provider) -> None:
    with probed(provider).open() as server:
        assert server.owned is (provider.name != "given")
        if server.owned:
            assert ask(server, "SHOW fsync") == "off"
            assert ask(server, "SHOW max_connections") == "200"


def test_nobody_gets_in_without_the_password(provider: Provider) -> None:
    with probed(provider).open() as server:
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(
                host=server.host,
                port=server.port,
                user=server.user,
                password="x",
                dbname="postgres",
            )


def test_nothing_answers_when_the_block_has_ended(owning_provider: Provider) -> None:
    with probed(owning_provider).open() as server:
        pass
    with pytest.raises(psycopg.OperationalError):
        readiness.connect(server)


def test_it_is_gone_also_when_the_block_fails(owning_provider: Provider) -> None:
    with pytest.raises(ZeroDivisionError), probed(owning_provider).open() as server:
        raise ZeroDivisionError
    with pytest.raises(psycopg.OperationalError):
        readiness.connect(server)


def test_two_servers_of_one_candidate_live_side_by_side(owning_provider: Provider) -> None:
    candidate = probed(owning_provider)
    with ExitStack() as stack:
        first, second = (stack.enter_context(candidate.open()) for _ in range(2))
        ask_nothing(first, "CREATE DATABASE here")
        count = "SELECT count(*) FROM pg_database WHERE datname = 'here'"
        assert (first.port == second.port, ask(first, count), ask(second, count)) == (False, 1, 0)


def test_a_sweep_leaves_a_living_server_alone(provider: Provider) -> None:
    with probed(provider).open() as server:
        assert provider.sweep() == ()
        assert ask(server, "SELECT 1") == 1


def test_the_password_is_seen_nowhere(provider: Provider) -> None:
    with probed(provider).open() as server:
        password = server.password.reveal()
        shown = subprocess.run(("ps", "axww", "-o", "args"), capture_output=True, text=True)
        assert password not in shown.stdout
        assert password not in repr(server) + repr(provider) + str(server.url("postgres"))


def test_an_extension_that_does_not_exist_is_refused_or_missed(provider: Provider) -> None:
    answer = provider.probe(Need(major=MAJOR, extensions=("no_such_thing",)))
    if isinstance(answer, Refusal):
        assert "lacks the extension no_such_thing" in answer.reason
    else:
        with pytest.raises(Exception, match="lacks the extension no_such_thing"):
            with answer.open():
                pass


def test_another_major_is_refused_with_a_reason(provider: Provider) -> None:
    answer = provider.probe(Need(major="9"))
    assert isinstance(answer, Refusal) and answer.reason and answer.provider == provider.name


def test_the_identity_of_one_build_is_the_same_twice(provider: Provider) -> None:
    first, second = probed(provider).identity, probed(provider).identity
    assert first == second and "C.UTF-8" in first


def test_a_snapshot_is_what_was_in_the_server_that_it_was_made_of(
    owning_provider: Provider, tmp_path: Path
) -> None:
    candidate = probed(owning_provider)
    target = tmp_path / "snapshot"

    def fill(server: Server) -> None:
        ask_nothing(server, "CREATE DATABASE made_before")

    preparing: Preparing = candidate  # type: ignore[assignment]
    preparing.prepare(target, fill)
    with candidate.open(snapshot=target) as server:
        assert ask(server, "SELECT 1", "made_before") == 1


def test_what_fails_in_a_snapshot_leaves_none(owning_provider: Provider, tmp_path: Path) -> None:
    preparing: Preparing = probed(owning_provider)  # type: ignore[assignment]
    with pytest.raises(ZeroDivisionError):
        preparing.prepare(tmp_path / "snapshot", lambda server: 1 // 0)  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_prepared_folder_is_made_anew(
    owning_provider: Provider, database_cache: Path
) -> None:
    candidate = probed(owning_provider)
    with candidate.open():
        pass
    for kept in (database_cache / "postgres" / "prepared").glob("*/data*"):
        damage(kept)
    with candidate.open() as server:
        assert ask(server, "SELECT 1") == 1


def damage(kept: Path) -> None:
    if kept.is_dir():
        (kept / "global" / "pg_control").write_bytes(os.urandom(8192))
    else:
        kept.write_bytes(b"no tar file")


def test_a_given_server_loses_only_the_databases_of_dead_runs(
    given_provider: GivenProvider,
) -> None:
    with probed(given_provider).open() as server:
        dead, alive = names.new_run_key(), names.new_run_key()
        ours = [names.database_name(key, "1") for key in (dead, alive)]
        django = f"test_{names.database_name(dead, '2')}"
        theirs = ["shop", "cicd_template_of_theirs", "cicd_kept_0123456789ab_1"]
        for database in (*ours, django, *theirs):
            ask_nothing(server, f'CREATE DATABASE "{database}"')
        # The holder is connected to another database than the one that sweeps.
        with readiness.connect(server, "template1") as holder:
            assert names.hold_lock(holder, alive)
            assert given_provider.sweep() == (f"database {ours[0]}", f"database {django}")
        assert given_provider.sweep() == (f"database {ours[1]}",)
        left = "SELECT count(*) FROM pg_database WHERE datname = ANY('{%s}')"
        assert ask(server, left % ",".join(theirs)) == 3


def test_a_given_server_of_another_major_is_named(given_provider: GivenProvider) -> None:
    answer = given_provider.probe(Need(major="16"))
    assert isinstance(answer, Refusal) and "is PostgreSQL 15." in answer.reason


def test_a_given_server_with_a_role_that_may_not_create_is_refused(
    given_provider: GivenProvider,
) -> None:
    assert given_provider.url is not None
    with probed(given_provider).open() as server:
        ask_nothing(server, "CREATE ROLE guest LOGIN PASSWORD 'guest-password'")
        url = Secret(f"postgresql://guest:guest-password@{server.host}:{server.port}/postgres")
        answer = GivenProvider(url=url).probe(NEED)
    assert isinstance(answer, Refusal) and "guest create databases" in answer.reason


def test_the_second_start_of_a_build_needs_no_initdb(
    local_provider: LocalProvider, database_cache: Path
) -> None:
    candidate = probed(local_provider)
    assert isinstance(candidate, BinariesCandidate)
    with candidate.open():
        kept = {path: path.stat().st_ino for path in prepared_folders(database_cache)}
    with candidate.open():
        assert {path: path.stat().st_ino for path in prepared_folders(database_cache)} == kept


def prepared_folders(cache: Path) -> list[Path]:
    return sorted((cache / "postgres" / "prepared").iterdir())
