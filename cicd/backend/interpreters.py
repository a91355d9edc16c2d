"""Finds the Python interpreters that a project asks for."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cicd.backend.interpreter_places import candidates, own_interpreter, version_folders
from cicd.backend.uv import uv_command
from cicd.errors import MissingError
from cicd.model import Command, Completed
from cicd.output import last_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cicd.system.process import Runner

KNOWN = ("3.14", "3.13", "3.12", "3.11", "3.10", "3.9", "3.8")
"""Minor versions to look for where a project names none, the newest first."""
_DOWNLOAD_LIMIT_S = 300.0
_QUESTION_LIMIT_S = 20.0
_WHO = "import platform, sys; print(platform.python_version(), sys.executable, sep='\\n')"


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python that runs. `version` is exact ("3.13.2"), `minor` what parts declare ("3.13")."""

    version: str
    path: Path

    @property
    def minor(self) -> str:
        return ".".join(self.version.split(".")[:2])


class Interpreters:
    """The interpreters of this machine; each is asked for its version at most once."""

    def __init__(
        self,
        runner: Runner,
        environ: Mapping[str, str],
        folder: Path,
        *,
        may_download: bool = True,
    ) -> None:
        """`environ` is the environment in which they are looked for; `folder` is where
        questions are asked from: a folder that is there."""
        self._runner, self._environ, self._folder = runner, environ, folder
        self._may_download = may_download
        self._asked: dict[Path, Interpreter | None] = {}
        self._found: dict[tuple[str, str], Interpreter] = {}

    def find(self, wanted: str, specifier: str = "") -> Interpreter:
        """The Python of version `wanted` ("3.13" or "3.13.2"); "" for any that `specifier`
        (`requires-python`) allows: the one that runs us if it may, else the newest.

        What is not here is downloaded by uv. Raises `MissingError` with all that was tried.
        """
        key = (wanted, specifier)
        if key not in self._found:
            self._found[key] = self._find(wanted) if wanted else self._any(specifier)
        return self._found[key]

    def substitute(self, specifier: str) -> Interpreter | None:
        """Another Python that `requires-python` allows, for a check that is then NOT
        VERIFIED on the declared version; None when there is none. Never downloads."""
        return next((found for found in self._allowed(specifier)), None)

    def _find(self, wanted: str) -> Interpreter:
        for found in self._here(wanted):
            return found
        refusal = self._download(wanted)
        for path in self._uv_finds(wanted):
            if downloaded := self._ask(path, wanted):
                return downloaded
        raise _missing(wanted, refusal, self._environ)

    def _any(self, specifier: str) -> Interpreter:
        if found := self.substitute(specifier):
            return found
        newest = next((minor for minor in KNOWN if allows(specifier, f"{minor}.99")), "")
        if newest:
            return self._find(newest)
        raise MissingError(f"no Python that is known satisfies `{specifier}`")

    def _allowed(self, specifier: str) -> Iterator[Interpreter]:
        own = self._ask(own_interpreter(), "")
        if own and allows(specifier, own.version):
            yield own
        for minor in KNOWN:
            # 3.12 may be allowed through 3.12.4 alone: the exact version decides.
            if allows(specifier, f"{minor}.0") or allows(specifier, f"{minor}.99"):
                found = (found for found in self._here(minor) if allows(specifier, found.version))
                yield from found

    def _here(self, wanted: str) -> Iterator[Interpreter]:
        if own := self._ask(own_interpreter(), wanted):
            yield own
        for path in candidates(wanted, self._environ):
            if found := self._ask(path, wanted):
                yield found
        for path in (*self._launcher_finds(wanted), *self._uv_finds(wanted)):
            if found := self._ask(path, wanted):
                yield found

    def _ask(self, path: Path, wanted: str) -> Interpreter | None:
        if path not in self._asked:
            self._asked[path] = self._run_question(path)
        found = self._asked[path]
        return found if found and _is_version(found.version, wanted) else None

    def _run_question(self, path: Path) -> Interpreter | None:
        if path == own_interpreter():
            return Interpreter(sys.version.split()[0].rstrip("+"), path)
        # -I: no user site and no PYTHON* variable may change the answer.
        done = self._quietly(Command((str(path), "-I", "-c", _WHO), cwd=self._folder))
        lines = done.output.splitlines() if done and done.ok else []
        # A shim names the interpreter behind it, which works in every folder.
        return Interpreter(lines[0].rstrip("+"), Path(lines[1])) if len(lines) == 2 else None

    def _launcher_finds(self, wanted: str) -> tuple[Path, ...]:
        if os.name != "nt":
            return ()
        question = ("py", f"-{wanted}", "-c", "import sys; print(sys.executable)")
        return _path(self._quietly(Command(question, cwd=self._folder)))

    def _uv_finds(self, wanted: str) -> tuple[Path, ...]:
        question = ("python", "find", "--no-project", "--no-python-downloads", "--managed-python")
        return _path(self._quietly(uv_command(*question, wanted, cwd=self._folder)))

    def _download(self, wanted: str) -> str:
        """Why uv could not download this version; empty when it could."""
        if not self._may_download:
            return "will try to download it when a session needs it"
        command = uv_command("python", "install", wanted, cwd=self._folder)
        done = self._runner.run(command, timeout_s=_DOWNLOAD_LIMIT_S, quiet=True)
        if done.ok:
            return ""
        return last_lines(done.errors, 1).strip() or f"no end after {_DOWNLOAD_LIMIT_S:.0f} s"

    def _quietly(self, command: Command) -> Completed | None:
        try:
            return self._runner.run(command, timeout_s=_QUESTION_LIMIT_S, quiet=True)
        except (MissingError, OSError):
            return None


def allows(specifier: str, version: str) -> bool:
    """Whether `requires-python` allows a version; one that cannot be read allows all."""
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        return SpecifierSet(specifier).contains(version, prereleases=True)
    except InvalidSpecifier:
        return True


def _is_version(version: str, wanted: str) -> bool:
    return not wanted or version == wanted or version.startswith(f"{wanted}.")


def _path(done: Completed | None) -> tuple[Path, ...]:
    answer = done.output.strip() if done and done.ok else ""
    return (Path(answer),) if answer else ()


def _missing(wanted: str, refusal: str, environ: Mapping[str, str]) -> MissingError:
    lines = [f"Python {wanted} is not on this machine. Tried:", "  PATH       no such interpreter"]
    for folder in version_folders(environ):
        there = ", ".join(sorted(path.name for path in folder.iterdir())[:8]) or "nothing"
        lines.append(f"  {folder}  has {there}")
    lines.append(f"  uv python install {wanted}  {refusal or 'was installed and does not run'}")
    fix = f"Get it with: uv python install {wanted}, or pyenv install {wanted}"
    return MissingError("\n".join(lines), fix=fix)
