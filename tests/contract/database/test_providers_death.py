"""After `kill -9` of whoever wanted a server, at any moment, nothing of it stays."""

import fcntl
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.lacking import lacking

import cicd
from cicd.database.container import ContainerProvider
from cicd.database.embedded import EmbeddedProvider
from cicd.database.local import LocalProvider
from cicd.database.port import Need, Provider, Refusal

NEED = Need(major="15")
MOMENTS_S = [random.Random(15).uniform(0.05, 1.2) for _ in range(6)]

_OWNER = """
import sys
from pathlib import Path
from cicd.database.container import ContainerProvider
from cicd.database.embedded import EmbeddedProvider
from cicd.database.local import LocalProvider
from cicd.database.port import Need
from cicd.system.process import LocalRunner
import os

kind, cache, place = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
runner = LocalRunner(cache, environ=os.environ, out=sys.stdout)
provider = {
    "container": lambda: ContainerProvider(cache=cache, environ=os.environ),
    "local": lambda: LocalProvider(cache=cache, path=os.environ["PATH"], places=(place,)),
    "embedded": lambda: EmbeddedProvider(
        cache=cache, runner=runner, npm=lambda: ("npm",), places=(place,)
    ),
}[kind]()
with provider.probe(Need(major="15")).open():
    print("ready", flush=True)
    sys.stdin.read()
"""


class Owner:
    """A process that opens a server and keeps it."""

    def __init__(self, kind: str, cache: Path, place: Path) -> None:
        argv = (sys.executable, "-c", _OWNER, kind, str(cache), str(place))
        root = str(Path(cicd.__file__).parent.parent)
        self.process = subprocess.Popen(
            argv,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": root},
        )

    def __enter__(self) -> "Owner":
        return self

    def __exit__(self, *_: object) -> None:
        self.end(signal.SIGKILL)

    def wait_until_ready(self) -> None:
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == b"ready\n"

    def end(self, number: int, after_s: float = 0.0) -> None:
        try:
            self.process.wait(after_s)
        except subprocess.TimeoutExpired:
            self.process.send_signal(number)
        if self.process.stdin and not self.process.stdin.closed:
            self.process.communicate()


