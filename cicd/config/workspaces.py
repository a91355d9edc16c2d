"""Workspaces: which package or project above a folder holds its lock file."""

from __future__ import annotations

import json
import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from cicd.config.files import join, parent, upward

if TYPE_CHECKING:
    from cicd.config.files import Files

_COMMENT = r'(?s)("(?:\\.|[^"\\])*")|//[^\n]*|/\*.*?\*/|,(?=\s*[}\]])'


def is_node_root(files: Files, folder: str) -> bool:
    """Whether the package in this folder is the root of a workspace."""
    return bool(node_members(files, folder)) or join(folder, "lerna.json") in files


def node_members(files: Files, folder: str) -> list[str]:
    """The patterns of a workspace's packages, as npm, yarn, bun or pnpm read them."""
    listed = files.json(join(folder, "package.json")).get("workspaces") or []
    if isinstance(listed, dict):
        listed = listed.get("packages") or []
    text = files.text(join(folder, "pnpm-workspace.yaml"))
    block = re.search(r"^packages:[ \t]*\n((?:[ \t]*(?:-.*|#.*)?\n?)+)", text, re.M)
    pnpm = re.findall(r"-\s*[\"']?([^\"'\s#]+)", block[1]) if block else []
    return [str(pattern).removeprefix("./").rstrip("/") for pattern in [*listed, *pnpm]]


def node_root(files: Files, folder: str) -> str:
    """The workspace root that lists the package, or its own folder."""
    for above in upward(parent(folder)) if folder else ():
        inner = folder[len(above) :].lstrip("/")
        if _lists(node_members(files, above), inner):
            return above
    return folder


def uv_root(files: Files, folder: str) -> str:
    """The uv workspace root that lists the project, or its own folder."""
    for above in upward(parent(folder)) if folder else ():
        name = join(above, "pyproject.toml")
        if "tool.uv.workspace" in files.text(name):
            # The words may stand in a comment.
            tool = files.toml(name).get("tool") or {}
            space = (tool.get("uv") or {}).get("workspace") or {}
            if _lists(space.get("members", []), folder[len(above) :].lstrip("/")):
                return above
    return folder


def turbo_waits(files: Files, folder: str, script: str) -> bool:
    """Whether turborepo runs other tasks (builds, mostly) before this script of a package."""
    root = node_root(files, folder)
    config = files.first(root, "turbo.json", "turbo.jsonc")
    if not config or not is_node_root(files, root):
        return False
    settings = _lenient(files.text(config))
    tasks = settings.get("tasks") or settings.get("pipeline") or {}
    return bool((tasks.get(script) or {}).get("dependsOn"))


def _lists(patterns: list[str], inner: str) -> bool:
    wanted = [p.removeprefix("./").rstrip("/") for p in patterns if not p.startswith("!")]
    unwanted = [p[1:].removeprefix("./").rstrip("/") for p in patterns if p.startswith("!")]
    return any(_matches(inner, p) for p in wanted) and not any(_matches(inner, p) for p in unwanted)


def _matches(inner: str, pattern: str) -> bool:
    deep = "**" in pattern or inner.count("/") == pattern.count("/")
    return deep and fnmatchcase(inner, pattern)


def _lenient(text: str) -> dict[str, Any]:
    """JSON with comments and trailing commas, as tools write their settings."""
    try:
        found = json.loads(re.sub(_COMMENT, lambda match: match[1] or "", text))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
