"""A repository with one package, and a runner that starts nothing."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from cicd.config.parts import Frontend
from cicd.frontend.managers import Manager
from cicd.frontend.runtime import Node
from cicd.frontend.toolchain import Toolchain
from cicd.system.place import Place
from cicd.testing import FakeRunner

NODE = Node(
    version="20.18.0",
    bin_folder=Path("/node/bin"),
    origin="machine",
    program="/node/bin/node",
    npm=("/node/bin/npm",),
    path="/node/bin:/usr/bin",
)


@pytest.fixture
def runner() -> FakeRunner:
    return FakeRunner()


@pytest.fixture
def place(tmp_path: Path, runner: FakeRunner) -> Place:
    root = tmp_path / "repo"
    (root / "web").mkdir(parents=True)
    return Place(
        root=root,
        state=root / ".cicd",
        cache=tmp_path / "cache",
        reports=root / ".cicd" / "reports" / "web_test",
        runner=runner,
    )


@pytest.fixture
def part() -> Frontend:
    return Frontend(
        "web",
        name="web",
        package_manager="npm",
        node="20",
        format="format:check",
        lint="lint",
        types="typecheck",
        test="test",
        build="build",
        env={},
    )


@pytest.fixture
def toolchain(place: Place) -> Toolchain:
    manager = Manager(name="npm", version="10.8.2", command=("npm",), path=NODE.path)
    web = place.root / "web"
    return Toolchain(node=NODE, manager=manager, folder=web, lock_root=web)


@pytest.fixture
def write_manifest(place: Place) -> Callable[..., None]:
    """Writes the package's `package.json`; scripts are given by name."""

    def write(scripts: dict[str, str] | None = None, **fields: object) -> None:
        manifest = {"name": "web", "scripts": scripts or {}, **fields}
        (place.root / "web" / "package.json").write_text(json.dumps(manifest))

    return write
