"""To be written."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import nox

    from cicd.config.notify import Notify


def tell_people(session: nox.Session, notify: Sequence[Notify]) -> None:
    raise NotImplementedError
