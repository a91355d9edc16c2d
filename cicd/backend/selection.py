"""What a user gives after `--`: ours, pytest's, and whether it runs a part of the tests."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

KEEP_DB = "--keep-db"

_WITH_VALUE = frozenset(
    "-n -p -o -W -r -c --tb --durations --durations-min --color --numprocesses --dist --log-level "
    "--capture --verbosity --timeout --settings --parallel --pythonpath".split()
)
_SELECTING = frozenset(
    "-k -m -x --exitfirst --lf --last-failed --deselect --ignore --ignore-glob --sw --stepwise "
    "--maxfail --co --collect-only --pyargs --tag --exclude-tag --failfast --no-cov".split()
)


@dataclass(frozen=True, slots=True)
class Selection:
    """`arguments` go to the test runner; `partial`: they may leave tests out."""

    arguments: tuple[str, ...]
    partial: bool
    keep_db: bool


def parse_selection(arguments: Iterable[str]) -> Selection:
    """Takes out what is ours. A word that is not known to be harmless counts as a choice
    of tests: the coverage of a part of the tests is not the project's."""
    given = tuple(arguments)
    rest = tuple(argument for argument in given if argument != KEEP_DB)
    return Selection(rest, _is_partial(rest), KEEP_DB in given)


def select(given: Iterable[str], usual: Iterable[str] = ()) -> Selection:
    """What the user gives, else what the session usually runs: that is the whole of it."""
    selection = parse_selection(given)
    return selection if selection.arguments else replace(selection, arguments=tuple(usual))


def _is_partial(arguments: tuple[str, ...]) -> bool:
    previous = ""
    for argument in arguments:
        name = argument.partition("=")[0]
        chosen = name in _SELECTING or name[:2] in ("-k", "-m") and not name.startswith("--")
        if chosen or not (argument.startswith("-") or previous in _WITH_VALUE):
            return True
        previous = argument
    return False
