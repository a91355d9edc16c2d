"""Workflows run by `act` on this machine: the actions that they use are local stand-ins."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import uv
from tests.conftest import ROOT
from tests.lacking import lacking
from tests.nox.conftest import Repository

from cicd.records.record import Record
from cicd.records.store import read_records

_STAND_INS = Path(__file__).parent / "actions"
ENGINE = {"DOCKER_HOST": os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")}
"""act sets this variable for its jobs; a run by hand is compared with them."""
_ACTION = re.compile(r"\buses: (actions/[\w-]+)(?:/[\w-]+)*@(\w+)")
_OURS = re.compile(r"\buses: (\w+/cicd)(?:/\.github/workflows/[\w.-]+)?@(\w+)")
_SOME = {"default_branch": "main", "full_name": "someone/shop", "name": "shop"}
_EVENTS = {
    "push": {"ref": "refs/heads/main", "repository": _SOME},
    "pull_request": {
        "number": 7,
        "pull_request": {"head": {"ref": "feature"}, "base": {"ref": "main"}, "number": 7},
        "repository": _SOME,
    },
}
"""What GitHub tells of an event, as far as anything here asks."""


@dataclass(frozen=True)
class Acted:
    """How a workflow ended."""

    code: int
    output: str
    folder: Path

    @property
    def artifacts(self) -> Path:
        return self.folder / "artifacts"

    def saved(self) -> list[str]:
        """The keys of the caches that were written."""
        return (self.folder / "caches").read_text(encoding="utf-8").splitlines()

    def records(self) -> dict[str, Record]:
        """Those of all jobs, by session."""
        folders = self.artifacts.glob("*/records")
        return {one.session: one for folder in folders for one in read_records(folder)}

    def results(self) -> dict[str, str]:
        """How each job ended, by its name: "succeeded" or "failed"."""
        return dict(re.findall(r"^\[(.*?) *\] 🏁  Job (\w+)$", self.output, re.M))


def act(repository: Repository, folder: Path, event: str = "push") -> Acted:
    """Runs the repository's workflows as GitHub would: after a push to its main branch, or for
    a pull request into it.

    Its files are those of the work tree that git does not ignore. `folder` is for what
    the run leaves. Skips the test where there is no `act`.
    """
    if not shutil.which("act"):
        lacking("there is no `act`: .ci/act builds it")
    command, env = act_command(repository.root, folder, event)
    done = subprocess.run(
        command,
        cwd=repository.root,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    return Acted(done.returncode, done.stdout, folder)


def act_command(root: Path, folder: Path, event: str = "push") -> tuple[list[str], dict[str, str]]:
    """What to start and its environment, in which a fresh Python comes first: that of a runner."""
    python = folder / "python"
    venv = (uv.find_uv_bin(), "venv", "--quiet", "--seed", "--python", sys.executable, python)
    subprocess.run(venv, check=True)
    (folder / "artifacts").mkdir()
    path = os.pathsep.join((str(python / "bin"), os.environ["PATH"]))
    env = {**os.environ, **ENGINE, "NO_COLOR": "1", "PATH": path}
    # Named as the runner names its own: they differ from run to run, and decide no verdict.
    for variable, name in {
        "ACTIONS_STAND_IN_ARTIFACTS": "artifacts",
        "ACTIONS_STAND_IN_CACHES": "caches",
    }.items():
        env[variable] = str(folder / name)
    (folder / "caches").touch()
    # What one run keeps, later ones of the same test find.
    kept = folder.parent / "kept"
    kept.mkdir(exist_ok=True)
    env["ACTIONS_STAND_IN_STORE"] = str(kept)
    # Its hashFiles() is a script for Node, which no package.json further up may turn into a module.
    (folder / "package.json").write_text("{}", encoding="utf-8")
    (folder / "event.json").write_text(json.dumps(_EVENTS[event]), encoding="utf-8")
    return ["act", event, *_options(folder), *_local(root, folder / "cicd")], env


def _options(folder: Path) -> Iterator[str]:
    yield from ("--platform", "ubuntu-24.04=-self-hosted", "--defaultbranch", "main")
    yield from ("--eventpath", str(folder / "event.json"))
    yield from ("--no-cache-server", "--action-cache-path", str(folder / "act"))


def _local(root: Path, released: Path) -> Iterator[str]:
    """What this repository offers for what `root` calls, the stand-ins for what is used in it."""
    shutil.copytree(ROOT / ".github", released / ".github")
    shutil.copy(ROOT / "action.yml", released)
    for repository, version in sorted(set(_found(_OURS, root / ".github"))):
        yield from ("--local-repository", f"{repository}@{version}={released}")
    used = {*_found(_ACTION, released), *_found(_ACTION, root / ".github")}
    for action, version in sorted(used):
        folder = _STAND_INS / Path(action).name
        yield from ("--local-repository", f"{action}@{version}={folder}")


def _found(pattern: re.Pattern[str], folder: Path) -> Iterator[tuple[str, str]]:
    for path in folder.rglob("*.yml"):
        yield from pattern.findall(path.read_text(encoding="utf-8"))
