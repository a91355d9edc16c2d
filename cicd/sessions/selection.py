"""Which sessions the command line asks for: known before nox has read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_SESSION_FLAGS = ("-s", "-e", "--sessions", "--session")
_LIST_FLAGS = ("-l", "--list", "--list-sessions")
_WITHOUT_VALUE = "rRNvxhl"
"""nox's flags that others may follow in one word: `nox -rs lint`."""


def read_selection(
    argv: Sequence[str], environ: Mapping[str, str], default: Sequence[str] = ("ci",)
) -> tuple[str, ...]:
    """The names after `-s`, else those in `NOXSESSION`, else `default`.

    Nothing when sessions are listed, or chosen by tag or keyword.
    """
    options = _before_posargs(argv)
    if any(option in _LIST_FLAGS for option in options):
        return ()
    if named := _values(options, _SESSION_FLAGS):
        return named
    if any(option.startswith(("-t", "--tags", "-k", "--keywords")) for option in options):
        return ()
    chosen = environ.get("NOXSESSION", "").split(",")
    return tuple(name.strip() for name in chosen if name.strip()) or tuple(default)


def asks_for_jobs(argv: Sequence[str], environ: Mapping[str, str]) -> bool:
    """Whether the user has decided how many sessions run at the same time."""
    options = _before_posargs(argv)
    return "NOX_PARALLEL" in environ or any(
        option.startswith(("-j", "--parallel")) for option in options
    )


def _before_posargs(argv: Sequence[str]) -> list[str]:
    words = list(argv)
    options = words[: words.index("--")] if "--" in words else words
    return [part for word in options for part in _ungroup(word)]


def _ungroup(word: str) -> list[str]:
    """`-rs` as `-r` and `-s`, and `-sci` as `-s` and `ci`, as argparse reads them."""
    if not word.startswith("-") or word.startswith("--") or len(word) < 3:
        return [word]
    letters = word[1:].lstrip(_WITHOUT_VALUE)
    flags = [f"-{letter}" for letter in word[1 : len(word) - len(letters)]]
    if letters:
        flags += [f"-{letters[0]}", *([letters[1:].removeprefix("=")] if letters[1:] else [])]
    return flags


def _values(options: Sequence[str], flags: Sequence[str]) -> tuple[str, ...]:
    found: list[str] = []
    collecting = False
    for option in options:
        name, equals, value = option.partition("=")
        if name in flags:
            found += [value] if equals else []
            collecting = not equals
        elif option.startswith("-"):
            collecting = False
        elif collecting:
            found.append(option)
    return tuple(found)
