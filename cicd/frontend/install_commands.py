"""How each package manager installs from its lock without changing it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cicd.errors import SettingsError
from cicd.frontend.package import known
from cicd.model import Command

if TYPE_CHECKING:
    from cicd.config.parts import Frontend
    from cicd.frontend.managers import Manager
    from cicd.frontend.toolchain import Toolchain

LOCKS = {
    "npm": ("npm-shrinkwrap.json", "package-lock.json"),
    "pnpm": ("pnpm-lock.yaml",),
    "yarn": ("yarn.lock",),
    "bun": ("bun.lock", "bun.lockb"),
}
_FROZEN = {
    "npm": ("ci", "--no-audit", "--no-fund"),
    "pnpm": ("install", "--frozen-lockfile"),
    "yarn": ("install", "--frozen-lockfile", "--non-interactive"),
    "berry": ("install", "--immutable"),
    "bun": ("install", "--frozen-lockfile"),
}
_UNLOCKED = {
    "npm": ("install", "--no-save", "--no-package-lock", "--no-audit", "--no-fund"),
    "pnpm": ("install", "--no-lockfile"),
    "yarn": ("install", "--no-lockfile", "--non-interactive"),
    "bun": ("install", "--no-save"),
}


def find_lock(lock_root: Path, manager: str) -> Path | None:
    """The lock file of this package manager; None when the folder has none."""
    paths = (lock_root / name for name in LOCKS[manager])
    return next((path for path in paths if path.is_file()), None)


def plan_install(part: Frontend, toolchain: Toolchain, lock: Path | None) -> Command:
    """Installs everything, also what only development needs, and writes no lock.

    Raises `SettingsError` for Yarn 2 and later without a lock: it always writes one.
    """
    manager = toolchain.manager
    arguments = _arguments(manager, lock)
    # NODE_ENV=production would leave the checkers out; husky would write into .git.
    env = {"PATH": manager.path, "CI": "true", "NODE_ENV": None, "HUSKY": "0", **known(part.env)}
    return Command((*manager.command, *arguments), cwd=toolchain.lock_root, env=env)


def _arguments(manager: Manager, lock: Path | None) -> tuple[str, ...]:
    name = "berry" if manager.is_berry else manager.name
    if lock is not None:
        return _FROZEN[name]
    if name == "berry":
        raise SettingsError(
            "Yarn 2 and later cannot install without a yarn.lock",
            fix="run `yarn install` and commit yarn.lock",
        )
    return _UNLOCKED[name]
