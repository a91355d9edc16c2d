"""To be written."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import nox

    from cicd.config.rules import Rules


def plan_rules(session: nox.Session, rules: Sequence[Rules]) -> None:
    raise NotImplementedError
