"""Where a session begins and ends: expected errors become verdicts, verdicts become records."""

from __future__ import annotations

import contextlib
import errno
import functools
import logging
import os
import sys
import time
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from nox.command import CommandFailed
from nox.sessions import _SessionQuit, _SessionSkip  # nox has no public names for these

from cicd.cache.elements import Elements, Unknown
from cicd.errors import CheckFailed, CicdError, MissingError
from cicd.github.commands import Channel
from cicd.model import Outcome, Verdict
from cicd.records.record import Record, mask_texts
from cicd.records.store import write_record
from cicd.records.unkept import note_unkept
from cicd.sessions.nox_log import guard_log
from cicd.sessions.pipeline import withdraw_verified
from cicd.steps.keeping import keep_verdict, whole_key
from cicd.steps.noting import decided, note_inputs
from cicd.steps.snapshot import current_snapshot, forget_snapshot
from cicd.steps.work import Work, open_work, working
from cicd.system.harmless import harmless, reads_commands
from cicd.system.run_name import RUN_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import nox

    from cicd.steps.noting import Scope
    from cicd.steps.reuse import Lookup

    Body = Callable[[nox.Session], object]
    Settle = Callable[[], Elements | Unknown]

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)
_PUBLISHING = ("push", "promote", "prune")
"""What others rely on having happened: with something missing it is red everywhere."""
_CHATTY = ("urllib3", "docker", "filelock", "asyncio")


def run_judged(
    session: nox.Session,
    body: Body,
    *,
    part: str,
    verb: str,
    scope: Scope | None = None,
    lookup: Lookup | None = None,
) -> None:
    """Runs a session that judges something, and leaves its record whatever happens.

    `scope` tells which files decide its verdict; without it every file may. With a `lookup`
    its verdict is kept when it is green, and taken back when it is red.

    An `Outcome` that the body returns is its result, else what its steps found. Ends in
    `session.error` for red and in `session.skip` for what could not be verified.
    """
    channel = Channel(sys.stdout) if reads_commands(os.environ) else None
    with _surroundings(session, channel) as work:
        begun = time.monotonic()
        record = Record(
            session=session.name, run=work.run.id, part=part, verb=verb, started_at=_now()
        )
        settle = _settling(work, record, lookup)
        with _unwritable_told(session):
            write_record(work.run.records, record)
        if lookup is None:  # who has one has just looked
            forget_snapshot()
        try:
            note_inputs(work, scope, current_snapshot().contents)
            ending = _strictly(_ending(session, body, work, verb), work)
            ending = _remembering(ending, work, record, settle)
        except BaseException as error:
            with contextlib.suppress(OSError):
                _write(work, record, _Ending(Verdict.FAILED, _describe(error)), begun)
            raise
        with _unwritable_told(session):
            done = _write(work, record, ending, begun)
        if lookup:
            why = keep_verdict(lookup, done, work.arguments, work.place.reports, settle)
            _tell_unkept(work, why)
        reason = harmless(work.masks.apply(ending.reason))
        if ending.verdict is Verdict.FAILED:
            with _unwritable_told(session):
                withdraw_verified(session.name, work)
            session.error(reason)
        if ending.verdict is Verdict.NOT_VERIFIED:
            session.skip(f"NOT VERIFIED: {reason}")


def run_plain(session: nox.Session, body: Body) -> None:
    """Runs a session that judges nothing itself: an expected error becomes its error."""
    with _surroundings(session) as work:
        try:
            body(session)
        except CicdError as error:
            session.error(harmless(work.masks.apply(str(error))))


@dataclass(frozen=True, slots=True)
class _Ending:
    verdict: Verdict
    reason: str = ""
    outcome: Outcome = field(default_factory=Outcome)


def _ending(session: nox.Session, body: Body, work: Work, verb: str) -> _Ending:
    try:
        result = body(session)
    except CheckFailed as failed:
        return _Ending(Verdict.FAILED, failed.outcome.headline, failed.outcome)
    except (MissingError, _SessionSkip) as missing:
        undone = verb in _PUBLISHING and isinstance(missing, MissingError)
        return _Ending(Verdict.FAILED if undone else Verdict.NOT_VERIFIED, str(missing))
    except (CicdError, _SessionQuit, CommandFailed) as error:
        return _Ending(Verdict.FAILED, str(error))
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        return _Ending(Verdict.FAILED, _render_unwritable(error))
    except SystemExit as error:  # It would end nox, and the sessions that follow with it.
        return _Ending(Verdict.FAILED, f"the session called sys.exit: {error}")
    outcome = result if isinstance(result, Outcome) else _together(work.outcomes)
    if not outcome.passed:
        return _Ending(Verdict.FAILED, outcome.headline, outcome)
    if outcome.unverified:
        return _Ending(Verdict.NOT_VERIFIED, "; ".join(outcome.unverified), outcome)
    return _Ending(Verdict.PASSED, "", outcome)


