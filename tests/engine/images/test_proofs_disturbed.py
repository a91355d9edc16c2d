"""Proofs that are disturbed: killed, left over, and an engine that goes away."""

import contextlib
import gc
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import docker
import pytest
from tests.conftest import ROOT
from tests.engine.images.proving import WELL, Bench, Workshop, api, containers, home, workshop
from tests.nox.leftovers import PATIENCE_S, what_stays

from cicd.system.owned import OWNER_LABEL
from cicd.system import engine
from cicd.system.owner import owner_of

__all__ = ["home", "workshop"]

pytestmark = pytest.mark.engine
PROVES = """\
import sys
from pathlib import Path
from tests.engine.images.proving import WELL, Bench, Workshop, api

bench = Bench(Workshop(Path(sys.argv[2])), Path(sys.argv[1]))
bench.prove(api("hangs", start_s=120), WELL, built=sys.argv[3])
"""


@pytest.fixture
def bench(workshop: Workshop, home: Path) -> Bench:
    return Bench(workshop, home)


def test_the_container_goes_with_a_process_that_is_killed(
    workshop: Workshop, home: Path, tmp_path: Path
) -> None:
    argv = (sys.executable, "-c", PROVES, str(home), str(tmp_path), workshop.build(WELL))
    process = subprocess.Popen(argv, cwd=ROOT, start_new_session=True, stdout=subprocess.DEVNULL)
    mine = owner_of(process.pid)
    try:
        not_yet = what_stays(lambda: [] if containers(mine, status="running") else ["none"])
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert not not_yet, "no container was started"
    assert what_stays(lambda: containers(mine)) == []


def test_what_a_dead_owner_left_is_removed_by_the_next_run(bench: Bench) -> None:
    dead = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    left = owner_of(dead.pid)
    dead.communicate()
    labels = {OWNER_LABEL: str(left), "cicd.kind": "image"}
    with contextlib.closing(docker.from_env()) as client:
        client.containers.create(bench.workshop.build(WELL), labels=labels)
    proved = bench.prove(api())
    assert containers(left) == []
    assert "removed what a killed run left: container " in proved.shown


class Relay:
    """A socket in front of the engine's that goes away when it has passed on a word."""

    def __init__(self, path: Path, behind: str, word: bytes) -> None:
        self._behind, self._word = behind, word
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen()
        self._open: list[socket.socket] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                ours, _ = self._listener.accept()
                theirs = socket.socket(socket.AF_UNIX)
                theirs.connect(self._behind)
                self._open += [ours, theirs]
                for pair in ((ours, theirs), (theirs, ours)):
                    threading.Thread(target=self._copy, args=pair, daemon=True).start()

    def _copy(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(65536):
                target.sendall(piece)
                if self._word in piece:
                    self.close()
            target.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        for one in (self._listener, *self._open):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()


@pytest.fixture
def stopping(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    found = engine.find_engine({})
    assert found is not None
    path = tmp_path / "engine.sock"
    relay = Relay(path, found.url.removeprefix("unix://"), request.param)
    yield f"unix://{path}"
    relay.close()


# The docker package forgets to close the socket on which nobody answered.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("stopping", [b"/get HTTP", b"/start HTTP"], indirect=True)
def test_an_engine_that_stops_meanwhile_is_not_verified_and_named(
    workshop: Workshop, home: Path, stopping: str
) -> None:
    bench = Bench(workshop, home, {**os.environ, "DOCKER_HOST": stopping})
    try:
        outcome = bench.prove(api(health="/never", start_s=PATIENCE_S)).outcome
    finally:
        with contextlib.closing(docker.from_env()) as client:
            for name in containers():
                client.containers.get(name).remove(force=True)
        gc.collect()
    (gap,) = outcome.unverified
    assert f"the Docker engine at {stopping} failed while api was proven: " in gap
    assert outcome.failures == ()


def test_without_an_engine_the_dockerfile_is_still_judged(
    workshop: Workshop, home: Path, tmp_path: Path
) -> None:
    nowhere = f"unix://{tmp_path}/engine.sock"
    bench = Bench(workshop, home, {**os.environ, "DOCKER_HOST": nowhere})
    proved = bench.prove(api(), WELL.replace("/app", "app"))
    assert proved.only.title.startswith("DL3000 ")
    (gap,) = proved.outcome.unverified
    assert gap.startswith(f"no Docker engine answers at {nowhere}: ")
