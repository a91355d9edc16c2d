"""Real Node, real package managers, real registries; the packages are tiny."""

import io
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import uv

from cicd.config.parts import Frontend
from cicd.frontend.install import install_packages
from cicd.frontend.toolchain import Toolchain, find_toolchain
from cicd.system.place import Place
from cicd.system.process import LocalRunner

UV = uv.find_uv_bin()
TOOLS = {
    "@vitest/coverage-v8": "4.1.12",
    "eslint": "9.39.5",
    "jest": "30.5.2",
    "prettier": "3.10.1",
    "typescript": "5.9.3",
    "vitest": "4.1.12",
}


def make_part(manager: str = "npm", /, **fields: object) -> Frontend:
    names: dict[str, object] = {
        "format": ("prettier", "--check", "."),
        "lint": ("eslint", "."),
        "types": ("tsc", "--noEmit"),
        "test": "test",
        "build": "build",
        "env": {},
    }
    fields = {**names, **fields}
    fields |= {"name": "web", "package_manager": manager, "node": ""}
    return Frontend("web ü", **fields)  # type: ignore[arg-type]


def write_manifest(folder: Path, **fields: object) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    manifest = {"name": "web", "version": "1.0.0", "private": True, **fields}
    (folder / "package.json").write_text(json.dumps(manifest, indent=2) + "\n")


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The caches that all tests of a run share."""
    return tmp_path_factory.mktemp("shared")


@pytest.fixture(scope="session")
def environ(shared: Path) -> Mapping[str, str]:
    left_out = ("CI", "CICD_", "NOX", "NODE_ENV", "FORCE_COLOR", "npm_config_cache")
    outer = {name: one for name, one in os.environ.items() if not name.startswith(left_out)}
    return {**outer, "npm_config_cache": str(shared / "npm")}


@pytest.fixture(scope="session")
def make_place(environ: Mapping[str, str], shared: Path) -> Callable[..., Place]:
    def make(root: Path, path: str = environ["PATH"]) -> Place:
        root.mkdir(exist_ok=True)
        runner = LocalRunner(root, environ={**environ, "PATH": path}, out=io.StringIO())
        state = root / ".cicd"
        return Place(
            root=root, state=state, cache=shared / "cache", reports=state / "reports", runner=runner
        )

    return make


@pytest.fixture
def place(make_place: Callable[..., Place], tmp_path: Path) -> Place:
    return make_place(tmp_path / "a répo")


@pytest.fixture(scope="session")
def open_toolchain(environ: Mapping[str, str]) -> Callable[[Place, Frontend], Toolchain]:
    def open_(place: Place, part: Frontend) -> Toolchain:
        folder = place.root / part.path
        return find_toolchain(place, part, lock_root=folder, path=environ["PATH"], uv=UV)

    return open_


@pytest.fixture(scope="session")
def tools(
    make_place: Callable[..., Place],
    open_toolchain: Callable[[Place, Frontend], Toolchain],
    shared: Path,
) -> Path:
    """A `node_modules` with the usual tools, installed once, without a lock."""
    place, part = make_place(shared / "tools"), make_part()
    write_manifest(place.root / part.path, devDependencies=TOOLS)
    installed = install_packages(place, part, open_toolchain(place, part))
    assert installed.notes == ("web ü: no lock file: versions are not pinned",)
    assert not (place.root / part.path / "package-lock.json").exists()
    return place.root / part.path / "node_modules"


@pytest.fixture
def web(place: Place, tools: Path) -> Path:
    """A package that has the tools."""
    folder = place.root / make_part().path
    write_manifest(folder, type="module", devDependencies=TOOLS)
    (folder / "node_modules").symlink_to(tools)
    (folder / ".prettierignore").write_text("node_modules\npackage.json\n")
    return folder
