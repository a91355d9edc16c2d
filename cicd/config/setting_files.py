"""The Python files in which a project reads its settings, by their usual names."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from cicd.config.files import parent
from cicd.config.skipped import is_never, is_seldom, is_tooling
from cicd.config.territory import is_own

if TYPE_CHECKING:
    from cicd.config.files import Files

_NAMES = re.compile(
    r"(^|/)([\w]*(settings|config|configs|configuration|conf|database|environment|env|session"
    r"|engine|db|base_settings|connection|postgres)\w*|main|app|__init__|local|dev|development"
    r"|base|common|test|testing|production)\.py$"
)
_FOLDERS = re.compile(r"(^|/)(settings|config|configs|configuration|core|conf|db|database)/[^/]+$")
_MOST = 200


def setting_files(files: Files, folder: str) -> list[str]:
    """Settings first, then what sets up the database; tests and migrations are left out."""
    start = len(folder) + 1 if folder else 0
    found = [name for name in files.below(folder) if _is_setting(name, name[start:])]
    own = (name for name in sorted(found, key=_distance) if is_own(files, folder, parent(name)))
    return list(islice(own, _MOST))


def _is_setting(name: str, inner: str) -> bool:
    if not name.endswith(".py") or "/migrations/" in f"/{inner}" or "/versions/" in inner:
        return False
    above = parent(inner)
    if is_never(above) or (is_tooling(above) and "config" not in above):
        return False
    if is_seldom(above) and "settings" not in inner:
        return False
    return bool(_NAMES.search(inner) or _FOLDERS.search(inner))


def _distance(name: str) -> tuple[bool, int]:
    return not re.search("settings|conf", name), name.count("/")