def _together(outcomes: Sequence[Outcome]) -> Outcome:
    """What the steps of a session found, where its function returns nothing."""
    return Outcome(
        headline=" · ".join(dict.fromkeys(one.headline for one in outcomes if one.headline)),
        failures=tuple(failure for one in outcomes for failure in one.failures),
        unverified=tuple(dict.fromkeys(gap for one in outcomes for gap in one.unverified)),
        metrics={name: one.metrics[name] for one in outcomes for name in one.metrics},
        facts={name: one.facts[name] for one in outcomes for name in one.facts},
        unsteady=tuple(test for one in outcomes for test in one.unsteady),
    )


def _settling(work: Work, record: Record, lookup: Lookup | None) -> Settle:
    """Asked once at most: it reads the repository again."""

    def settle() -> Elements | Unknown:
        return whole_key(lookup, record, work.arguments) if lookup else Unknown("never reused")

    return functools.cache(settle)


def _remembering(ending: _Ending, work: Work, record: Record, settle: Settle) -> _Ending:
    """With what earlier runs tell of its tests: whether they are flaky."""
    if not ending.outcome.metrics.get("tests"):
        return ending
    from cicd.steps.flakiness import with_history

    outcome = with_history(work, record, ending.outcome, settle)
    same = ending.reason == ending.outcome.headline
    return replace(ending, outcome=outcome, reason=outcome.headline if same else ending.reason)


def _strictly(ending: _Ending, work: Work) -> _Ending:
    """Green means checked: on a laptop a gap is said, where `CI` is set it is an error."""
    if work.strict and ending.verdict is Verdict.NOT_VERIFIED:
        reason = f"not verified, which is an error where CI is set: {ending.reason}"
        return replace(ending, verdict=Verdict.FAILED, reason=reason)
    return ending


def _write(work: Work, record: Record, ending: _Ending, begun: float) -> Record:
    facts = work.facts()
    done = replace(
        record,
        verdict=ending.verdict,
        reason=ending.reason,
        outcome=replace(ending.outcome, facts={**facts, **ending.outcome.facts}),
        duration_s=round(time.monotonic() - begun, 3),
        commands=tuple(work.ran),
        decided=decided(work, facts),
    )
    write_record(work.run.records, done, work.masks.apply)
    work.publish_reports()
    return mask_texts(done, work.masks.apply)


def _describe(error: BaseException) -> str:
    return "interrupted" if isinstance(error, KeyboardInterrupt) else repr(error)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


@contextlib.contextmanager
def _surroundings(session: nox.Session, channel: Channel | None = None) -> Iterator[Work]:
    """With a `channel`, nothing that is printed in the session commands GitHub's runner."""
    with _quiet_loggers():
        try:
            with _unwritable_told(session):
                opened = open_work(session, channel.mask if channel else None)
        except CicdError as error:
            session.error(str(error))
        guard_log(opened.masks)
        # A nox that the session starts by `session.run` is a run of its own.
        session.env[RUN_VARIABLE] = None
        with working(opened) as work, channel.kept_to_us() if channel else nullcontext():
            try:
                yield work
            finally:  # it may have changed files
                forget_snapshot()


@contextlib.contextmanager
def _unwritable_told(session: nox.Session) -> Iterator[None]:
    """A full disk or a folder that is read-only is no bug of ours: records cannot be kept."""
    try:
        yield
    except OSError as error:
        session.error(_render_unwritable(error))


def _render_unwritable(error: OSError) -> str:
    where = f": {error.filename}" if error.filename else ""
    return f"cannot write: {error.strerror or error}{where}"


def _tell_unkept(work: Work, why: str) -> None:
    """In the last lines of the run: what stands above them scrolls away."""
    if not why:
        return
    try:
        note_unkept(work.run, work.session, harmless(work.masks.apply(why)))
    except OSError:
        work.say(f"not kept for later: {why}")


@contextlib.contextmanager
def _quiet_loggers() -> Iterator[None]:
    """nox sets the root logger to DEBUG, and libraries would chatter through it."""
    loggers = [logging.getLogger(name) for name in _CHATTY]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)
