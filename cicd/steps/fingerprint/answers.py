"""What is known of this machine, in one snapshot: remembered, or asked anew once."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, TypeVar

from cicd.cache.probe import FOLDER, gather, recall, remember
from cicd.system.state import state_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from cicd.cache.probe import Question
    from cicd.steps.snapshot import Snapshot

    Answer = Mapping[str, str] | None

_T = TypeVar("_T")
_lost: set[str] = set()
_last: list[tuple[Snapshot, dict[str, Any]]] = []


def answered(snapshot: Snapshot, question: Question, ask: Callable[[], Answer]) -> Answer:
    """The answer that holds; `ask` is called where none is remembered, and remembers its own.
    None for what cannot be known before a session has run."""

    def find() -> Answer:
        held = recall(snapshot.state / FOLDER, question)
        return ask() if held is None else held

    return once(snapshot, question.name, find)


def once(snapshot: Snapshot, name: str, find: Callable[[], _T]) -> _T:
    """What `find` finds, for all the sessions that are looked up in this snapshot."""
    if not _last or _last[0][0] is not snapshot:
        _last[:] = [(snapshot, {})]
    known = _last[0][1]
    if name not in known:
        known[name] = find()
    found: _T = known[name]
    return found


def keep_answer(
    state: Path, question: Question, answer: Mapping[str, str], hangs_on: Iterable[str | Path]
) -> None:
    """For the next one who asks: as long as all of these files and folders stay as they are."""
    evidence = gather(hangs_on)
    with contextlib.suppress(OSError):
        state_folder(state.parent)  # so that git ignores what lies there
        if remember(state / FOLDER, question, answer, evidence):
            _lost.discard(question.name)
            return
    _lost.add(question.name)


def is_lost(question: Question) -> bool:
    """Whether what a session of this process found could not be written down."""
    return question.name in _lost
