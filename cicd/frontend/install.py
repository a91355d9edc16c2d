"""Installing dependencies from the lock, once per run."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote

from cicd.errors import CheckFailed, RemoteError
from cicd.frontend.install_commands import find_lock, plan_install
from cicd.frontend.installed_tree import (
    CONFIG_FILES,
    describe_tree,
    find_packages,
    npm_tree_is_whole,
)
from cicd.frontend.lock_drift import compare_lock, explain_drift, names_remote
from cicd.frontend.node_range import parse_version
from cicd.frontend.output import last_telling_lines
from cicd.frontend.package import declared, read_manifest
from cicd.model import Failure, Outcome
from cicd.system.locks import locked
from cicd.system.node_packages import made_path, write_made
from cicd.system.state import write_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from cicd.config.parts import Frontend
    from cicd.frontend.toolchain import Toolchain
    from cicd.model import Completed
    from cicd.system.place import Place

_STARTED = "started"


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """Dependencies are in place. `ran` is false when they were so before."""

    ran: bool
    notes: tuple[str, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)


def install_packages(place: Place, part: Frontend, toolchain: Toolchain) -> Installed:
    """Installs what the lock says into the checkout's `node_modules`.

    Nothing runs when that was done for the same lock, manifests, Node and package manager
    and nobody has installed since, nor when npm's `node_modules` is exactly what the lock
    says. Otherwise `npm ci` and its peers replace it. Sessions that come at the same time
    wait for the first; an interrupted installation is done again.

    Raises `CheckFailed` when the lock disagrees with `package.json` or the installation
    fails, `RemoteError` when a registry cannot be reached or refuses.
    """
    lock = find_lock(toolchain.lock_root, toolchain.manager.name)
    stamp = _stamp_path(place, toolchain)
    with locked(stamp.with_suffix(".lock")):
        ran = not _is_installed(stamp, toolchain, lock)
        if ran:
            write_text(stamp, _STARTED)
            command = plan_install(part, toolchain, lock)
            done = place.runner.run(command, timeout_s=part.timeout_s)
            if not done.ok:
                raise _translate(place, part, toolchain, lock, done)
            if lock and (drift := _unnoticed_drift(toolchain, lock)):
                raise _disagree(place, toolchain, lock, drift)
        _write_stamp(place, stamp, toolchain, lock)
    notes = () if lock else (f"{part.path}: no lock file: versions are not pinned",)
    return Installed(ran=ran, notes=notes, facts=toolchain.facts)


def _stamp_path(place: Place, toolchain: Toolchain) -> Path:
    name = quote(toolchain.lock_root.relative_to(place.root).as_posix(), safe="")
    return place.state / "frontend" / f"{name}.installed"


def _write_stamp(place: Place, stamp: Path, toolchain: Toolchain, lock: Path | None) -> None:
    """What is found here after nothing was installed since is no news: it may be by hand."""
    root, text = toolchain.lock_root, _stamp(toolchain, lock)
    made = made_path(place.state, root.relative_to(place.root).as_posix())
    held = stamp.read_text(encoding="utf-8") if stamp.is_file() else ""
    if held != text or not made.is_file():
        shared = declared(read_manifest(root))
        folders = {one.relative_to(root).as_posix(): one for one in find_packages(root)}
        names = {name: {**shared, **declared(read_manifest(at))} for name, at in folders.items()}
        write_made(made, root, names)
    write_text(stamp, text)


def _is_installed(stamp: Path, toolchain: Toolchain, lock: Path | None) -> bool:
    written = stamp.read_text(encoding="utf-8") if stamp.is_file() else ""
    if written == _STARTED:
        return False
    if written == _stamp(toolchain, lock):
        return True
    # A developer's own installation, or ours before the lock moved: judged by what it holds.
    # Add-ons are compiled for one major of Node.
    node = written.partition("\n")[0] or toolchain.node.version
    same_node = parse_version(node)[0] == parse_version(toolchain.node.version)[0]
    if toolchain.manager.name != "npm" or lock is None or not same_node:
        return False
    return npm_tree_is_whole(toolchain.lock_root, lock)


def _stamp(toolchain: Toolchain, lock: Path | None) -> str:
    root, manager = toolchain.lock_root, toolchain.manager
    packages = find_packages(root)
    files = [root / name for name in CONFIG_FILES] + [one / "package.json" for one in packages]
    digest = hashlib.sha256()
    for path in [*files, *([lock] if lock else [])]:
        if path.is_file():
            digest.update(f"{path.relative_to(root)}\0".encode() + path.read_bytes() + b"\0")
    digest.update(describe_tree(root, packages).encode())
    return f"{toolchain.node.version}\n{manager.name} {manager.version}\n{digest.hexdigest()}\n"


def _translate(
    place: Place, part: Frontend, toolchain: Toolchain, lock: Path | None, done: Completed
) -> Exception:
    """What an installation's failure means to the people who wrote the package."""
    drift = explain_drift(toolchain, lock, done.output) if lock else ()
    if lock and drift:
        return _disagree(place, toolchain, lock, drift)
    if remote := names_remote(done.output):
        return RemoteError(f"{part.path}: {toolchain.manager.name} cannot install: {remote}")
    limit = f" did not end within {part.timeout_s:g} s" if done.timed_out else " failed"
    return _failed(
        Failure(
            title=f"{done.command}{limit}",
            path=f"{part.path}/package.json",
            detail=last_telling_lines(done.output),
        )
    )


def _unnoticed_drift(toolchain: Toolchain, lock: Path) -> tuple[str, ...]:
    """Yarn 1 looks at a workspace's root only (yarnpkg/yarn#5840)."""
    if toolchain.manager.name != "yarn" or toolchain.manager.is_berry:
        return ()
    return compare_lock(toolchain, lock, {toolchain.lock_root, toolchain.folder})


def _disagree(
    place: Place, toolchain: Toolchain, lock: Path, drift: tuple[str, ...]
) -> CheckFailed:
    where = toolchain.lock_root.relative_to(place.root)
    return _failed(
        Failure(
            title=f"{lock.name} disagrees with package.json: {drift[0]}",
            path=(where / lock.name).as_posix(),
            detail="\n".join(drift[1:]),
            fix=f"run `{toolchain.manager.name} install` in {where}, commit {lock.name}",
        )
    )


def _failed(failure: Failure) -> CheckFailed:
    return CheckFailed(Outcome(headline=failure.title, passed=False, failures=(failure,)))
