import json
import os
import socket

import pytest

from cicd.database.broker import PLUGIN_FOLDER, Broker, plugin_env, serve_plugin
from cicd.database.handout import Handout
from cicd.database.port import Server
from cicd.database.progress import Progress
from cicd.database.visit import TestProcess
from cicd.errors import CicdError, MissingError
from cicd.model import Secret
from cicd.system.process import plain_env

SERVER = Server(
    host="127.0.0.1",
    port=5433,
    user="cicd",
    password=Secret("s3cret"),
    owned=True,
    provider="local",
    version="15.18",
)


class FakeClones:
    """Databases that exist in name only."""

    def __init__(self) -> None:
        self.databases: list[str] = []
        self.dropped: list[str] = []
        self.kept: dict[str, str] = {}
        self.failure: CicdError | None = None
        self.used = False
        self.expected = 0

    def expect(self, count: int) -> None:
        self.expected = count

    def take(self, *, ahead: int = 0) -> str:
        if self.failure is not None:
            raise self.failure
        self.databases.append(f"clone_{len(self.databases) + 1}")
        return self.databases[-1]

    def was_used(self) -> bool:
        return self.used

    def drop(self, dbname: str) -> None:
        self.dropped.append(dbname)


def talk(broker: Broker, *messages: dict[str, object], answers: int) -> list[dict[str, object]]:
    """Says the messages in one conversation, and returns so many answers."""
    host, port = str(broker.env["CICD_BROKER"]).split(":")
    with socket.create_connection((host, int(port)), timeout=30) as line:
        stream = line.makefile("rwb")
        stream.write(b"".join(json.dumps(message).encode() + b"\n" for message in messages))
        stream.flush()
        return [json.loads(stream.readline() or b"{}") for _ in range(answers)]


def token(broker: Broker) -> dict[str, object]:
    return {"token": plain_env({}, broker.env)["CICD_BROKER_TOKEN"]}


def process(handout: Handout | None = None, progress: Progress | None = None) -> TestProcess:
    visit = TestProcess({"database": "postgresql"}, progress or Progress(), handout)
    visit.answer({"op": "hello", "worker": "gw0", "pid": 7})
    return visit


def handout(clones: FakeClones, *, keep: bool = False) -> Handout:
    return Handout(SERVER, clones, {"DB": "{dbname}"}, "postgresql", keep=keep)


def dbname(reply: object) -> str:
    assert isinstance(reply, dict)
    assert reply["env"]["DB"] == reply["env"]["PGDATABASE"] == reply["dbname"]
    return str(reply["dbname"])


def test_the_plugins_folder_exposes_the_plugin_alone() -> None:
    assert [file.name for file in PLUGIN_FOLDER.iterdir() if file.suffix] == ["cicd_pytest.py"]


def test_what_the_user_has_on_the_path_and_as_plugins_stays() -> None:
    environ = {"PYTHONPATH": "/mine", "PYTEST_PLUGINS": "mine.plugin,other"}
    assert plugin_env(environ) == {
        "PYTHONPATH": os.pathsep.join((str(PLUGIN_FOLDER), "/mine")),
        "PYTEST_PLUGINS": "cicd_pytest,mine.plugin,other",
    }


def test_the_token_is_a_secret() -> None:
    with serve_plugin() as broker:
        assert isinstance(broker.env["CICD_BROKER_TOKEN"], Secret)
        assert plain_env({}, broker.env)["CICD_BROKER_TOKEN"] not in repr(broker.env)


def test_who_has_the_token_is_answered() -> None:
    with serve_plugin(database="sqlite") as broker:
        hello = {"op": "hello", "worker": "main", "pid": 1}
        assert talk(broker, token(broker), hello, answers=1)[0]["database"] == "sqlite"


@pytest.mark.parametrize("greeting", [{}, {"token": "guessed"}, {"op": "hello"}])
def test_who_has_not_the_token_is_hung_up_on(greeting: dict[str, object]) -> None:
    with serve_plugin() as broker:
        assert talk(broker, greeting, {"op": "hello"}, answers=1) == [{}]


def test_a_line_that_is_no_json_ends_that_conversation_only() -> None:
    with serve_plugin() as broker:
        host, port = str(broker.env["CICD_BROKER"]).split(":")
        with socket.create_connection((host, int(port)), timeout=30) as line:
            line.sendall(b"GET / HTTP/1.1\r\n\r\n")
            assert line.recv(100) == b""
        assert talk(broker, token(broker), {"op": "hello"}, answers=1) != [{}]


def test_after_the_block_nobody_is_answered() -> None:
    with serve_plugin() as broker:
        pass
    with pytest.raises(ConnectionRefusedError):
        talk(broker, token(broker), answers=0)


def test_the_end_does_not_wait_for_a_process_that_stays_connected() -> None:
    with serve_plugin() as broker:
        host, port = str(broker.env["CICD_BROKER"]).split(":")
        silent = socket.create_connection((host, int(port)), timeout=30)
    with silent:
        assert silent.recv(1) == b""


