import json
from pathlib import Path

import pytest

from cicd.errors import MissingError
from cicd.frontend.managers import find_manager, plan_package, plan_version, read_pin
from cicd.frontend.runtime import Node
from cicd.frontend.toolchain import Toolchain
from cicd.system.place import Place
from cicd.testing import FakeRunner


def manager_on_path(tmp_path: Path, name: str, node: Node) -> Node:
    from dataclasses import replace

    program = tmp_path / "bin" / name
    program.parent.mkdir(exist_ok=True)
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    return replace(node, path=str(program.parent))


@pytest.mark.parametrize(
    ("name", "lock", "version"),
    [
        ("pnpm", "lockfileVersion: 5.4\n", "7.33.7"),
        ("pnpm", "lockfileVersion: '6.0'\n", "8.15.9"),
        ("pnpm", "lockfileVersion: '9.0'\n", "10.34.8"),
        ("pnpm", "", "10.34.8"),
        ("yarn", "# yarn lockfile v1\n", "1.22.22"),
        ("yarn", "__metadata:\n  version: 6\n", "3.8.7"),
        ("yarn", "__metadata:\n  version: 8\n", "4.13.0"),
        ("yarn", "__metadata:\n  version: 10\n", "4.18.1"),
        ("bun", "{}", "1.4.5"),
    ],
)
def test_the_version_is_one_that_writes_the_locks_format(
    name: str, lock: str, version: str
) -> None:
    assert plan_version(name, lock) == version


def test_the_pinned_version_is_read_without_its_hash(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text('{"packageManager": "pnpm@9.1.0+sha512.abc"}')
    assert (read_pin("pnpm", tmp_path), read_pin("yarn", tmp_path)) == ("9.1.0", "")


def test_later_yarns_have_another_name_in_the_registry() -> None:
    assert plan_package("yarn", "1.22.22") == "yarn@1.22.22"
    assert plan_package("yarn", "4.18.1") == "@yarnpkg/cli-dist@4.18.1"


def test_the_machines_manager_is_taken_when_it_reads_the_lock(
    place: Place, toolchain: Toolchain, tmp_path: Path, runner: FakeRunner
) -> None:
    web = place.root / "web"
    (web / "pnpm-lock.yaml").write_text("lockfileVersion: '9.0'\n")
    node = manager_on_path(tmp_path, "pnpm", toolchain.node)
    runner.answer(f"{node.path}/pnpm", output="9.15.9\n")
    manager = find_manager(place, "pnpm", node, folder=web, lock_root=web)
    assert (manager.version, manager.command) == ("9.15.9", (f"{node.path}/pnpm",))


@pytest.mark.parametrize("pinned", [True, False])
def test_another_version_comes_from_npm(
    place: Place, toolchain: Toolchain, tmp_path: Path, runner: FakeRunner, pinned: bool
) -> None:
    web = place.root / "web"
    (web / "pnpm-lock.yaml").write_text(f"lockfileVersion: '{'9.0' if pinned else '6.0'}'\n")
    if pinned:
        (web / "package.json").write_text(json.dumps({"packageManager": "pnpm@8.15.9"}))
    node = manager_on_path(tmp_path, "pnpm", toolchain.node)
    runner.answer(f"{node.path}/pnpm", output="9.15.9\n")
    runner.answer(*node.npm, "install")
    manager = find_manager(place, "pnpm", node, folder=web, lock_root=web)
    folder = place.cache / "node-tools/pnpm-8.15.9/node_modules/.bin"
    assert (manager.version, manager.command) == ("8.15.9", (str(folder / "pnpm"),))
    assert manager.path == f"{folder}:{node.path}"
    assert runner.commands[-1].argv[-1] == "pnpm@8.15.9"


def test_the_yarn_that_the_repository_carries_is_run_by_node(
    place: Place, toolchain: Toolchain
) -> None:
    web = place.root / "web"
    (web / ".yarn").mkdir()
    (web / ".yarn/yarn-4.1.0.cjs").touch()
    (web / ".yarnrc.yml").write_text("nodeLinker: node-modules\nyarnPath: .yarn/yarn-4.1.0.cjs\n")
    manager = find_manager(place, "yarn", toolchain.node, folder=web, lock_root=web)
    assert manager.command == (toolchain.node.program, str(web / ".yarn/yarn-4.1.0.cjs"))
    assert (manager.version, manager.is_berry) == ("4.1.0", True)


def test_a_manager_that_npm_cannot_bring_is_missing_and_leaves_nothing(
    place: Place, toolchain: Toolchain, runner: FakeRunner
) -> None:
    runner.answer(*toolchain.node.npm, return_code=1, errors="npm error code ENOTFOUND\n")
    web = place.root / "web"
    with pytest.raises(MissingError, match="bun 1.4.5 is not on this machine(.|\n)*ENOTFOUND"):
        find_manager(place, "bun", toolchain.node, folder=web, lock_root=web)
    assert [path.name for path in (place.cache / "node-tools").iterdir()] == [".bun-1.4.5.lock"]
