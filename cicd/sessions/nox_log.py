"""What nox logs itself: command lines of `session.run`, and exceptions with their traceback."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from cicd.system.harmless import harmless

if TYPE_CHECKING:
    from cicd.system.masking import Masks


def guard_log(masks: Masks) -> None:
    """From now on the log shows no secret, and commands nobody, also when the session is over:
    only then nox shows an exception that nobody expected."""
    for handler in logging.getLogger().handlers:
        shown = handler.formatter or logging.Formatter()
        if isinstance(shown, _Guarded):
            shown = shown.inner
        handler.setFormatter(_Guarded(shown, masks))


class _Guarded(logging.Formatter):
    def __init__(self, inner: logging.Formatter, masks: Masks) -> None:
        super().__init__()
        self.inner, self._masks = inner, masks

    def format(self, record: logging.LogRecord) -> str:
        return harmless(self._masks.apply(self.inner.format(record)))