def test_an_unknown_request_is_told_apart() -> None:
    assert process().answer({"op": "coffee"}) == {"error": "cicd: no such request: coffee"}


def test_the_test_that_has_begun_and_not_ended_is_running() -> None:
    progress = Progress()
    visit = process(progress=progress)
    for op, nodeid in [("running", "a"), ("finished", "a"), ("running", "b")]:
        visit.answer({"op": op, "nodeid": nodeid})
    visit.end()
    assert (progress.running, progress.finished) == ({"gw0": "b"}, 1)


def test_two_processes_of_one_name_are_told_apart() -> None:
    progress = Progress()
    for nodeid in ("a", "b"):
        process(progress=progress).answer({"op": "running", "nodeid": nodeid})
    assert progress.running == {"gw0": "a", "gw0:7": "b"}


def test_a_worker_that_takes_the_place_of_a_dead_one_takes_its_name() -> None:
    progress = Progress()
    process(progress=progress).end()
    process(progress=progress).answer({"op": "running", "nodeid": "b"})
    assert progress.running == {"gw0": "b"}


def test_workers_find_the_same_tests_and_these_count_once() -> None:
    progress = Progress()
    for _ in range(2):
        process(progress=progress).answer({"op": "collected", "count": 12})
    assert progress.collected == 12


def test_the_first_process_has_the_database_that_its_variables_name() -> None:
    given = handout(FakeClones())
    first = dbname(process(given).answer({"op": "worker"}))
    second = dbname(process(given).answer({"op": "worker"}))
    assert (first, second) == (given.first_env["DB"], "clone_2")


def test_a_process_that_hangs_up_gives_its_databases_back() -> None:
    clones = FakeClones()
    given = handout(clones)
    process(given).answer({"op": "worker"})
    second = process(given)
    second.answer({"op": "worker"})
    second.answer({"op": "fresh", "nodeid": "a"})
    second.end()
    assert sorted(clones.dropped) == ["clone_2", "clone_3"]


def test_a_test_gives_its_fresh_database_back_and_no_other_ones() -> None:
    clones = FakeClones()
    given = handout(clones)
    one, other = process(given), process(given)
    mine = dbname(one.answer({"op": "fresh", "nodeid": "a"}))
    theirs = dbname(other.answer({"op": "fresh", "nodeid": "b"}))
    for name in (theirs, mine, "postgres", mine):
        one.answer({"op": "release", "dbname": name})
    assert clones.dropped == [mine]


def test_with_keep_the_fresh_databases_of_failed_tests_stay_and_those_of_others_go() -> None:
    clones = FakeClones()
    visit = process(handout(clones, keep=True))
    names = [dbname(visit.answer({"op": "fresh", "nodeid": "a"})) for _ in range(2)]
    visit.answer({"op": "release", "dbname": names[0], "failed": True})
    visit.answer({"op": "release", "dbname": names[1], "failed": False})
    assert clones.dropped == [names[1]]


def test_kept_databases_are_told_with_their_users_and_without_the_password() -> None:
    clones = FakeClones()
    given = handout(clones, keep=True)
    process(given).answer({"op": "fresh", "nodeid": "tests/test_a.py::test_b"})
    clones.kept = {"clone_1": "kept_1", "clone_2": "kept_2"}
    assert given.kept() == {
        "postgresql://cicd:***@127.0.0.1:5433/kept_1": "main",
        "postgresql://cicd:***@127.0.0.1:5433/kept_2": "tests/test_a.py::test_b",
    }


def test_a_server_that_has_no_room_is_told_to_the_process_that_asked() -> None:
    clones = FakeClones()
    visit = process(handout(clones))
    visit.answer({"op": "worker"})
    clones.failure = MissingError("PostgreSQL has no room left")
    assert visit.answer({"op": "fresh"}) == {"error": "PostgreSQL has no room left"}


def test_without_a_database_there_is_none_to_be_given() -> None:
    visit = process()
    assert visit.answer({"op": "worker"}) == {"env": {}}
    assert visit.answer({"op": "fresh"}) == {
        "error": "cicd: there is no database of ours in this run"
    }


def test_whoever_is_about_to_drop_what_it_made_has_it_looked_at_first() -> None:
    clones = FakeClones()
    visit = process(handout(clones))
    assert visit.answer({"op": "look"}) == {"used": False}
    clones.used = True
    assert visit.answer({"op": "look"}) == {"used": True}
    assert process().answer({"op": "look"}) == {"used": False}


def test_so_many_databases_as_workers_are_expected_are_made_ahead() -> None:
    clones = FakeClones()
    process = TestProcess({}, Progress(), handout(clones))
    assert process.answer({"op": "expect", "count": 4}) is None
    assert clones.expected == 4
    process.answer({"op": "expect", "count": 10**6})
    assert clones.expected == 64