def started_processes(place: Path) -> list[str]:
    """Command lines of processes that have to do with this folder."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if str(place) in line:
            found.append(line)
    return found


def wait_for_watchdogs(place: Path) -> None:
    """A watchdog holds the lease of its folder until it is done."""
    for lock in place.glob("*/lock"):
        try:
            with lock.open() as file:
                fcntl.flock(file, fcntl.LOCK_EX)
        except OSError:
            pass


@pytest.fixture(params=("local", pytest.param("embedded", marks=pytest.mark.network)))
def binaries(
    request: pytest.FixtureRequest,
    local_provider: LocalProvider,
    embedded_provider: EmbeddedProvider,
) -> Provider:
    provider: Provider = local_provider if request.param == "local" else embedded_provider
    answer = provider.probe(NEED)
    if isinstance(answer, Refusal):
        lacking(answer.reason)
    return provider


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.parametrize("number", (signal.SIGKILL, signal.SIGTERM, signal.SIGINT))
def test_a_server_goes_with_its_owner_without_any_sweep(
    binaries: Provider, number: int, database_cache: Path, data_place: Path
) -> None:
    with Owner(binaries.name, database_cache, data_place) as owner:
        owner.wait_until_ready()
        assert started_processes(data_place) != []
        owner.end(number)
    wait_for_watchdogs(data_place)
    assert list(data_place.iterdir()) == []
    assert started_processes(data_place) == []


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.parametrize("after_s", MOMENTS_S)
def test_after_a_kill_at_any_moment_one_sweep_finds_nothing_left(
    binaries: Provider, after_s: float, database_cache: Path, data_place: Path
) -> None:
    Owner(binaries.name, database_cache, data_place).end(signal.SIGKILL, after_s)
    wait_for_watchdogs(data_place)
    binaries.sweep()
    assert list(data_place.iterdir()) == []
    assert started_processes(data_place) == []


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_a_server_goes_also_when_its_watchdog_is_killed_with_the_owner(
    local_provider: LocalProvider, database_cache: Path, data_place: Path
) -> None:
    with Owner("local", database_cache, data_place) as owner:
        owner.wait_until_ready()
        for pid in watchdogs(data_place):
            os.kill(pid, signal.SIGKILL)
    # The kernel ends it; until then it writes into the folder.
    wait_until_gone(data_place)
    local_provider.sweep()
    assert list(data_place.iterdir()) == []


def watchdogs(place: Path) -> list[int]:
    lines = {
        int(path.parent.name): read_words(path) for path in Path("/proc").glob("[0-9]*/cmdline")
    }
    script = b"watchdog.py"
    return [
        pid
        for pid, words in lines.items()
        if any(word.endswith(script) for word in words)
        and any(word.startswith(os.fsencode(place)) for word in words)
    ]


def read_words(path: Path) -> list[bytes]:
    try:
        return path.read_bytes().split(b"\0")
    except OSError:
        return []


def wait_until_gone(place: Path) -> None:
    """Looking takes a moment; the kernel has sent the signal already."""
    for _ in range(1000):
        if not started_processes(place):
            return
    raise AssertionError(started_processes(place))


def test_two_owners_at_once_do_not_disturb_each_other(
    local_provider: LocalProvider, database_cache: Path, data_place: Path
) -> None:
    with (
        Owner("local", database_cache, data_place) as first,
        Owner("local", database_cache, data_place) as second,
    ):
        first.wait_until_ready()
        second.wait_until_ready()
        first.end(signal.SIGKILL)
        wait_for_one(data_place)
        local_provider.sweep()
        assert len(list(data_place.iterdir())) == 1
    wait_for_watchdogs(data_place)
    assert list(data_place.iterdir()) == []


def wait_for_one(place: Path) -> None:
    for _ in range(100_000):
        if len(list(place.iterdir())) == 1:
            return
    raise AssertionError("both are still there")


@pytest.fixture
def own_containers(container_provider: ContainerProvider) -> Iterator["OwnContainers"]:
    import docker

    client = docker.from_env()
    yield OwnContainers(client)
    client.close()


class OwnContainers:
    """Containers of one owner, by its number as its label has it."""

    def __init__(self, client: object) -> None:
        self._client = client

    def of(self, pid: int) -> list[str]:
        found = self._client.containers.list(  # type: ignore[attr-defined]
            all=True, filters={"label": "cicd.kind=database"}, ignore_removed=True
        )
        return [one.id for one in found if f"/{pid}/" in one.labels["cicd.owner"]]

    def wait_until_gone(self, pid: int) -> None:
        import docker

        for name in self.of(pid):
            try:
                self._client.api.wait(  # type: ignore[attr-defined]
                    name, condition="removed", timeout=20
                )
            except docker.errors.NotFound:
                pass


@pytest.mark.engine
@pytest.mark.parametrize("number", (signal.SIGKILL, signal.SIGTERM))
def test_a_container_goes_with_its_owner_without_any_sweep(
    own_containers: OwnContainers, number: int, database_cache: Path, data_place: Path
) -> None:
    with Owner("container", database_cache, data_place) as owner:
        owner.wait_until_ready()
        pid = owner.process.pid
        assert len(own_containers.of(pid)) == 1
        owner.end(number)
    own_containers.wait_until_gone(pid)
    assert own_containers.of(pid) == []


@pytest.mark.engine
@pytest.mark.parametrize("after_s", MOMENTS_S)
def test_after_a_kill_at_any_moment_one_sweep_finds_no_container_left(
    own_containers: OwnContainers,
    container_provider: ContainerProvider,
    after_s: float,
    database_cache: Path,
    data_place: Path,
) -> None:
    owner = Owner("container", database_cache, data_place)
    owner.end(signal.SIGKILL, after_s)
    container_provider.sweep()
    own_containers.wait_until_gone(owner.process.pid)
    assert own_containers.of(owner.process.pid) == []
