"""Which Node and which package manager: asked once, and again when either is another one."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from cicd.cache.elements import Unknown
from cicd.config.parts import Frontend
from cicd.steps.fingerprint.tools import tool_elements
from cicd.steps.snapshot import take_snapshot
from cicd.steps.subject import Subject


@dataclass(frozen=True)
class Machine:
    """A machine with a folder on PATH, and a log of the programs that were started there."""

    root: Path

    @property
    def started(self) -> int:
        log = self.root.parent / "log"
        return len(log.read_text().splitlines()) if log.exists() else 0

    def put(self, name: str, says: str, folder: str = "bin") -> Path:
        """A program; what it says may be computed by a shell."""
        program = self.root.parent / folder / name
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text(f"#!/bin/sh\necho asked >> {self.root.parent}/log\necho {says}\n")
        program.chmod(0o755)
        return program

    def put_npm(self, version: str) -> None:
        package = self.root.parent / "lib" / "npm"
        (package / "bin").mkdir(parents=True, exist_ok=True)
        (package / "package.json").write_text(json.dumps({"version": version}))
        script = package / "bin" / "npm-cli.js"
        script.touch(mode=0o755)
        link = self.root.parent / "bin" / "npm"
        link.unlink(missing_ok=True)
        link.symlink_to(script)

    def declare(self, **package: object) -> None:
        (self.root / "web" / "package.json").write_text(json.dumps(package))

    def elements(self, manager: str = "npm", **environ: str) -> dict[str, str] | str:
        """The elements, or why they are not known."""
        part = Frontend("web", name="web", package_manager=manager, node=">=90")
        home = self.root.parent
        given = {
            "PATH": f"{home}/bin:{home}/later:/usr/bin:/bin",
            "HOME": str(home / "home"),
            "CICD_CACHE_DIR": str(home / "cache"),
            **environ,
        }
        subject = Subject(session="web_lint", verb="lint", part=part, parts=(part,))
        found = tool_elements(take_snapshot(self.root, given), subject, part)
        return found.reason if isinstance(found, Unknown) else dict(found)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    made = Machine(tmp_path / "repository")
    (made.root / "web").mkdir(parents=True)
    made.declare()
    for lock in ("package-lock.json", "pnpm-lock.yaml"):
        (made.root / "web" / lock).write_text("lockfileVersion: '9.0'\n")
    made.put("node", "v99.1.0")
    made.put_npm("40.1.0")
    return made


def test_node_is_asked_once(machine: Machine) -> None:
    assert machine.elements() == {"node": "99.1.0", "npm": "40.1.0"}
    asked = machine.started
    assert asked
    assert machine.elements() == {"node": "99.1.0", "npm": "40.1.0"}
    assert machine.started == asked


def test_a_node_that_is_replaced_is_another_one(machine: Machine) -> None:
    machine.elements()
    machine.put("node", "v99.2.0")
    assert machine.elements() == {"node": "99.2.0", "npm": "40.1.0"}


def test_an_npm_that_is_replaced_is_another_one(machine: Machine) -> None:
    machine.elements()
    machine.put_npm("40.2.0")
    assert machine.elements() == {"node": "99.1.0", "npm": "40.2.0"}


def test_a_node_of_a_version_manager_counts_where_the_first_one_does_not_serve(
    machine: Machine,
) -> None:
    machine.put("node", "v89.0.0")
    assert machine.elements() == "which Node web gets is known once a session has run"
    machine.put("node", "v98.0.0", "home/.nvm/versions/node/v98.0.0/bin")
    assert machine.elements() == {"node": "98.0.0", "npm": "40.1.0"}
    machine.put("node", "v98.5.0", "home/.nvm/versions/node/v98.5.0/bin")
    assert machine.elements() == {"node": "98.5.0", "npm": "40.1.0"}


def test_a_node_that_was_fetched_counts_where_this_machine_has_none(machine: Machine) -> None:
    machine.put("node", "v89.0.0")
    for version in ("97.0.0", "97.1.0"):
        machine.put("node", f"v{version}", f"cache/node/{version}/bin")
        npm = machine.root.parent / "cache" / "node" / version / "lib/node_modules/npm"
        npm.mkdir(parents=True)
        (npm / "package.json").write_text(json.dumps({"version": f"4{version}"}))
        assert machine.elements() == {"node": version, "npm": f"4{version}"}


def test_a_shim_answers_for_its_folder(machine: Machine) -> None:
    choice = machine.root / "web" / ".tool-versions"
    choice.write_text("99.1.0\n")
    machine.put("node", f"v$(cat {choice})")
    assert machine.elements() == {"node": "99.1.0", "npm": "40.1.0"}
    choice.write_text("99.4.0\n")
    assert machine.elements() == {"node": "99.4.0", "npm": "40.1.0"}


def test_a_variable_of_a_version_manager_asks_anew(machine: Machine) -> None:
    machine.put("node", "v${NODENV_VERSION:-99.1.0}")
    assert machine.elements() == {"node": "99.1.0", "npm": "40.1.0"}
    assert machine.elements(NODENV_VERSION="99.7.0") == {"node": "99.7.0", "npm": "40.1.0"}


def test_an_npm_without_a_package_is_asked(machine: Machine) -> None:
    (machine.root.parent / "bin" / "npm").unlink()
    machine.put("npm", "41.0.0")
    assert machine.elements() == {"node": "99.1.0", "npm": "41.0.0"}


def test_another_package_manager_is_asked_once_and_again_when_it_is_replaced(
    machine: Machine,
) -> None:
    machine.put("pnpm", "9.5.0")
    assert machine.elements("pnpm") == {"node": "99.1.0", "pnpm": "9.5.0"}
    asked = machine.started
    assert machine.elements("pnpm") == {"node": "99.1.0", "pnpm": "9.5.0"}
    assert machine.started == asked
    machine.put("pnpm", "9.6.0")
    assert machine.elements("pnpm") == {"node": "99.1.0", "pnpm": "9.6.0"}


def test_another_pin_is_another_package_manager(machine: Machine) -> None:
    machine.put("pnpm", "9.5.0")
    machine.elements("pnpm")
    machine.declare(packageManager="pnpm@9.6.0")
    assert machine.elements("pnpm") == "which Node web gets is known once a session has run"
    machine.put("pnpm", "9.6.0")
    assert machine.elements("pnpm") == {"node": "99.1.0", "pnpm": "9.6.0"}


def test_nothing_is_fetched_to_know_a_version(machine: Machine) -> None:
    (machine.root.parent / "bin" / "node").unlink()
    part_of_path = f"{machine.root.parent}/bin"
    found = machine.elements(PATH=part_of_path)
    assert found == "which Node web gets is known once a session has run"
    assert not list((machine.root.parent / "cache" / "node").glob("[0-9]*"))
