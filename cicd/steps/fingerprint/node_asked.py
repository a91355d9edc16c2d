"""Finds out which Node it is, the slow way, and remembers it with all that it hangs on."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from cicd.backend.uv import uv_binary
from cicd.config.node import lock_root
from cicd.errors import CicdError, MissingError
from cicd.frontend.runtime import managed_folders, managed_shelves
from cicd.frontend.toolchain import Toolchain, find_toolchain
from cicd.model import Command
from cicd.steps.fingerprint.answers import keep_answer
from cicd.steps.fingerprint.node import node_question
from cicd.steps.fingerprint.surroundings import version_files
from cicd.system.place import Place
from cicd.system.process import LocalRunner
from cicd.system.state import cache_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cicd.cache.probe import Question
    from cicd.config.parts import Frontend
    from cicd.model import Completed
    from cicd.steps.snapshot import Snapshot
    from cicd.steps.work import Work
    from cicd.system.process import Runner


def ask_node(snapshot: Snapshot, part: Frontend, question: Question) -> Mapping[str, str] | None:
    """As a session would find it, without fetching one."""
    root, environ = snapshot.root, snapshot.environ
    runner = LocalRunner(root, environ=environ, out=sys.stdout)
    try:
        place = Place(
            root=root,
            state=snapshot.state,
            cache=cache_folder(environ),
            reports=snapshot.state,
            runner=_Asking(runner),
        )
        toolchain = find_toolchain(
            place,
            part,
            lock_root=root / lock_root(snapshot.tree, part),
            path=environ.get("PATH", ""),
            uv=uv_binary(),
            managed=managed_folders(environ),
        )
        return _remember(place, question, toolchain)
    except CicdError:
        return None


def remember_node(work: Work, part: Frontend, toolchain: Toolchain) -> None:
    """What a session has found is what the next one is told."""
    question = node_question(work.tree, part, work.place.root, work.environ)
    _remember(work.place, question, toolchain)


class _Asking:
    """Starts a program to hear its version, and nothing else: nothing is fetched."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner

    def run(
        self, command: Command, *, timeout_s: float | None = None, quiet: bool = False
    ) -> Completed:
        if command.argv[-1] != "--version":
            raise MissingError(f"{command} is left to the session")
        return self._runner.run(command, timeout_s=timeout_s, quiet=quiet)


def _remember(place: Place, question: Question, toolchain: Toolchain) -> Mapping[str, str] | None:
    manager = toolchain.manager
    if not manager.version:  # npm behind a shim, which has no package.json beside it
        argv = (*manager.command, "--version")
        command = Command(argv, cwd=toolchain.folder, env={"PATH": manager.path})
        done = place.runner.run(command, quiet=True)
        manager = replace(manager, version=done.output.strip() if done.ok else "")
    if not manager.version:
        return None
    answer = {"node": toolchain.node.version, manager.name: manager.version}
    keep_answer(place.state, question, answer, _decisive(question, toolchain, place.cache))
    return answer


def _decisive(question: Question, toolchain: Toolchain, cache: Path) -> Iterator[str]:
    """Everything that was looked at, whether it is there or not."""
    given, node, manager = question.given, toolchain.node, toolchain.manager
    for folder in filter(None, node.path.split(os.pathsep)):
        yield from _programs(folder, "node", "npm", manager.name)
    yield from (str(folder / "node") for folder in managed_folders(given))
    yield from map(str, managed_shelves(given))
    yield from (node.program, str(cache / "node"), str(cache / "node-tools"))
    for word in (*node.npm, *manager.command):
        yield from _behind(word, node.path)
    for name in dict.fromkeys((given["folder"], given["lock root"])):
        yield from version_files(Path(given["root"], name), given)
        yield os.path.join(given["root"], name, "package.json")


def _programs(folder: str, *names: str) -> Iterator[str]:
    ends = ("", ".exe", ".cmd") if os.name == "nt" else ("",)
    yield from (os.path.join(folder, f"{name}{end}") for name in names for end in ends)


def _behind(word: str, path: str) -> Iterator[str]:
    """A program or script, and the package.json of the package that it belongs to."""
    program = shutil.which(word, path=path) or word
    real = Path(program).resolve()
    yield from (program, str(real), str(real.parent.parent / "package.json"))
