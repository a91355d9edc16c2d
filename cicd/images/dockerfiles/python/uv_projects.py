"""`uv.lock`, of a project or of the workspace it belongs to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cicd.config.files import join
from cicd.config.workspaces import uv_root
from cicd.images.dockerfiles.python.blocks import Install, cached, is_package, uv_itself, wanted

if TYPE_CHECKING:
    from cicd.config.files import Files
    from cicd.config.parts import Backend

_LOCAL = re.compile(r"source = \{ (?:editable|directory|virtual) = \"([^\"]+)\"")


def plan_uv(files: Files, folder: str, part: Backend) -> Install:
    root = uv_root(files, folder) if join(folder, "uv.lock") not in files else folder
    lock = join(root, "uv.lock")
    near = [path for path in _LOCAL.findall(files.text(lock)) if path != "."]
    if root != folder:
        return _uv_member(files, folder, root, near, part)
    settings = (files.toml(join(folder, "pyproject.toml")).get("tool") or {}).get("uv") or {}
    without = "--no-default-groups" if settings.get("default-groups") else "--no-dev"
    lines = [
        uv_itself(str(settings.get("required-version") or "")),
        "COPY pyproject.toml uv.lock ./",
    ]
    lines += [f"COPY {path} {path}" for path in near if not path.startswith("..")]
    lines += [cached(f"uv sync --locked {without} --no-install-project")]
    return Install(
        context=folder,
        dependencies="\n".join(lines),
        project=cached(f"uv sync --locked {without}") if is_package(files, folder) else "",
        tests=cached(f"uv sync --locked{wanted(part, '--group', '--extra')}"),
        lock=lock,
        gap=_outside(near),
    )


def _uv_member(files: Files, folder: str, root: str, near: list[str], part: Backend) -> Install:
    """One project of a workspace: its lock, and the projects it stands on, lie above it."""
    name = (files.toml(join(folder, "pyproject.toml")).get("project") or {}).get("name", "")
    settings = (files.toml(join(root, "pyproject.toml")).get("tool") or {}).get("uv") or {}
    manifests = [f"{path}/pyproject.toml" for path in near]
    lines = [
        uv_itself(str(settings.get("required-version") or "")),
        "COPY pyproject.toml uv.lock ./",
    ]
    lines += [f"COPY {manifest} {manifest}" for manifest in manifests]
    # Without the sources uv cannot compare the lock with the projects: it does so below.
    lines += [cached(f"uv sync --frozen --no-dev --no-install-workspace --package {name}")]
    return Install(
        context=root,
        dependencies="\n".join(lines),
        sources="\n".join(f"COPY {path} {path}" for path in near),
        project=cached(f"uv sync --locked --no-dev --package {name}"),
        tests=cached(f"uv sync --locked --package {name}{wanted(part, '--group', '--extra')}"),
        lock=join(root, "uv.lock"),
        gap=_outside(near),
    )


def _outside(paths: list[str]) -> str:
    above = [path for path in paths if path.startswith("..")]
    return f"it needs {above[0]}, which lies outside of the folder that is built" if above else ""
