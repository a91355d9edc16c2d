"""One environment per part and Python version, made once and shared by its sessions."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cicd.backend import catalog
from cicd.backend.fields import part_name, text, words
from cicd.backend.installers.port import Installation
from cicd.backend.pins import COVERAGE, PYTEST, XDIST
from cicd.backend.stamp import environment_key
from cicd.backend.uv import run_install, uv_command, uv_version
from cicd.backend.virtualenv import make_venv
from cicd.errors import SettingsError
from cicd.system.locks import locked
from cicd.system.python_packages import STAMP, interpreter_is_there, read_packages, write_made
from cicd.system.state import write_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from cicd.backend.interpreters import Interpreter
    from cicd.config.parts import Backend
    from cicd.system.place import Place

_FORMAT = "2"
"""Raised when environments made by an older `cicd` must not be used any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """A virtual environment that is complete. `notes` say what was not as one would wish."""

    path: Path
    interpreter: Interpreter
    notes: tuple[str, ...] = ()

    @property
    def bin(self) -> Path:
        return self.path / ("Scripts" if os.name == "nt" else "bin")

    @property
    def python(self) -> Path:
        return self.bin / ("python.exe" if os.name == "nt" else "python")

    def program(self, name: str) -> Path:
        """Where a program of this environment lies; it may not be there."""
        return self.bin / (f"{name}.exe" if os.name == "nt" else name)

    def version(self, package: str) -> str:
        """The version of an installed package, from its folder's name; "" when it is not there."""
        name = package.replace("-", "_")
        for places in ("lib/python*/site-packages", "Lib/site-packages"):
            for found in self.path.glob(f"{places}/{name}-*.dist-info"):
                return found.name.removesuffix(".dist-info").rpartition("-")[2]
        return ""

    def variables(self, search_path: str) -> dict[str, str | None]:
        """What a process of this environment is given; `search_path` is PATH as it was."""
        return {
            "VIRTUAL_ENV": str(self.path),
            "PATH": os.pathsep.join(filter(None, (str(self.bin), search_path))),
            "PYTHONHOME": None,
            "UV_PROJECT_ENVIRONMENT": None,
        }


def ensure_environment(place: Place, part: Backend, interpreter: Interpreter) -> Environment:
    """The environment of a part for one Python: made, or found as it was made before.

    Runs nothing when lock, settings, interpreter and our own versions are the same.
    Sessions that come at the same time wait for the first. An installation that was
    interrupted is repeated. Raises `CheckFailed` when the project cannot be installed
    as its files say (a lock out of date), `RemoteError` when a registry does not answer.
    """
    kind = text(part.install)
    if kind not in catalog.INSTALLERS:
        known = ", ".join(catalog.INSTALLERS)
        raise SettingsError(f"cicd.Backend(install={kind!r}): known are {known}")
    installer = catalog.INSTALLERS[kind]
    path = place.state / "environments" / f"{part_name(part)}-{interpreter.minor}"
    job = Installation(place=place, part=part, interpreter=interpreter, path=path)
    asked = (kind, *words(part.extras), "|", *words(part.groups), "|", *suite_packages(part))
    key = environment_key(installer.inputs(job), (*asked, *_versions(interpreter)))

    def make() -> tuple[str, ...]:
        notes = installer.run_installation(job)
        asked_for = read_packages(path)
        _add_packages(place, path, suite_packages(part))
        write_made(path, asked_for)
        return notes

    notes = _make_once(path, key, make)
    return Environment(path=path, interpreter=interpreter, notes=notes)


def ensure_tools(
    place: Place, requirements: Iterable[str], interpreter: Interpreter
) -> Environment:
    """An environment for tools alone, apart from every project's; like the one above."""
    wanted = tuple(sorted(requirements))
    key = environment_key((), (*wanted, *_versions(interpreter)))
    path = place.state / "environments" / f"tools-{key[:12]}"

    def make() -> tuple[str, ...]:
        make_venv(place, path, interpreter)
        _add_packages(place, path, wanted)
        write_made(path, {})
        return ()

    _make_once(path, key, make)
    return Environment(path=path, interpreter=interpreter)


def suite_packages(part: Backend) -> tuple[str, ...]:
    """What our test sessions need in the project's environment, where it is not there yet."""
    if part.tests == "pytest":
        return PYTEST if part.workers == 1 else (*PYTEST, *XDIST)
    return COVERAGE if part.tests in ("django", "unittest") else ()


def _make_once(path: Path, key: str, make: Callable[[], tuple[str, ...]]) -> tuple[str, ...]:
    stamp = path / STAMP
    with locked(path.with_name(f"{path.name}.lock")):
        held = stamp.read_text(encoding="utf-8").split("\n") if stamp.is_file() else [""]
        if held[0] == key and interpreter_is_there(path):
            return tuple(held[1:])
        stamp.unlink(missing_ok=True)
        notes = make()
        write_text(stamp, "\n".join((key, *notes)))
    return notes


def _add_packages(place: Place, path: Path, packages: tuple[str, ...]) -> None:
    """Adds packages without changing one that the lock installed."""
    if not packages:
        return
    installed = _installed(place, path)
    held = path / "cicd-constraints.txt"
    write_text(held, installed)
    arguments = ("pip", "install", "--quiet", "--python", str(path), "--constraints", str(held))
    command = uv_command(*arguments, *packages, cwd=place.root)
    run_install(place.runner, command, " ".join(packages), "")


def _installed(place: Place, path: Path) -> str:
    question = uv_command("pip", "freeze", "--quiet", "--python", str(path), cwd=place.root)
    done = run_install(place.runner, question, "what is there", "")
    # What came from a folder or an address cannot be written as a constraint.
    return "\n".join(line for line in done.output.splitlines() if "==" in line and "@" not in line)


def _versions(interpreter: Interpreter) -> tuple[str, ...]:
    return (_FORMAT, interpreter.version, str(interpreter.path), uv_version())
