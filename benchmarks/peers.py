"""A copy of the bookshop as a workspace of turbo, nx and moon, with the same six tasks."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.yard import BOOKSHOP, NotPrepared, Yard, commit_all, copy_bookshop, do

TASKS = Path(__file__).parent / "tasks"
PACKAGES = {"turbo": "turbo", "nx": "nx", "moon": "@moonrepo/cli"}
_MOON = """\
tasks:
  lint: {command: npm run lint}
  typecheck: {command: npm run typecheck}
  test: {command: npm run test}
"""


@dataclass(frozen=True, slots=True)
class Workspace:
    root: Path
    versions: dict[str, str]
    missing: dict[str, str]
    """Peers that cannot be had, with the reason."""

    @property
    def bin(self) -> Path:
        return self.root / "node_modules" / ".bin"


def open_workspace(yard: Yard, say: Callable[[str], None]) -> Workspace:
    """Installs what is not installed yet. A peer that its registry does not have is left out."""
    root = yard.folder / "peers"
    root.mkdir(exist_ok=True)
    copy_bookshop(root, workspace_files())
    versions, missing = {}, {}
    do(("npm", "install", "--no-audit", "--no-fund"), root, yard.env())
    for name, package in PACKAGES.items():
        try:
            versions[name] = _install(yard, root, package)
        except NotPrepared as error:
            missing[name] = str(error).strip().splitlines()[-1]
            say(f"  {name} is left out: {missing[name]}")
    do(("uv", "sync", "--locked", "--quiet"), root / "backend", yard.env())
    commit_all(root)
    return Workspace(root, versions, missing)


def workspace_files() -> dict[str, str]:
    """What a person adds to the bookshop for these tools, and for nox without `cicd`."""
    packages = {"": {"name": "bookshop-root", "workspaces": ["backend", "frontend"]}}
    files = {
        "package.json": {
            "name": "bookshop-root",
            "private": True,
            "packageManager": "npm@10.8.2",
            "workspaces": ["backend", "frontend"],
        },
        "package-lock.json": {
            "name": "bookshop-root",
            "lockfileVersion": 3,
            "requires": True,
            "packages": {**packages, **_hoisted()},
        },
        "backend/package.json": {"name": "bookshop-backend", "scripts": _backend_scripts()},
        "frontend/package.json": _frontend_package(),
        "turbo.json": {"globalPassThroughEnv": ["*"], "tasks": dict.fromkeys(_VERBS, {})},
        "nx.json": {
            "targetDefaults": {verb: {"cache": True} for verb in _VERBS},
            "neverConnectToCloud": True,
            "analytics": False,
        },
    }
    ignored = "node_modules/\n.turbo/\n.nx/\n.moon/cache/\n.venv/\ncoverage/\n"
    moon = 'projects: {backend: "backend", frontend: "frontend"}\ntelemetry: false\n'
    return {
        **{name: json.dumps(values, indent=2) + "\n" for name, values in files.items()},
        ".gitignore": ignored,
        ".moon/workspace.yml": moon,
        **dict.fromkeys(("backend/moon.yml", "frontend/moon.yml"), _MOON),
        "noxfile.py": (TASKS / "bare_noxfile.py").read_text(),
        "with-database.sh": (TASKS / "with-database.sh").read_text(),
    }


_VERBS = ("lint", "typecheck", "test")


def _backend_scripts() -> dict[str, str]:
    return {
        "lint": "uv run flake8 .",
        "typecheck": "uv run mypy",
        "test": "../with-database.sh uv run pytest --cov --cov-report=term",
    }


def _frontend_package() -> dict[str, object]:
    values: dict[str, dict[str, str]] = json.loads(
        (BOOKSHOP / "frontend" / "package.json").read_text()
    )
    values["scripts"]["test"] = "jest --ci --coverage"
    return dict(values)


def _hoisted() -> dict[str, object]:
    """What the frontend's lock names, in the folder of the workspace: the same versions."""
    lock = json.loads((BOOKSHOP / "frontend" / "package-lock.json").read_text())
    packages: dict[str, object] = lock["packages"]
    frontend = packages.pop("")
    links = {
        f"node_modules/bookshop-{name}": {"resolved": name, "link": True}
        for name in ("backend", "frontend")
    }
    own = {"backend": {"name": "bookshop-backend"}, "frontend": frontend}
    return {**own, **links, **packages}


def _install(yard: Yard, root: Path, package: str) -> str:
    found = root / "node_modules" / package / "package.json"
    if not found.exists():
        command = ("npm", "install", "--no-audit", "--no-fund", "--save-dev", package)
        do(command, root, yard.env())
    return str(json.loads(found.read_text())["version"])
