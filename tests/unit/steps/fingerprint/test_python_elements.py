"""Which Python it is: asked once, and again when something changes that it hangs on."""

import platform
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from cicd.cache.elements import Unknown
from cicd.config.parts import Backend
from cicd.steps.fingerprint.tools import tool_elements
from cicd.steps.snapshot import take_snapshot
from cicd.steps.subject import Subject

PART = Backend("api", name="api", pythons=("3.77",), install="uv")


@dataclass(frozen=True)
class Machine:
    """A machine with a folder on PATH, and a log of the programs that were started there."""

    root: Path

    @property
    def bin(self) -> Path:
        return self.root.parent / "bin"

    @property
    def started(self) -> int:
        log = self.root.parent / "log"
        return len(log.read_text().splitlines()) if log.exists() else 0

    def put(self, name: str, version: str, implementation: str = "CPython") -> Path:
        """A program that answers as a Python does; `version` may be what a shell computes."""
        program = self.bin / name
        program.parent.mkdir(exist_ok=True)
        program.write_text(
            "#!/bin/sh\n"
            f"echo asked >> {self.root.parent}/log\n"
            f'case "$3" in *implementation*) echo {implementation};;\n'
            f'*) echo {version}; echo "$0";; esac\n'
        )
        program.chmod(0o755)
        return program

    def elements(
        self, part: Backend = PART, python: str = "", **environ: str
    ) -> dict[str, str] | str:
        """The elements, or why they are not known."""
        home = {"PATH": f"{self.bin}:/usr/bin:/bin", "HOME": str(self.root.parent / "home")}
        snapshot = take_snapshot(self.root, {**home, **environ})
        subject = Subject(session="api_lint", verb="lint", part=part, parts=(part,), python=python)
        found = tool_elements(snapshot, subject, part)
        return found.reason if isinstance(found, Unknown) else dict(found)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    made = Machine(tmp_path / "repository")
    (made.root / "api").mkdir(parents=True)
    (made.root / "api" / "pyproject.toml").write_text("[project]\nname = 'api'\n")
    return made


def test_the_interpreter_that_runs_us_is_known_without_a_process(machine: Machine) -> None:
    own = Backend("api", name="api", pythons=(".".join(platform.python_version_tuple()[:2]),))
    expected = f"{platform.python_implementation()} {sys.version.split()[0].rstrip('+')}"
    found = machine.elements(Backend("api", name="api", pythons=own.pythons, install="uv"))
    assert found == {"python": expected}


def test_an_interpreter_is_asked_once(machine: Machine) -> None:
    machine.put("python3.77", "3.77.1")
    assert machine.elements() == {"python": "CPython 3.77.1"}
    asked = machine.started
    assert asked
    assert machine.elements() == {"python": "CPython 3.77.1"}
    assert machine.started == asked


def test_a_python_that_is_upgraded_in_place_is_another_one(machine: Machine) -> None:
    machine.put("python3.77", "3.77.1")
    machine.elements()
    machine.put("python3.77", "3.77.2")
    assert machine.elements() == {"python": "CPython 3.77.2"}


def test_another_implementation_is_another_python(machine: Machine) -> None:
    machine.put("python3.77", "3.77.1", "PyPy")
    assert machine.elements() == {"python": "PyPy 3.77.1"}


def test_a_python_that_comes_first_on_path_is_seen(machine: Machine) -> None:
    machine.put("python3", "3.77.1")
    assert machine.elements() == {"python": "CPython 3.77.1"}
    machine.put("python3.77", "3.77.4")
    assert machine.elements() == {"python": "CPython 3.77.4"}


def test_a_shim_answers_for_the_files_that_it_reads(machine: Machine) -> None:
    choice = machine.root / ".python-version"
    choice.write_text("3.77.1\n")
    machine.put("python3.77", f"$(cat {choice})")
    assert machine.elements() == {"python": "CPython 3.77.1"}
    choice.write_text("3.77.2\n")
    assert machine.elements() == {"python": "CPython 3.77.2"}


def test_a_shim_answers_for_the_users_choice_and_for_variables(machine: Machine) -> None:
    choice = machine.root.parent / "home" / ".pyenv" / "version"
    choice.parent.mkdir(parents=True)
    choice.write_text("3.77.1\n")
    machine.put("python3.77", f"${{PYENV_VERSION:-$(cat {choice})}}")
    assert machine.elements() == {"python": "CPython 3.77.1"}
    assert machine.elements(PYENV_VERSION="3.77.3") == {"python": "CPython 3.77.3"}
    choice.write_text("3.77.2\n")
    assert machine.elements() == {"python": "CPython 3.77.2"}


def test_a_session_of_another_version_has_another_python(machine: Machine) -> None:
    machine.put("python3.77", "3.77.1")
    machine.put("python3.76", "3.76.1")
    assert machine.elements(python="3.76") == {"python": "CPython 3.76.1"}
    assert machine.elements(python="3.77") == {"python": "CPython 3.77.1"}


def test_a_python_that_is_not_here_is_unknown(machine: Machine) -> None:
    assert machine.elements() == "which Python api gets is known once a session has run"


def test_the_answer_does_not_name_a_place(machine: Machine) -> None:
    machine.put("python3.77", "3.77.1")
    machine.elements()
    remembered = machine.elements()
    assert str(machine.root.parent) not in str(remembered)


@pytest.mark.parametrize("spoilt", ["", "{}", "no JSON", '{"schema": 99}'])
def test_a_damaged_answer_is_asked_again(machine: Machine, spoilt: str) -> None:
    machine.put("python3.77", "3.77.1")
    machine.elements()
    asked = machine.started
    for probe in (machine.root / ".cicd" / "probes").iterdir():
        probe.write_text(spoilt)
    assert machine.elements() == {"python": "CPython 3.77.1"}
    assert machine.started > asked


def test_what_is_remembered_is_no_file_of_the_repository(machine: Machine) -> None:
    machine.put("python3.77", "3.77.1")
    machine.elements()
    assert (machine.root / ".cicd" / ".gitignore").read_text() == "*\n"
