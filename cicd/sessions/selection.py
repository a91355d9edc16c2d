"""Which sessions the command line asks for: known before nox has read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

WHY = "--why"
"""After `--`: each session says why it runs, or why it need not, and is told nothing of it."""
_SESSION_FLAGS = ("-s", "-e", "--sessions", "--session")
_LIST_FLAGS = ("-l", "--list", "--list-sessions")
_INSTALLING = (
    "--install-only --no-install --no-venv --force-venv-backend --force-python --force-pythons"
    " --extra-python --extra-pythons --default-venv-backend"
).split()
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


def asked_jobs(argv: Sequence[str], environ: Mapping[str, str]) -> str | None:
    """How many sessions the user wants to run at the same time; None for who did not say."""
    options = _before_posargs(argv)
    for place, option in enumerate(options):
        if option.startswith(("-j", "--parallel")):
            said = option.partition("=")[2]
            return said or next(iter(options[place + 1 :]), "auto")
    return environ.get("NOX_PARALLEL")


def read_arguments(argv: Sequence[str]) -> tuple[str, ...]:
    """What stands after `--`, for the sessions."""
    words = tuple(argv)
    after = words[words.index("--") + 1 :] if "--" in words else ()
    return tuple(word for word in after if word != WHY)


def asks_why(argv: Sequence[str]) -> bool:
    words = tuple(argv)
    return "--" in words and WHY in words[words.index("--") :]


def installs_otherwise(argv: Sequence[str]) -> bool:
    """Whether nox is asked for less than a session's whole work, or for another environment:
    then a session that nox installs says nothing that could be reused."""
    words = {option.partition("=")[0] for option in _before_posargs(argv)}
    return any(
        word.startswith(("-R", "-P")) or (len(word) > 3 and flag.startswith(word))
        for word in words
        for flag in _INSTALLING
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
