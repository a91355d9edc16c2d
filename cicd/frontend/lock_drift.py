"""Which packages a lock and `package.json` disagree about, in the tools' words or in ours."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from cicd.frontend.installed_tree import find_packages
from cicd.output import plain
from cicd.frontend.package import declared, read_manifest, texts

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from cicd.frontend.toolchain import Toolchain

_DRIFTS = (
    r"can only install packages when your package.json and",
    r"ERR_PNPM_OUTDATED_LOCKFILE",
    r"Your lockfile needs to be updated",
    r"The lockfile would have been (modified|created)",
    r"lockfile had changes, but lockfile is frozen",
)
_REMOTE = re.compile(
    r"^.*\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EHOSTUNREACH|E401|E403|E404"
    r"|E5\d\d|ERR_SOCKET_TIMEOUT|ERR_PNPM_(?:META_)?FETCH_\w+|YN0035|YN0041|ConnectionRefused"
    r"|FailedToOpenSocket|network timeout|Couldn't find package)\b.*$",
    re.M,
)

_PNPM_8 = r"in the lockfile \((\{.*?\})\) don't match specs in package.json \((\{.*?\})\)"


def explain_drift(toolchain: Toolchain, lock: Path, output: str) -> tuple[str, ...]:
    """One line for each package; empty when the output tells of no disagreement."""
    output = plain(output)
    if not any(re.search(drift, output) for drift in _DRIFTS):
        return ()
    if said := parse_drift(output):
        return said
    compared = compare_lock(toolchain, lock, find_packages(toolchain.lock_root))
    return compared or (f"{toolchain.manager.name} says so and names no package",)


def names_remote(output: str) -> str:
    """The line in which a package manager blames the network or a registry; "" without."""
    found = _REMOTE.search(plain(output))
    return found[0].strip() if found else ""


def parse_drift(output: str) -> tuple[str, ...]:
    """The packages that npm, pnpm, Yarn 2 and later, or Bun name."""
    # pnpm 12 draws a frame and breaks lines in it, but not within our patterns.
    patterns: tuple[tuple[str, str], ...] = (
        (r"Invalid: lock file's (\S+) does not satisfy (\S+)", r"\1 does not satisfy \2"),
        (r"Missing: (.+?) from lock file", r"\1 is missing from the lock"),
        (r"\* \d+ dependenc(?:y|ies) (was|were) added: (.+)", r"\2 is missing from the lock"),
        (r"\* \d+ dependenc(?:y|ies) (was|were) removed: (.+)", r"\2 is only in the lock"),
        (r"- (\S+) \(lockfile: (.+?), manifest: (.+?)\)", r"\1 is locked for \2, wanted \3"),
        (r"changed since bun\.lock was saved: (.+)", r"\1"),
        (r'YN0028: │ \+"(.+?)":', r"\1 is missing from the lock"),
    )
    found = [
        match.expand(words).strip()
        for pattern, words in patterns
        for match in re.finditer(pattern, output)
    ]
    return tuple(dict.fromkeys([*found, *_parse_pnpm_8(output)]))


def _parse_pnpm_8(output: str) -> list[str]:
    found = re.search(_PNPM_8, output)
    if found is None:
        return []
    locked, wanted = json.loads(found[1]), json.loads(found[2])
    names = sorted(name for name in {*locked, *wanted} if locked.get(name) != wanted.get(name))
    return [
        f"{name} is locked for {locked.get(name, 'nothing')}, wanted {wanted.get(name, 'no more')}"
        for name in names
    ]


def compare_lock(toolchain: Toolchain, lock: Path, packages: Iterable[Path]) -> tuple[str, ...]:
    """Ranges of these packages' manifests that stand nowhere in the lock.

    For locks that are text with "name@range" (Yarn) or "name: range" (pnpm, Bun) in it.
    """
    text = lock.read_text(encoding="utf-8", errors="replace")
    wanted = {pair: None for one in packages for pair in declared(read_manifest(one)).items()}
    elsewhere = _locked_otherwise(toolchain.lock_root) if wanted else set()
    return tuple(
        f"{name}@{version} is missing from the lock"
        for name, version in wanted
        if ":" not in version and name not in elsewhere and not _stands_in(text, name, version)
    )


def _locked_otherwise(lock_root: Path) -> set[str]:
    """A workspace's own packages, and those that `resolutions` moves."""
    own = {str(read_manifest(one).get("name")) for one in find_packages(lock_root)}
    moved = texts(read_manifest(lock_root).get("resolutions"))
    # "parent/**/name", "@scope/name"
    return own | {name for key in moved for name in (key, key.rpartition("/")[2])}


def _stands_in(text: str, name: str, version: str) -> bool:
    name, version = re.escape(name), re.escape(version)
    pair = rf"(?<![\w/.-]){name}@(npm:)?{version}(?=[\s\",:])"
    return bool(re.search(rf"""{pair}|["']?{name}["']?: ["']?{version}["']?\s*,?$""", text, re.M))
