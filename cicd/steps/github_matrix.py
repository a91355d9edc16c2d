"""To be written."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import nox

    from cicd.config.parts import Part


def print_matrix(session: nox.Session, required: Sequence[str], parts: Sequence[Part]) -> None:
    raise NotImplementedError
