"""The variables of a part: those that lead to its database, and the others."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cicd.config.connection import find_scheme

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cicd.model import Secret
    from cicd.steps.bench import Bench

_CONTINUED = ("PYTHONPATH", "PYTEST_PLUGINS")
_PLACEHOLDER = re.compile(r"\{(url|host|port|user|password|dbname)\}")


def split_env(env: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Templates, and values that are passed as they are: JSON has braces, too."""
    templates = {name: value for name, value in env.items() if _PLACEHOLDER.search(value)}
    return templates, {name: value for name, value in env.items() if name not in templates}


def with_plain(broker: dict[str, str | Secret], plain: Mapping[str, str]) -> None:
    """Adds a part's own values. What names modules to load was continued, not replaced."""
    broker.update({name: value for name, value in plain.items() if name not in _CONTINUED})


def driver_scheme(bench: Bench) -> str:
    """The scheme of `DATABASE_URL`: with SQLAlchemy's driver where the project uses one."""
    return find_scheme(bench.work.tree, bench.part) or "postgresql"
