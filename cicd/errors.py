"""The expected failures: wrong settings, something missing, the checked code, a remote."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cicd.model import Outcome


class CicdError(Exception):
    """Base of every expected failure; anything else is a bug of ours.

    `str()` is the message: what failed first, then, where a check established it, the fix.
    """

    def __init__(self, message: str, *, fix: str = "") -> None:
        super().__init__(f"{message}\n{fix}" if fix else message)
        self.message = message
        self.fix = fix


class SettingsError(CicdError, SystemExit):
    """The noxfile, or a file that it relies on, says something that cannot be meant.

    It is a `SystemExit` as well: raised while nox loads a noxfile, it ends nox with
    these lines on standard error and without a traceback.
    """

    def __init__(self, message: str, *, fix: str = "") -> None:
        super().__init__(message, fix=fix)
        self.code = str(self)


class MissingError(CicdError):
    """This machine lacks what the work needs: the session is NOT VERIFIED, and fails in CI."""


class RemoteError(CicdError):
    """The network or a remote refused."""


class CheckFailed(CicdError):
    """The checked code failed; `outcome` says where and how to repeat it."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.headline)
        self.outcome = outcome
