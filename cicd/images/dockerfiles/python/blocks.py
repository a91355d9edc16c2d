"""The pieces that every way to install is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd.config.files import join
from cicd.images.dockerfiles import pins

if TYPE_CHECKING:
    from cicd.config.files import Files
    from cicd.config.parts import Backend

INSTALL = "uv pip install --python /opt/venv"
OWN = f"{INSTALL} --no-deps --editable ."
"""The project itself, in its place: its sources are not copied once more."""
_CACHE = "/var/cache"
"""Where build stages keep what they download: a folder that is in no layer."""
_UV_ENV = (
    f"UV_CACHE_DIR={_CACHE}/uv",
    "UV_PROJECT_ENVIRONMENT=/opt/venv",
    "VIRTUAL_ENV=/opt/venv",
    "UV_PYTHON=/usr/local/bin/python",
    "UV_PYTHON_DOWNLOADS=never",
    "UV_LINK_MODE=copy",
    "UV_COMPILE_BYTECODE=1",
    # Never compared with its source: nobody edits an installed package, and the same
    # dependencies give the same bytes at any time.
    "PYC_INVALIDATION_MODE=UNCHECKED_HASH",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Install:
    """Blocks of a Dockerfile, in their order: a stage `before` (with a place for its {python}), the
    dependencies, the sources, the project itself where it is a package, and for tests what they
    need besides.

    `context` is the folder that the build reads, `lock` the file that decides the versions.
    """

    context: str
    dependencies: str
    before: str = ""
    sources: str = "COPY . ."
    project: str = ""
    tests: str = ""
    lock: str = ""
    gap: str = ""


def uv_itself(wanted: str = "") -> str:
    """One version of uv, so that one lock means one environment; `wanted` is the project's own
    `required-version`."""
    named = f"'uv{wanted}'" if wanted[:1] in tuple("<>=~!") else f"'uv=={wanted}'"
    itself, lines = named if wanted else pins.UV, " \\\n    ".join(_UV_ENV)
    return f"{pip_install(itself)}\nENV {lines}"


def pip_install(package: str) -> str:
    """A tool, from its one wheel: there is nothing to keep."""
    return f"RUN pip install --no-cache-dir {package}"


def cached(command: str) -> str:
    """A command of uv that keeps what it downloads from one build to the next."""
    return f"RUN --mount=type=cache,target={_CACHE}/uv \\\n    {command}"


def is_package(files: Files, folder: str) -> bool:
    """Whether the project is installed itself, as its own settings say it is."""
    settings = files.toml(join(folder, "pyproject.toml"))
    uv = (settings.get("tool") or {}).get("uv") or {}
    if "package" in uv:
        return bool(uv["package"])
    return "build-system" in settings or (not settings and join(folder, "setup.py") in files)


def words(value: object) -> tuple[str, ...]:
    """One word or several as a tuple; none for what is not given."""
    return (value,) if isinstance(value, str) else value if isinstance(value, tuple) else ()


def wanted(part: Backend, group: str, extra: str) -> str:
    """The options for the groups and extras that the part's checks need."""
    names = [f" {group} {name}" for name in words(part.groups)]
    return "".join(names + [f" {extra} {name}" for name in words(part.extras)])
