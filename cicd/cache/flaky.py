"""Which tests failed and passed with nothing changed, and how often of late."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from cicd.system.locks import locked
from cicd.system.state import read_object, write_text

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = "flaky"
SCHEMA = 1
SHOWN = 20
"""The number of runs that a history tells of."""
_RUNS, _TESTS, _FAILED = 100, 200, 200
"""How much is kept of a session: runs, flaky tests, names for each run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A session that ran its tests. `key` names everything that decided it, empty where that is
    not known; `failed` are its failed tests, also those that passed later. `complete`: every
    other test passed or was skipped. `at` is ISO 8601 in UTC."""

    run: str
    at: str
    key: str
    failed: tuple[str, ...]
    complete: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """When a flaky test failed first and last, as far as is known."""

    first: str
    last: str


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """The last runs of a session, oldest first, and its flaky tests."""

    runs: tuple[Run, ...] = ()
    flaky: Mapping[str, Span] = field(default_factory=dict)

    def of_late(self, test: str) -> tuple[Run, ...]:
        """The runs of those last shown in which it failed."""
        return tuple(run for run in self.runs[-SHOWN:] if test in run.failed)


def note_run(folder: Path, session: str, run: Run, flaky: Iterable[str]) -> History:
    """Adds a run, and tells what is known then; `flaky` failed and passed within it.

    Safe for many processes; a file that is damaged, or of another schema, counts as empty.
    Raises `OSError` or `MissingError` where nothing can be written.
    """
    path = folder / FOLDER / f"{session}.json"
    with locked(path.with_suffix(".lock")):
        history = with_run(parse_history(read_object(path)), run, flaky)
        write_text(path, render_history(history))
    return history


def with_run(history: History, run: Run, flaky: Iterable[str]) -> History:
    """The history with one more run. A test is flaky that failed in one and did not in another
    whose key is the same, whichever came first."""
    runs = (*history.runs[1 - _RUNS :], run)
    found = {*flaky, *_differing(history.runs, run)}
    spans = dict(history.flaky)
    for test in sorted(found | (spans.keys() & {*run.failed})):
        failed = [one.at for one in runs if test in one.failed] or [run.at]
        known = spans.get(test)
        spans[test] = Span(first=known.first if known else failed[0], last=failed[-1])
    kept = sorted(spans.items(), key=lambda item: item[1].last)[-_TESTS:]
    return History(runs=runs, flaky=dict(kept))


def _differing(runs: Iterable[Run], now: Run) -> Iterator[str]:
    for run in runs if now.key else ():
        if run.key == now.key:
            if now.complete:
                yield from {*run.failed} - {*now.failed}
            if run.complete:
                yield from {*now.failed} - {*run.failed}


def describe(history: History, test: str) -> str:
    """ "failed 3 of the last 20 runs, last 2026-11-20"."""
    failed, number = history.of_late(test), min(SHOWN, len(history.runs))
    if not failed:
        return ""
    runs = f"{len(failed)} of the last {number} runs" if number > 1 else "the only run so far"
    return f"failed {runs}, last {failed[-1].at[:10]}"


def render_history(history: History) -> str:
    values = asdict(history)
    for run in values["runs"]:
        run["failed"] = run["failed"][:_FAILED]
    return json.dumps({"schema": SCHEMA, **values}, indent=1) + "\n"


def parse_history(values: Mapping[str, Any]) -> History:
    """The reverse; an empty one for what is none."""
    try:
        if values["schema"] != SCHEMA:
            return History()
        runs = tuple(_run(**run) for run in values["runs"])
        flaky = {str(test): _span(**span) for test, span in values["flaky"].items()}
        return History(runs=runs, flaky=flaky)
    except (LookupError, TypeError, AttributeError, ValueError):
        return History()


def _run(run: str, at: str, key: str, failed: list[str], complete: bool) -> Run:
    texts = [run, at, key, *failed]
    if not (isinstance(failed, list) and all(isinstance(text, str) for text in texts)):
        raise TypeError("not a run")
    return Run(run=run, at=at, key=key, failed=tuple(failed), complete=bool(complete))


def _span(first: str, last: str) -> Span:
    if not (isinstance(first, str) and isinstance(last, str)):
        raise TypeError("not a span")
    return Span(first=first, last=last)
