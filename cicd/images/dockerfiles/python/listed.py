"""Files that list what to install: requirements, `pylock.toml`, a project without a lock."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cicd.config.files import join, parent
from cicd.images.dockerfiles.python.blocks import (
    INSTALL,
    OWN,
    Install,
    cached,
    is_package,
    uv_itself,
    words,
)
from cicd.images.dockerfiles.python.needs import production_files

if TYPE_CHECKING:
    from cicd.config.files import Files
    from cicd.config.parts import Backend

_NEAR = re.compile(r"^\s*(?:(?:-e|--editable)[=\s]+\S|\.{1,2}(?:/|\s|$|\[)|file:)", re.M)


def plan_pylock(files: Files, folder: str, part: Backend) -> Install:
    lock = next(n for n in files.inside(folder) if re.search(r"(^|/)pylock[\w.-]*\.toml$", n))
    return _from_list(files, folder, [lock], [lock])


def plan_requirements(files: Files, folder: str, part: Backend) -> Install:
    names = production_files(files, folder) or production_files(files, parent(folder))
    wanted = part.requirements if isinstance(part.requirements, tuple) else ()
    given = [join(folder, name) for name in wanted if not name.startswith("..")]
    return _from_list(files, folder, names or given, given or names)


def plan_project(files: Files, folder: str, part: Backend) -> Install:
    """No lock: what pyproject.toml (setup.py, setup.cfg) asks for, in today's versions."""
    found = files.first(folder, "pyproject.toml", "setup.py", "setup.cfg")
    base = found.rpartition("/")[2]
    if not base:
        return Install(context=folder, dependencies="RUN python -m venv --without-pip /opt/venv")
    lines = [uv_itself(), "RUN uv venv /opt/venv"]
    wanted = "".join(f" --extra {name}" for name in words(part.extras))
    groups = "".join(f" --group {name}" for name in words(part.groups))
    lines.append("COPY . ." if _asks_its_sources(files, folder) else f"COPY {base} ./")
    lines.append(cached(f"{INSTALL} -r {base}"))
    bare = cached(OWN) if is_package(files, folder) else ""
    return Install(
        context=folder,
        dependencies="\n".join(lines),
        project=bare,
        tests=cached(f"{INSTALL} -r {base}{wanted}{groups}"),
        lock=found,
    )


def _from_list(files: Files, folder: str, names: list[str], tests: list[str]) -> Install:
    """uv installs what a file lists; what the file needs beside it is copied first."""
    start = len(folder) + 1 if folder else 0
    inner = [name[start:] for name in names if name.startswith(join(folder, "") or name[:1])]
    lines = [uv_itself(), "RUN uv venv /opt/venv"]
    whole = any(_NEAR.search(files.text(name)) for name in names)
    copies = _copies(files, folder, inner)
    lines += ["COPY . ."] if whole else copies
    listed = " ".join(f"-r {name}" for name in inner)
    lines += [cached(f"{INSTALL} {listed}")] if inner else []
    bare = cached(OWN) if is_package(files, folder) else ""
    more = " ".join(f"-r {name[start:]}" for name in tests)
    return Install(
        context=folder,
        dependencies="\n".join(lines),
        project=bare if not whole else "",
        tests=cached(f"{INSTALL} {more}") if more != listed else "",
        lock=names[0] if names else "",
        gap="" if inner else "no requirements file of production lies in its folder",
    )


def _asks_its_sources(files: Files, folder: str) -> bool:
    """Whether the dependencies are known only to the build backend, which looks at the sources."""
    project = files.toml(join(folder, "pyproject.toml")).get("project")
    return not project or "dependencies" in (project.get("dynamic") or ())


def _copies(files: Files, folder: str, inner: list[str]) -> list[str]:
    """The files with all that they may include: those beside them, and those in their folder."""
    if not inner:
        return []
    start = len(folder) + 1 if folder else 0
    beside = [name[start:] for name in files.inside(folder)]
    flat = {name for name in beside if re.search(r"(requirements|constraints).*\.(txt|in)$", name)}
    folders = {parent(name) for name in inner if "/" in name}
    folders |= {"requirements"} if files.below(join(folder, "requirements")) else set()
    flat |= {name for name in inner if "/" not in name}
    lines = [f"COPY {' '.join(sorted(flat))} ./"] if flat else []
    return [*lines, *(f"COPY {each} {each}" for each in sorted(folders))]
