"""The package manager: the machine's when it is the right one, else the right one from npm."""

from __future__ import annotations

import json
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cicd.errors import MissingError
from cicd.frontend.node_range import parse_version
from cicd.frontend.package import read_manifest
from cicd.model import Command
from cicd.system.locks import locked
from cicd.system.state import folder_aside

if TYPE_CHECKING:
    from cicd.frontend.runtime import Node
    from cicd.system.place import Place

_PNPM = {"5": "7.33.7", "6": "8.15.9", "9": "10.34.8"}
_YARN = {"1": "1.22.22", "4": "2.4.2", "5": "3.1.1", "6": "3.8.7", "8": "4.13.0", "9": "4.14.1"}
_NEWEST = {"pnpm": "10.34.8", "yarn": "4.18.1", "bun": "1.4.5"}
"""The versions that write the lock's own format: another one calls the lock out of date."""
_ENV = {"CI": "true", "COREPACK_ENABLE_DOWNLOAD_PROMPT": "0"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Manager:
    """A package manager: `command` is how it is started, under `path`."""

    name: str
    version: str
    command: tuple[str, ...]
    path: str

    @property
    def is_berry(self) -> bool:
        """Whether it is Yarn 2 or later, which shares little but the name with Yarn 1."""
        return self.name == "yarn" and parse_version(self.version)[0] >= 2


def find_manager(place: Place, name: str, node: Node, *, folder: Path, lock_root: Path) -> Manager:
    """The version that `packageManager` pins, else one that understands the lock.

    Raises `MissingError` when it is neither here nor to be had from npm.
    """
    if name == "npm":
        return Manager(name=name, version=_npm_version(node), command=node.npm, path=node.path)
    if name == "yarn" and (own := _own_yarn(lock_root, node)):
        return own
    pin = read_pin(name, lock_root) or read_pin(name, folder)
    usual = plan_version(name, _read_lock(name, lock_root))
    return _machines(place, name, node, pin, usual, lock_root) or _from_npm(
        place, name, node, pin or usual
    )


def plan_version(name: str, lock: str) -> str:
    """The version that writes locks of this format; the newest we know when there is none."""
    if name == "pnpm" and (found := re.search(r"^lockfileVersion: '?(\d+)", lock, re.M)):
        return _PNPM.get(found[1], _NEWEST[name])
    if name == "yarn" and "# yarn lockfile v1" in lock:
        return _YARN["1"]
    if name == "yarn" and (found := re.search(r"__metadata:\s+version: (\d+)", lock)):
        return _YARN.get(found[1], _NEWEST[name])
    return _YARN["1"] if name == "yarn" else _NEWEST[name]


def read_pin(name: str, folder: Path) -> str:
    """The version in `packageManager` ("pnpm@9.1.0+sha512.…"); "" when it pins no such one."""
    field = read_manifest(folder).get("packageManager")
    pinned, _, version = field.partition("@") if isinstance(field, str) else ("", "", "")
    return version.partition("+")[0] if pinned == name else ""


def _read_lock(name: str, lock_root: Path) -> str:
    path = lock_root / {"pnpm": "pnpm-lock.yaml", "yarn": "yarn.lock"}.get(name, "bun.lock")
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""


def _own_yarn(lock_root: Path, node: Node) -> Manager | None:
    """The Yarn that the repository carries: `yarnPath` in `.yarnrc.yml`."""
    settings = lock_root / ".yarnrc.yml"
    text = settings.read_text(encoding="utf-8") if settings.is_file() else ""
    found = re.search(r"""^yarnPath:\s*["']?([^"'\n]+?)["']?\s*$""", text, re.M)
    if found is None or not (lock_root / found[1]).is_file():
        return None
    version = re.search(r"\d+\.\d+\.\d+", Path(found[1]).name)
    command = (node.program, str(lock_root / found[1]))
    return Manager(
        name="yarn", version=version[0] if version else "2", command=command, path=node.path
    )


def _machines(
    place: Place, name: str, node: Node, pin: str, usual: str, lock_root: Path
) -> Manager | None:
    program = shutil.which(name, path=node.path)
    if program is None:
        return None
    ask = Command((program, "--version"), cwd=lock_root, env={"PATH": node.path, **_ENV})
    done = place.runner.run(ask, quiet=True)
    version = done.output.strip()
    agrees = version == pin if pin else _same_format(name, version, usual)
    if not (done.ok and agrees):
        return None
    return Manager(name=name, version=version, command=(program,), path=node.path)


def _same_format(name: str, version: str, usual: str) -> bool:
    """Whether a version reads and writes the lock format of the usual one."""
    ours, theirs = parse_version(usual), parse_version(version)
    if name == "pnpm":
        return theirs[0] == ours[0] or min(theirs[0], ours[0]) >= 9
    # Within Yarn 4 the format changed twice: only the very version is certain.
    return name == "bun" or (theirs[0] == ours[0] == 1) or theirs == ours


def _from_npm(place: Place, name: str, node: Node, version: str) -> Manager:
    shelf = place.cache / "node-tools" / f"{name}-{version}"
    with locked(shelf.parent / f".{shelf.name}.lock"):
        if not shelf.is_dir():
            _fetch(place, name, node, version, shelf)
    folder = shelf / "node_modules" / ".bin"
    program = folder / (f"{name}.cmd" if os.name == "nt" else name)
    path = os.pathsep.join((str(folder), node.path))
    return Manager(name=name, version=version, command=(str(program),), path=path)


def _fetch(place: Place, name: str, node: Node, version: str, shelf: Path) -> None:
    with folder_aside(shelf) as aside:
        command = fetch_command(node, aside, plan_package(name, version))
        done = place.runner.run(command, quiet=True)
        if not done.ok:
            raise MissingError(
                f"{name} {version} is not on this machine, and npm cannot bring it:\n"
                f"{(done.errors or done.output).strip()}",
                fix=f"install {name} {version}",
            )


def plan_package(name: str, version: str) -> str:
    """npm's name for the tool: Yarn 2 and later are published elsewhere than Yarn 1."""
    berry = name == "yarn" and parse_version(version)[0] >= 2
    return f"{'@yarnpkg/cli-dist' if berry else name}@{version}"


def fetch_command(node: Node, target: Path, package: str) -> Command:
    options = ("--prefix", str(target), "--no-audit", "--no-fund", "--loglevel=error")
    argv = (*node.npm, "install", *options, package)
    return Command(argv, cwd=target, env={"PATH": node.path, "NODE_ENV": None})


def _npm_version(node: Node) -> str:
    """Read from npm's own package: starting npm to ask costs 0.3 s."""
    manifest = Path(node.npm[-1]).resolve().parent.parent / "package.json"
    try:
        return str(json.loads(manifest.read_text(encoding="utf-8"))["version"])
    except (OSError, ValueError, KeyError):
        return ""
