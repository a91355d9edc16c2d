"""What a user gives after `--`: ours, pytest's, and whether it runs a part of the tests."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cicd.config.affected import AFFECTED

if TYPE_CHECKING:
    from collections.abc import Iterable

KEEP_DB = "--keep-db"
_OURS = (KEEP_DB, AFFECTED)

_WITH_VALUE = frozenset(
    "-n -p -o -W -r -c --tb --durations --durations-min --color --numprocesses --dist --log-level "
    "--capture --verbosity --timeout --settings --parallel --pythonpath".split()
)
_SELECTING_BY_VALUE = frozenset(
    "-k -m --deselect --ignore --ignore-glob --maxfail --tag --exclude-tag".split()
)
_SELECTING = _SELECTING_BY_VALUE | frozenset(
    "-x --exitfirst --lf --last-failed --sw --stepwise "
    "--co --collect-only --pyargs --failfast --no-cov".split()
)


@dataclass(frozen=True, slots=True)
class Selection:
    """`arguments` go to the test runner; `partial`: they may leave tests out. `affected`: only
    what a change can reach is to run."""

    arguments: tuple[str, ...]
    partial: bool
    keep_db: bool
    affected: bool = False

    @property
    def options(self) -> tuple[str, ...]:
        """The arguments without those that choose tests."""
        return tuple(word for word, chooses in _read(self.arguments) if not chooses)

    def whole(self) -> Selection:
        """The same where `--affected` cannot be had."""
        return replace(self, affected=False, partial=_is_partial(self.arguments))


def parse_selection(arguments: Iterable[str]) -> Selection:
    """Takes out what is ours. A word that is not known to be harmless counts as a choice
    of tests: the coverage of a part of the tests is not the project's."""
    given = tuple(arguments)
    rest = tuple(argument for argument in given if argument not in _OURS)
    affected = AFFECTED in given
    return Selection(rest, affected or _is_partial(rest), KEEP_DB in given, affected)


def select(given: Iterable[str], usual: Iterable[str] = ()) -> Selection:
    """What the user gives, else what the session usually runs: that is the whole of it."""
    selection = parse_selection(given)
    return selection if selection.arguments else replace(selection, arguments=tuple(usual))


def _is_partial(arguments: tuple[str, ...]) -> bool:
    return any(chooses for _, chooses in _read(arguments))


def _read(arguments: tuple[str, ...]) -> list[tuple[str, bool]]:
    """Each word, and whether it chooses tests: as an option, as its value, as a path."""
    read: list[tuple[str, bool]] = []
    previous = ""
    for argument in arguments:
        name = argument.partition("=")[0]
        chosen = name in _SELECTING or name[:2] in ("-k", "-m") and not name.startswith("--")
        chosen = chosen or not (argument.startswith("-") or previous in _WITH_VALUE)
        read.append((argument, chosen or previous in _SELECTING_BY_VALUE))
        previous = argument
    return read
