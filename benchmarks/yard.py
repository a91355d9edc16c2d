"""The folder that the benchmarks work in: our wheel installed as users have it, and copies of
the bookshop. It is kept, so that a second call finds what was installed."""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import filelock
import uv

from benchmarks import processes

ROOT = Path(__file__).parent.parent
BOOKSHOP = ROOT / "examples" / "bookshop"
_NOT_COPIED = shutil.ignore_patterns(
    *(".venv", "node_modules", "dist", "coverage", ".cicd", ".nox", "__pycache__", ".*_cache")
)
_DROPPED = ("PYTHON", "CICD", "NOX", "PYTEST", "COV_", "UV_PROJECT", "VIRTUAL_ENV", "CI", "GITHUB_")
_GIT = ("git", "-c", "user.name=b", "-c", "user.email=b@b")


@dataclass(frozen=True, slots=True)
class Yard:
    folder: Path

    @property
    def bin(self) -> Path:
        """`nox` and `uv`, and nothing else."""
        return self.folder / "bin"

    @property
    def python(self) -> Path:
        """The one that has nox and our wheel."""
        return self.folder / "ours" / "bin" / "python"

    def env(self, **more: str) -> dict[str, str]:
        """What all sides get: this machine's, without what belongs to the session that
        measures; bytecode is written as usual."""
        kept = {n: v for n, v in os.environ.items() if not n.startswith(_DROPPED)}
        path = os.pathsep.join((os.fspath(self.bin), *_other_folders(kept.get("PATH", ""))))
        return {**kept, "PATH": path, "NO_COLOR": "1", "DO_NOT_TRACK": "1", **more}


def enter_yard(folder: Path) -> Yard:
    """For a command: opens it, or ends with why not. Whatever ends the command, what its sides
    left running ends with it."""
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    processes.adopt_orphans()
    try:
        yard = open_yard(folder)
    except NotPrepared as error:
        sys.exit(str(error))
    atexit.register(processes.end_orphans)
    return yard


def open_yard(folder: Path) -> Yard:
    """Builds the wheel of this tree and installs it. The folder is this process's until it ends."""
    yard = Yard(folder)
    folder.mkdir(parents=True, exist_ok=True)
    _hold(folder)
    tool, wheels = uv.find_uv_bin(), folder / "wheels"
    shutil.rmtree(wheels, ignore_errors=True)
    do((tool, "build", "--quiet", "--wheel", "--out-dir", str(wheels), str(ROOT)), folder)
    ours = folder / "ours"
    do((tool, "venv", "--quiet", "--clear", "--python", sys.executable, str(ours)), folder)
    wheel = next(wheels.glob("*.whl"))
    install = (tool, "pip", "install", "--quiet", "--compile-bytecode", "--python")
    do((*install, str(yard.python), str(wheel)), folder)
    yard.bin.mkdir(exist_ok=True)
    for name, target in (("nox", ours / "bin" / "nox"), ("uv", Path(tool))):
        (yard.bin / name).unlink(missing_ok=True)
        (yard.bin / name).symlink_to(target)
    return yard


_held: list[filelock.BaseFileLock] = []


def _hold(folder: Path) -> None:
    lock = filelock.FileLock(folder / ".lock")
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout as error:
        told = f"another process works in {folder}: wait for it, or name another --folder"
        raise NotPrepared(told) from error
    _held.append(lock)


def copy_bookshop(to: Path, files: Mapping[str, str]) -> None:
    """The bookshop as a repository with one commit, and these files in it; what was installed
    there stays."""
    _remove_tracked(to)
    shutil.copytree(BOOKSHOP, to, ignore=_NOT_COPIED, dirs_exist_ok=True)
    write_files(to, files)
    commit_all(to)


def write_files(root: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755 if text.startswith("#!") else 0o644)


def commit_all(root: Path) -> None:
    if not (root / ".git").exists():
        do(("git", "init", "--quiet"), root)
    do(("git", "add", "--all"), root)
    do((*_GIT, "commit", "--quiet", "--allow-empty", "--message", "as it is"), root)


def do(command: tuple[str, ...], cwd: Path, env: Mapping[str, str] | None = None) -> str:
    """Runs what only prepares; ends everything when it fails."""
    ended = subprocess.run(
        command,
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if ended.returncode != 0:
        raise NotPrepared(f"{' '.join(command)}\n{ended.stdout[-4000:]}")
    return ended.stdout


class NotPrepared(Exception):
    """What is needed before anything can be measured failed."""


def _remove_tracked(root: Path) -> None:
    if (root / ".git").exists():
        do(("git", "rm", "-r", "--quiet", "--force", "--ignore-unmatch", "."), root)


def _other_folders(path: str) -> list[str]:
    """Without the environment that runs this: what is in it is not on a user's path."""
    own = os.path.dirname(sys.executable)
    return [folder for folder in path.split(os.pathsep) if folder and folder != own]
