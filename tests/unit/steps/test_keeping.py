"""What is kept after a session has run, and what is taken back."""

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from cicd.cache.elements import Elements, Unknown
from cicd.cache.entry import Entry
from cicd.cache.mode import Mode
from cicd.config.parts import Backend
from cicd.model import Failure, Outcome, Verdict
from cicd.records.record import Record, render_json
from cicd.steps.keeping import keep_verdict
from cicd.steps.reuse import Lookup, look_up, reused_record, take_key
from cicd.steps.snapshot import current_snapshot, forget_snapshot
from cicd.steps.subject import Subject

ELEMENTS = Elements({"session": "own"})
LOOKUP = Lookup(
    subject=Subject(session="own", verb="own", part=None, parts=()),
    mode=Mode(reads=True, writes=True),
    elements=ELEMENTS,
)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    forget_snapshot()
    return tmp_path


def record(verdict: Verdict, **outcome: object) -> Record:
    return Record(
        session="own",
        run="r",
        part="own",
        verb="own",
        started_at="2026-03-05T09:41:00.000+00:00",
        verdict=verdict,
        outcome=Outcome(**outcome),  # type: ignore[arg-type]
    )


def entry(verdict: Verdict = Verdict.PASSED) -> Entry:
    return Entry(
        session="own",
        key=ELEMENTS.key,
        elements=ELEMENTS.values,
        record=render_json(record(verdict)),
        earned_at="2026-03-05T09:41:00.000+00:00",
        where="here",
    )


def test_red_takes_back_what_was_kept_under_its_key(here: Path) -> None:
    store = current_snapshot().store
    store.keep(entry(), {}, {})
    assert store.find("own", ELEMENTS.key)
    assert keep_verdict(LOOKUP, record(Verdict.FAILED), (), here, lambda: ELEMENTS) == ""
    assert store.find("own", ELEMENTS.key) is None


@pytest.mark.parametrize("mode", ["off", "read"])
def test_red_takes_back_also_where_nothing_may_be_kept(
    here: Path, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    subprocess.run(("git", "init", "-q"), cwd=here, check=True)
    now = take_key(current_snapshot(), LOOKUP.subject, ())
    assert isinstance(now, Elements)
    current_snapshot().store.keep(replace(entry(), key=now.key), {}, {})
    monkeypatch.setenv("CICD_CACHE", mode)
    forget_snapshot()
    looked = look_up(LOOKUP.subject, ())
    keep_verdict(looked, record(Verdict.FAILED), (), here, lambda: looked.elements)
    assert current_snapshot().store.find("own", now.key) is None


@pytest.mark.parametrize(
    ("arguments", "key"),
    [
        ((), True),
        (("-v",), True),
        (("--lf",), False),
        (("tests/a.py",), False),
        (("--keep-db",), False),
    ],
)
def test_a_choice_of_tests_has_no_key(here: Path, arguments: tuple[str, ...], key: bool) -> None:
    part = Backend("api", name="api")
    subject = Subject(session="api_test", verb="test", part=part, parts=(part,))
    found = take_key(current_snapshot(), subject, arguments)
    said = isinstance(found, Unknown) and "choose tests" in found.reason
    assert said is not key


def test_green_with_failures_that_were_allowed_is_not_kept(here: Path) -> None:
    allowed = record(Verdict.PASSED, failures=(Failure(title="flaky"),))
    assert keep_verdict(LOOKUP, allowed, (), here, lambda: ELEMENTS)
    assert current_snapshot().store.find("own", ELEMENTS.key) is None


def test_what_is_not_verified_is_not_kept(here: Path) -> None:
    assert keep_verdict(LOOKUP, record(Verdict.NOT_VERIFIED), (), here, lambda: ELEMENTS) == ""
    assert current_snapshot().store.find("own", ELEMENTS.key) is None


def test_only_a_green_record_of_the_same_session_is_reused() -> None:
    assert reused_record(entry(), "run", "now")
    assert reused_record(entry(Verdict.FAILED), "run", "now") is None
    assert reused_record(entry(Verdict.NOT_VERIFIED), "run", "now") is None
    other = Entry(session="other", key="k", elements={}, record=entry().record, **_EARNED)
    assert reused_record(other, "run", "now") is None


_EARNED = {"earned_at": "", "where": ""}
