"""The labels that say where an image comes from.

https://github.com/opencontainers/image-spec/blob/main/annotations.md
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cicd.images.tags import release_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cicd.system.git_state import GitState

_PREFIX = "org.opencontainers.image."
_SCP = re.compile(r"(?:[\w.-]+@)?([\w.-]+):(?!//)(.+)")


def plan_labels(
    state: GitState | None,
    *,
    title: str,
    licence: str = "",
    base: str = "",
    base_digest: str = "",
) -> dict[str, str]:
    """Only what is known. The same commit has the same labels, whenever and wherever."""
    known = {
        "title": title,
        "licenses": licence,
        "base.name": full_name(base) if base else "",
        "base.digest": base_digest,
        **(_of_git(state) if state else {}),
    }
    return {f"{_PREFIX}{name}": value for name, value in sorted(known.items()) if value}


def _of_git(state: GitState) -> dict[str, str]:
    """A tree with changed files is not its commit, and says so."""
    changed = "-dirty" if state.dirty else ""
    created = datetime.fromtimestamp(state.committed_at, UTC).isoformat().replace("+00:00", "Z")
    return {
        "source": web_address(state.origin),
        "revision": f"{state.commit}{changed}",
        "created": created,
        "version": f"{release_of(state.tags) or state.commit[:12]}{changed}",
    }


def may_stand(old: Mapping[str, str], new: Mapping[str, str]) -> bool:
    """Whether an image of the same content may keep the labels that it was built with.

    Its revision is the commit that brought this content; later ones that do not touch it do not
    make it another image. A tree with changed files names none, and a release wants its version.
    """
    if old == new:
        return True
    revision, version = (new.get(f"{_PREFIX}{name}", "") for name in ("revision", "version"))
    released = not revision.startswith(version.removesuffix("-dirty"))
    clean = not old.get(f"{_PREFIX}revision", "-dirty").endswith("-dirty")
    return clean and not released and _lasting(old) == _lasting(new)


def _lasting(labels: Mapping[str, str]) -> dict[str, str]:
    passing = {f"{_PREFIX}{name}" for name in ("revision", "created", "version")}
    return {name: value for name, value in labels.items() if name not in passing}


def web_address(origin: str) -> str:
    """Where people look at a repository: git@github.com:o/r.git is https://github.com/o/r."""
    plain = origin.removesuffix("/").removesuffix(".git")
    if "://" in plain:
        parts = urlsplit(plain)
        if parts.scheme not in ("http", "https", "ssh", "git"):
            return ""
        host = parts.netloc if parts.scheme.startswith("http") else parts.hostname
        return f"{'http' if parts.scheme == 'http' else 'https'}://{host}{parts.path}"
    found = _SCP.fullmatch(plain)
    return f"https://{found[1]}/{found[2].lstrip('/')}" if found else ""


def full_name(image: str) -> str:
    """With its registry and its tag, as engines complete it: docker.io/library/python:3.13."""
    name, at, digest = image.partition("@")
    host, _, rest = name.partition("/")
    if not rest or not ("." in host or ":" in host or host == "localhost"):
        name = f"docker.io/{name if rest else f'library/{name}'}"
    if not at and ":" not in name.rpartition("/")[2]:
        name += ":latest"
    return f"{name}{at}{digest}"
