"""To be written."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import nox


def write_report(session: nox.Session) -> None:
    raise NotImplementedError
