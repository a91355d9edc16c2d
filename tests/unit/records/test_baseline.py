from dataclasses import replace
from pathlib import Path

import pytest
from tests.unit.records.test_records import GREEN

from cicd.model import Outcome, Verdict
from cicd.records.baseline import keep_baseline, read_baseline

TESTED = replace(
    GREEN, session="backend_test", outcome=Outcome(metrics={"tests": 9, "coverage_percent": 90.5})
)


def test_numbers_that_are_compared_are_kept(tmp_path: Path) -> None:
    keep_baseline(tmp_path, [TESTED, GREEN])
    assert read_baseline(tmp_path) == {"backend_test": {"tests": 9, "coverage_percent": 90.5}}


def test_a_session_that_did_not_run_keeps_its_numbers(tmp_path: Path) -> None:
    image = replace(GREEN, session="api_image", outcome=Outcome(metrics={"size_bytes": 5}))
    keep_baseline(tmp_path, [TESTED])
    keep_baseline(tmp_path, [image])
    assert sorted(read_baseline(tmp_path)) == ["api_image", "backend_test"]


@pytest.mark.parametrize(
    "changed",
    [
        replace(TESTED, verdict=Verdict.FAILED),
        replace(TESTED, verdict=None),
        replace(TESTED, outcome=replace(TESTED.outcome, facts={"arguments": "tests/test_a.py"})),
        replace(TESTED, outcome=replace(TESTED.outcome, facts={"shard": "1/2"})),
    ],
)
def test_what_is_red_or_a_part_is_nothing_to_compare_with(tmp_path: Path, changed: object) -> None:
    assert isinstance(changed, type(TESTED))
    keep_baseline(tmp_path, [changed])
    assert read_baseline(tmp_path) == {}


@pytest.mark.parametrize(
    "text", ["", "[]", '{"schema": 2, "sessions": {"a": {"tests": 1}}}', '{"schema": 1}']
)
def test_a_file_that_is_none_of_ours_is_no_baseline(tmp_path: Path, text: str) -> None:
    (tmp_path / "baseline.json").write_text(text)
    assert read_baseline(tmp_path) == {}
