"""Locks that uv cannot read: their own tool writes them out, with hashes, and uv installs that."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cicd.config.files import join
from cicd.images.dockerfiles import pins
from cicd.images.dockerfiles.python.blocks import (
    INSTALL,
    OWN,
    Install,
    cached,
    is_package,
    pip_install,
    uv_itself,
    wanted,
)

if TYPE_CHECKING:
    from cicd.config.files import Files
    from cicd.config.parts import Backend

_PRODUCTION, _TESTS = "requirements.txt", "requirements-test.txt"


def plan_poetry(files: Files, folder: str, part: Backend) -> Install:
    """Poetry refuses to write out a lock that is older than its pyproject.toml."""
    export = "poetry export --no-interaction --output"
    more = wanted(part, "--with", "--extras")
    exports = (f"{export} {_PRODUCTION}", f"{export} {_TESTS}{more}")
    packaged = is_package(files, folder) and _has_package(files, folder)
    return _from_export(folder, "poetry.lock", pins.POETRY, exports, packaged)


def plan_pdm(files: Files, folder: str, part: Backend) -> Install:
    export = "pdm export --format requirements --output"
    more = wanted(part, "--group", "--group")
    exports = ("pdm lock --check", f"{export} {_PRODUCTION} --prod", f"{export} {_TESTS}{more}")
    return _from_export(folder, "pdm.lock", pins.PDM, exports, is_package(files, folder))


def _from_export(
    folder: str, lock: str, tool: str, exports: tuple[str, ...], packaged: bool
) -> Install:
    """`exports` write out what production and what the tests need, in a stage of their own: the
    tool may need a newer Python than the application."""
    commands = " \\\n    && ".join(exports)
    stage = [
        "FROM python:{python}-slim AS lock",
        "WORKDIR /lock",
        pip_install(tool),
        f"COPY pyproject.toml {lock} ./",
        f"RUN {commands}",
    ]
    lines = [uv_itself(), "RUN uv venv /opt/venv", f"COPY --from=lock /lock/{_PRODUCTION} /tmp/"]
    lines += [cached(f"{INSTALL} -r /tmp/{_PRODUCTION}")]
    tests = f"COPY --from=lock /lock/{_TESTS} /tmp/\n" + cached(f"{INSTALL} -r /tmp/{_TESTS}")
    return Install(
        context=folder,
        before="\n".join(stage),
        dependencies="\n".join(lines),
        project=cached(OWN) if packaged else "",
        tests=tests,
        lock=join(folder, lock),
    )


def _has_package(files: Files, folder: str) -> bool:
    """Whether there is what Poetry would install: many applications only use it for their lock."""
    settings = files.toml(join(folder, "pyproject.toml"))
    poetry = (settings.get("tool") or {}).get("poetry") or {}
    if not poetry.get("package-mode", True):
        return False
    name = (settings.get("project") or {}).get("name") or poetry.get("name") or ""
    module = re.sub(r"[-.]+", "_", str(name))
    places = (join(folder, module), join(folder, f"src/{module}"))
    single = join(folder, f"{module}.py") in files
    return bool(poetry.get("packages")) or single or any(files.below(each) for each in places)
