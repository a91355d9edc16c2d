"""Which database a session would open: another engine, image, server or choice is another one."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.fake_engine import FakeEngine, fake_engine

from cicd.cache.elements import Unknown
from cicd.config.parts import Backend
from cicd.steps.fingerprint import answers
from cicd.steps.fingerprint.answers import keep_answer
from cicd.steps.fingerprint.database import asked_engine, database_elements, database_question
from cicd.steps.snapshot import take_snapshot
from cicd.steps.subject import Subject

PART = Backend("api", name="api", postgres="15")
UNKNOWN = "which PostgreSQL api gets is known once a session has run"


@pytest.fixture
def engine() -> Iterator[FakeEngine]:
    with fake_engine() as made:
        made.images["postgres:15"] = "sha256:1"
        yield made


@pytest.fixture
def environ(engine: FakeEngine, tmp_path: Path) -> dict[str, str]:
    return {"DOCKER_HOST": engine.host, "PATH": str(tmp_path / "bin"), "HOME": str(tmp_path)}


def elements(root: Path, environ: dict[str, str], part: Backend = PART, verb: str = "test") -> Any:
    """The elements, or why they are not known."""
    subject = Subject(session=f"api_{verb}", verb=verb, part=part, parts=(part,))
    found = database_elements(take_snapshot(root, environ), subject, part)
    return found.reason if isinstance(found, Unknown) else found


def found_by_a_session(
    root: Path, environ: dict[str, str], provider: str, *hangs_on: Path, part: Backend = PART
) -> None:
    """What a session leaves that got this server."""
    answer = {"version": "15.18", "provider": provider, "locale": "C.UTF-8"}
    question = database_question(environ, part, asked_engine(environ, part))
    keep_answer(root / ".cicd", question, answer, hangs_on)


CONTAINER = {"database provider": "container", "database image": "sha256:1"}
LOCAL = {
    "database provider": "local",
    "database version": "15.18",
    "database locale": "C.UTF-8",
}


@pytest.mark.parametrize("verb", ["format", "lint", "types"])
def test_a_session_that_opens_none_is_told_of_none(
    tmp_path: Path, environ: dict[str, str], verb: str, engine: FakeEngine
) -> None:
    assert elements(tmp_path, environ, verb=verb) == {}
    assert elements(tmp_path, environ, Backend("api", name="api", postgres=None)) == {}
    assert engine.asked == []


def test_the_engine_is_asked_once_for_all_sessions(
    tmp_path: Path, environ: dict[str, str], engine: FakeEngine
) -> None:
    snapshot = take_snapshot(tmp_path, environ)
    for verb in ("test", "migrations"):
        subject = Subject(session=f"api_{verb}", verb=verb, part=PART, parts=(PART,))
        assert database_elements(snapshot, subject, PART) == CONTAINER
    assert len(engine.asked) == 1


def test_another_image_is_another_database(
    tmp_path: Path, environ: dict[str, str], engine: FakeEngine
) -> None:
    found_by_a_session(tmp_path, environ, "container")
    assert elements(tmp_path, environ) == CONTAINER
    engine.images["postgres:15"] = "sha256:9"
    assert elements(tmp_path, environ) == {**CONTAINER, "database image": "sha256:9"}


def test_an_image_that_would_be_pulled_is_told_by_the_registry(
    tmp_path: Path, environ: dict[str, str], engine: FakeEngine
) -> None:
    engine.registry["postgres:15"] = "sha256:2"
    del engine.images["postgres:15"]
    pulled = {**CONTAINER, "database image": "sha256:2"}
    assert elements(tmp_path, environ) == pulled
    engine.images["postgres:15"], engine.pulled["postgres:15"] = "sha256:1", "sha256:2"
    assert elements(tmp_path, environ) == pulled


def test_an_engine_that_is_gone_is_another_answer(
    tmp_path: Path, environ: dict[str, str], engine: FakeEngine
) -> None:
    found_by_a_session(tmp_path, environ, "container")
    gone = {**environ, "DOCKER_HOST": f"unix://{tmp_path}/none"}
    assert elements(tmp_path, gone) == UNKNOWN
    found_by_a_session(tmp_path, gone, "local")
    assert elements(tmp_path, gone) == LOCAL


def test_an_engine_that_comes_back_is_another_answer(
    tmp_path: Path, environ: dict[str, str], engine: FakeEngine
) -> None:
    del engine.images["postgres:15"]
    found_by_a_session(tmp_path, environ, "local")
    assert elements(tmp_path, environ) == LOCAL
    engine.images["postgres:15"] = "sha256:1"
    assert elements(tmp_path, environ) == CONTAINER


def test_an_image_that_did_not_start_is_never_counted_on(
    tmp_path: Path, environ: dict[str, str]
) -> None:
    found_by_a_session(tmp_path, environ, "embedded")
    assert elements(tmp_path, environ) == "postgres:15 did not start in a container the last time"
    found_by_a_session(tmp_path, environ, "container")
    assert elements(tmp_path, environ) == CONTAINER


def test_a_local_server_that_is_replaced_is_another_one(
    tmp_path: Path, environ: dict[str, str], engine: FakeEngine
) -> None:
    postgres = tmp_path / "postgres"
    postgres.write_text("15.18")
    part = Backend("api", name="api", postgres="15", database="local")
    found_by_a_session(tmp_path, environ, "local", postgres, part=part)
    assert elements(tmp_path, environ, part) == LOCAL
    assert engine.asked == []
    postgres.write_text("15.19")
    assert elements(tmp_path, environ, part) == UNKNOWN


def test_another_provider_that_is_named_is_another_answer(
    tmp_path: Path, environ: dict[str, str]
) -> None:
    found_by_a_session(tmp_path, environ, "container")
    assert elements(tmp_path, {**environ, "CICD_DATABASE": "local"}) == UNKNOWN
    assert elements(tmp_path, environ, Backend("api", postgres="15", database="local")) != CONTAINER


def test_another_major_is_another_answer(tmp_path: Path, environ: dict[str, str]) -> None:
    found_by_a_session(tmp_path, environ, "container")
    assert elements(tmp_path, environ, Backend("api", name="api", postgres="16")) == UNKNOWN


def test_a_server_that_is_named_and_does_not_answer_is_unknown(
    tmp_path: Path, environ: dict[str, str]
) -> None:
    found_by_a_session(tmp_path, environ, "container")
    address = f"postgresql://u:p@{tmp_path}:1/x"
    assert elements(tmp_path, {**environ, "CICD_DATABASE_URL": address}) == UNKNOWN


def test_two_parts_do_not_share_an_answer(tmp_path: Path, environ: dict[str, str]) -> None:
    local = {**environ, "CICD_DATABASE": "local"}
    found_by_a_session(tmp_path, local, "local")
    assert elements(tmp_path, local) == LOCAL
    assert "known once" in elements(tmp_path, local, Backend("b", name="b", postgres="15"))


def test_an_answer_that_cannot_be_written_is_not_guessed(
    tmp_path: Path, environ: dict[str, str]
) -> None:
    (tmp_path / ".cicd").mkdir()
    (tmp_path / ".cicd" / "probes").write_text("no folder")
    found_by_a_session(tmp_path, environ, "embedded")
    assert elements(tmp_path, environ) == "what the last session found could not be written down"
    os.unlink(tmp_path / ".cicd" / "probes")
    found_by_a_session(tmp_path, environ, "container")
    assert elements(tmp_path, environ) == CONTAINER
    assert not answers._lost
