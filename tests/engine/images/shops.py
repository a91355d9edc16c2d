"""Miniature repositories below git, in each of which sessions can be at work."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.lacking import lacking

from cicd.images.builders import parse_version
from cicd.records.runs import open_run
from cicd.steps.work import Work
from cicd.system.git import read_tree
from cicd.system.masking import Masks
from cicd.system.place import Place
from cicd.system.process import LocalRunner
from cicd.system.run_name import RUN_VARIABLE, name_run
from cicd.system.state import state_folder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from cicd.tree import Tree

MakeShop = Callable[..., "Shop"]
ENVIRON = {
    name: value
    for name, value in os.environ.items()
    if name.startswith(("DOCKER_", "BUILDX_")) or name in ("PATH", "HOME", "XDG_RUNTIME_DIR")
}


class Shown(io.StringIO):
    """What a session shows. `call_at` has something done once a text stands there."""

    def __init__(self) -> None:
        super().__init__()
        self._text = ""
        self._action: Callable[[], None] = lambda: None

    def call_at(self, text: str, action: Callable[[], None]) -> None:
        self._text, self._action = text, action

    def write(self, text: str, /) -> int:
        written = super().write(text)
        if self._text and self._text in self.getvalue():
            self._text = ""
            self._action()
        return written


class Shop:
    """A repository below git. Each `work()` is a run of its own, as each call of nox is."""

    def __init__(self, root: Path, files: Mapping[str, str]) -> None:
        self.root = root
        root.mkdir()
        self.git("init", "-q", "-b", "main")
        self.write(files)
        self.commit()

    def write(self, files: Mapping[str, str]) -> None:
        for name, content in files.items():
            file = self.root / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content, encoding="utf-8")

    def commit(self) -> None:
        self.git("add", "--all")
        self.git("commit", "-q", "--allow-empty", "-m", "a change")

    def git(self, *arguments: str) -> str:
        who = {
            f"GIT_{one}_{what}": "a@b"
            for one in ("AUTHOR", "COMMITTER")
            for what in ("NAME", "EMAIL")
        }
        env = {**os.environ, **who, "GIT_COMMITTER_DATE": "1700000000 +0000"}
        done = subprocess.run(
            ("git", "-C", self.root, *arguments), env=env, check=True, capture_output=True
        )
        return done.stdout.decode().strip()

    def work(self, session: str = "api_image", **environ: str) -> Work:
        run_name: dict[str, str] = {}
        name_run(run_name)
        return self.work_of_run(run_name[RUN_VARIABLE], session, **environ)

    def work_of_run(self, name: str, session: str, **environ: str) -> Work:
        env = {**ENVIRON, **environ}
        masks, out = Masks(), Shown()
        state = state_folder(self.root)
        run = open_run(state, name)
        reports = run.reports(session)
        reports.mkdir(parents=True, exist_ok=True)
        runner = LocalRunner(self.root, environ=env, out=out, masks=masks, ledger=run.processes)
        place = Place(
            root=self.root,
            state=state,
            cache=self.root.parent / "cache",
            reports=reports,
            runner=runner,
        )
        work = Work(
            session=session,
            arguments=(),
            environ=env,
            strict=False,
            run=run,
            place=place,
            masks=masks,
            say=lambda line: print(masks.apply(line), file=out),
        )
        self.shown = out
        return work

    @property
    def tree(self) -> Tree:
        return read_tree(self.root)


def docker(*arguments: str) -> str:
    done = subprocess.run(("docker", *arguments), capture_output=True, check=False, text=True)
    return done.stdout


def buildx(context: str, *arguments: str, cwd: Path) -> None:
    done = subprocess.run(
        ("docker", "--context", context, "buildx", *arguments),
        capture_output=True,
        check=False,
        text=True,
        cwd=cwd,
    )
    assert done.returncode == 0, done.stderr


def require_second_engine() -> str:
    """The Docker context of a second engine, with containerd's store; the tests of builders."""
    name = os.environ.get("CICD_TEST_SECOND_ENGINE", "cicd-second")
    asked = subprocess.run(
        ("docker", "--context", name, "info"), capture_output=True, check=False, timeout=60
    )
    if shutil.which("docker") is None or asked.returncode != 0:
        lacking(f"no second engine answers as the Docker context {name}")
    return name


def program_without_buildx(folder: Path) -> Path:
    """A `docker` that has BuildKit inside, in a folder of its own, without its plugins."""
    for place in os.environ["PATH"].split(os.pathsep):
        found = shutil.which("docker", path=place)
        said = (
            subprocess.run((found, "--version"), capture_output=True, text=True) if found else None
        )
        if found and said and 18 < parse_version(said.stdout)[0] < 23:
            program = folder / "bin" / "docker"
            program.parent.mkdir()
            text = f'#!/bin/sh\n[ "$1" = buildx ] && exit 1\nexec {found} "$@"\n'
            program.write_text(text)
            program.chmod(0o755)
            return program
    lacking("no `docker` older than 23 is on PATH")
