"""Libraries that bring sessions for nox, each in an environment of its own with its own noxfile."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.yard import NotPrepared, Yard, do, write_files


@dataclass(frozen=True, slots=True)
class NoxPeer:
    name: str
    version: str
    root: Path

    def env(self, yard: Yard) -> dict[str, str]:
        return _env(yard, self.root)


_FREQUENZ = (
    "from frequenz.repo.config import RepositoryType, nox\n\nnox.configure(RepositoryType.LIB)\n"
)
_EXASOL_CONFIG = """\
from pathlib import Path

from exasol.toolbox.config import BaseConfig

PROJECT_CONFIG = BaseConfig(project_name="shop", root_path=Path(__file__).parent)
"""
_EXASOL = "import nox\n\nfrom exasol.toolbox.nox.tasks import *\n"
_PROJECT = '[project]\nname = "shop"\nversion = "0.1.0"\nrequires-python = ">=3.11"\n'
_PEERS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "exasol-toolbox": (
        "exasol-toolbox",
        {"noxfile.py": _EXASOL, "noxconfig.py": _EXASOL_CONFIG, "pyproject.toml": _PROJECT},
    ),
    "antsibull-nox": (
        "antsibull-nox",
        {
            "noxfile.py": "import antsibull_nox\n\nantsibull_nox.load_antsibull_nox_toml()\n",
            "antsibull-nox.toml": "[sessions]\n\n[sessions.lint]\n\n[sessions.license_check]\n",
            "galaxy.yml": "namespace: shop\nname: shop\nversion: 0.1.0\n",
        },
    ),
    "frequenz-repo-config": (
        "frequenz-repo-config[nox]",
        {"noxfile.py": _FREQUENZ, "pyproject.toml": _PROJECT},
    ),
}
"""What to install, and the noxfile that its documentation begins with."""


def open_peers(yard: Yard, say: Callable[[str], None]) -> tuple[list[NoxPeer], dict[str, str]]:
    """Those that list their sessions, and the reasons of those that cannot be had."""
    there, missing = [], {}
    for name, (package, files) in _PEERS.items():
        root = yard.folder / f"listing-{name}"
        try:
            version = _install(yard, root, name, package)
            write_files(root, files)
            do(("nox", "-l"), root, _env(yard, root))
            there.append(NoxPeer(name, version, root))
        except NotPrepared as error:
            missing[name] = str(error).strip().splitlines()[-1]
            say(f"  {name} is left out: {missing[name]}")
    return there, missing


def _install(yard: Yard, root: Path, name: str, package: str) -> str:
    root.mkdir(exist_ok=True)
    python = str(root / "environment" / "bin" / "python")
    if not Path(python).exists():
        do(("uv", "venv", "--quiet", "--python", str(yard.python), "environment"), root, yard.env())
        command = ("uv", "pip", "install", "--quiet", "--compile-bytecode", "--python", python)
        do((*command, package, "nox"), root, yard.env())
    asked = f"from importlib.metadata import version; print(version({name!r}))"
    return do((python, "-c", asked), root).strip()


def _env(yard: Yard, root: Path) -> dict[str, str]:
    """The folder is importable, as that of an installed project is: one noxfile asks for that."""
    env = yard.env()
    path = os.pathsep.join((str(root / "environment" / "bin"), env["PATH"]))
    return {**env, "PATH": path, "PYTHONPATH": str(root)}
