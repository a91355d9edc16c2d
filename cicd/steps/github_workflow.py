"""To be written."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import nox


def write_or_check_workflow(session: nox.Session) -> None:
    raise NotImplementedError
