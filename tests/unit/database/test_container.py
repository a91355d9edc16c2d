"""What runs in a container, and where the engine is looked for."""

import socket
from pathlib import Path

import pytest

from cicd.database import entrypoint, image, readiness
from cicd.system import engine
from cicd.system.engine import Engine

GOOD_CONTEXT = '{"Name": "mine", "Endpoints": {"docker": {"Host": "tcp://10.0.0.2:2375"}}}'


def test_the_engine_is_the_one_that_docker_itself_would_use() -> None:
    found = engine.find_engine({"DOCKER_HOST": "tcp://10.0.0.1:2375"})
    assert found == Engine("tcp://10.0.0.1:2375", "DOCKER_HOST")


def test_a_rootless_socket_is_found(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "docker.sock"))
        environ = {"XDG_RUNTIME_DIR": str(tmp_path), "HOME": str(tmp_path)}
        wanted = f"{tmp_path}/docker.sock"
        assert wanted in engine.sockets(environ)
        assert f"{tmp_path}/podman/podman.sock" in engine.sockets(environ)
        found = engine.find_engine(environ)
    assert found is not None and found.url in (f"unix://{wanted}", "unix:///var/run/docker.sock")


def test_a_context_that_cannot_be_read_is_passed_over(tmp_path: Path) -> None:
    for name, text in (("a", "{"), ("b", '{"Name": "mine"}'), ("c", GOOD_CONTEXT)):
        file = tmp_path / "contexts" / "meta" / name / "meta.json"
        file.parent.mkdir(parents=True)
        file.write_text(text)
    found = engine.find_engine({"DOCKER_CONFIG": str(tmp_path), "DOCKER_CONTEXT": "mine"})
    assert found is not None and found.url == "tcp://10.0.0.2:2375"


def test_a_remote_engine_has_its_ports_on_its_own_machine() -> None:
    assert engine.read_address(Engine("ssh://me@far.example", "DOCKER_HOST"), "x") == "far.example"


def test_an_engine_beside_us_has_its_ports_here() -> None:
    local = Engine("unix:///var/run/docker.sock", "found")
    assert engine.read_address(local, socket.gethostname()) == "127.0.0.1"


def test_the_gateway_is_read_from_the_kernels_table() -> None:
    routes = "Iface Destination Gateway\neth0 000011AC 00000000\neth0 00000000 010011AC\n"
    assert engine.parse_gateway(routes) == "172.17.0.1"
    assert engine.parse_gateway("Iface Destination Gateway\n") == ""


@pytest.mark.parametrize(
    ("major", "mount"), (("15", "/var/lib/postgresql/data"), ("18", "/var/lib/postgresql"))
)
def test_the_data_lies_on_the_images_own_volume_at_a_path_we_name(major: str, mount: str) -> None:
    assert entrypoint.data_mount(major) == mount
    assert entrypoint.environment(major)["PGDATA"] == f"{mount}/cicd/data"


def test_the_password_is_in_no_argument_and_no_variable_of_a_container() -> None:
    script = entrypoint.script("15", unpack_bytes=None)
    assert "read -r password <&3" in script
    assert not any("PASSWORD" in name for name in entrypoint.environment("15"))


def test_a_prepared_folder_needs_no_initdb() -> None:
    assert "initdb" not in entrypoint.script("15", unpack_bytes=10240)
    assert "head -c 10240" in entrypoint.script("15", unpack_bytes=10240)


@pytest.mark.parametrize(
    ("text", "reason"),
    (
        (
            '500 Server Error ("Get "https://r/v2/": dial tcp: lookup r: no such host")',
            "no such host",
        ),
        (
            "('Connection aborted.', FileNotFoundError(2, 'No such file or directory'))",
            "No such file or directory",
        ),
        ("HTTPConnectionPool: Read timed out. (read timeout=5)", "no answer in time"),
    ),
)
def test_of_a_long_failure_the_innermost_reason_is_shown(text: str, reason: str) -> None:
    assert image.render_reason(Exception(text)) == reason


def test_the_end_of_a_log_keeps_the_failure_before_a_long_statement() -> None:
    log = "\n".join(("old", "FATAL:  no space", *(f"line {number}" for number in range(20))))
    shown = readiness.render_end(log).splitlines()
    assert (shown[0], shown[-1], len(shown)) == ("    FATAL:  no space", "    line 19", 9)
    assert readiness.render_end("") == "    (it said nothing)"
