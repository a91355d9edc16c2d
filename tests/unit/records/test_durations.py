"""How long sessions take."""

from dataclasses import replace
from pathlib import Path

from cicd.model import Verdict
from cicd.records.durations import keep_durations, read_durations
from cicd.records.record import Record, Reused

RAN = Record(session="a", run="r", part="p", verb="test", started_at="", verdict=Verdict.PASSED)


def test_the_median_of_the_last_runs_counts(tmp_path: Path) -> None:
    for duration_s in (100.0, 1.0, 2.0, 3.0, 4.0, 5.0):
        keep_durations(tmp_path, [replace(RAN, duration_s=duration_s)])
    assert read_durations(tmp_path) == {"a": 3.0}


def test_red_and_reused_ones_tell_nothing(tmp_path: Path) -> None:
    reused = Reused(earned_at="", where="", run="", key="")
    red = replace(RAN, verdict=Verdict.FAILED, duration_s=1.0)
    keep_durations(tmp_path, [red, replace(RAN, duration_s=0.0, reused=reused)])
    assert read_durations(tmp_path) == {}


def test_a_damaged_file_is_none(tmp_path: Path) -> None:
    for text in ("", "[]", '{"schema": 1, "sessions": {"a": "long", "b": ["x"]}}'):
        (tmp_path / "durations.json").write_text(text)
        assert read_durations(tmp_path) == {}
