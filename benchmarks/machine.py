"""What a reader has to know of the machine; nothing that names it."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

from benchmarks.yard import Yard

_TOOLS = {
    "git": ("git", "--version"),
    "node": ("node", "--version"),
    "npm": ("npm", "--version"),
    "uv": ("uv", "--version"),
    "Docker engine": ("docker", "version", "--format", "{{.Server.Version}}"),
    "GNU make": ("make", "--version"),
}


def describe_machine() -> str:
    return f"{os.cpu_count()} cores, {_memory_gib()} GiB of memory, {_system()}"


def tool_versions(yard: Yard) -> dict[str, str]:
    """Of everything that more than one case uses."""
    ours = {name: metadata.version(name) for name in ("nox-cicd", "nox")}
    found = {name: _version(command, yard.env()) for name, command in _TOOLS.items()}
    return {"Python": platform.python_version(), **ours, **found}


def _version(command: tuple[str, ...], env: Mapping[str, str]) -> str:
    try:
        said = subprocess.run(command, env=env, capture_output=True, text=True, check=False).stdout
    except OSError:
        return "not here"
    match = re.search(r"\d+(\.\d+)+", said)
    return match[0] if match else "not here"


def _memory_gib() -> int:
    return round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / (1 << 30))


def _system() -> str:
    try:
        release = Path("/etc/os-release").read_text()
    except OSError:
        return f"{platform.system()} {platform.machine()}"
    name = re.search(r'^PRETTY_NAME="?(.*?)"?$', release, flags=re.M)
    return f"{name[1] if name else platform.system()}, {platform.machine()}"
