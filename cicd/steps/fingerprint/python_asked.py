"""Finds out which Python it is, the slow way, and remembers it with all that it hangs on."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from cicd.backend.installed import read_python
from cicd.backend.interpreter_places import own_interpreter, places
from cicd.backend.interpreters import KNOWN, Interpreters
from cicd.errors import MissingError
from cicd.model import Command
from cicd.steps.fingerprint.answers import keep_answer
from cicd.steps.fingerprint.python import python_question
from cicd.steps.fingerprint.surroundings import version_files
from cicd.system.process import LocalRunner

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cicd.backend.environment import Environment
    from cicd.backend.interpreters import Interpreter
    from cicd.cache.probe import Question
    from cicd.config.parts import Backend
    from cicd.steps.snapshot import Snapshot
    from cicd.steps.work import Work

_IMPLEMENTATION = "import platform; print(platform.python_implementation())"


def ask_python(snapshot: Snapshot, question: Question) -> Mapping[str, str] | None:
    """As a session would find it, without a download."""
    runner = LocalRunner(snapshot.root, environ=snapshot.environ, out=sys.stdout)
    found = Interpreters(runner, snapshot.environ, snapshot.root, may_download=False)
    try:
        interpreter = found.find(question.given["wanted"], question.given["specifier"])
        argv = (str(interpreter.path), "-I", "-c", _IMPLEMENTATION)
        done = runner.run(Command(argv, cwd=snapshot.root), quiet=True)
    except MissingError:
        return None
    named = done.output.strip()
    if not (done.ok and named):
        return None
    return _remember(snapshot.state, question, interpreter, f"{named} {interpreter.version}")


def remember_python(work: Work, part: Backend, python: str, environment: Environment) -> None:
    """What a session has found is what the next one is told."""
    root = work.place.root
    question = python_question(work.tree, part, python, root, work.environ)
    _remember(work.place.state, question, environment.interpreter, read_python(environment))


def _remember(
    state: Path, question: Question, interpreter: Interpreter, python: str
) -> Mapping[str, str]:
    answer = {"python": python, "minor": interpreter.minor}
    keep_answer(state, question, answer, _decisive(question, interpreter))
    return answer


def _decisive(question: Question, interpreter: Interpreter) -> list[str]:
    """Everything that was looked at. Our own interpreter is asked before all others."""
    own = own_interpreter()
    if interpreter.path == own:
        return [str(own)]
    wanted, given = question.given["wanted"], question.given
    looked_at = (place for one in ([wanted] if wanted else KNOWN) for place in places(one, given))
    files = map(os.fspath, (own, interpreter.path, *looked_at, *_kept_by_uv(given)))
    return [*files, *version_files(Path(given["root"]), given)]


def _kept_by_uv(environ: Mapping[str, str]) -> tuple[Path, ...]:
    """https://docs.astral.sh/uv/reference/storage/#python-versions"""
    home = Path(environ.get("HOME") or environ.get("USERPROFILE") or "/")
    data = Path(environ.get("XDG_DATA_HOME") or home / ".local" / "share")
    found = [data / "uv" / "python"]
    if given := environ.get("UV_PYTHON_INSTALL_DIR"):
        found = [Path(given)]
    if roaming := environ.get("APPDATA"):
        found.append(Path(roaming) / "uv" / "data" / "python")
    return tuple(found)
