import json
from pathlib import Path

import pytest

from cicd.backend.coverage import judge_coverage, read_coverage, render_percent


def written(folder: Path, **totals: float) -> Path:
    path = folder / "coverage.json"
    path.write_text(json.dumps({"totals": totals}))
    return path


def test_the_share_is_read(tmp_path: Path) -> None:
    assert read_coverage(written(tmp_path, percent_covered=81.5, num_statements=9)) == 81.5


def test_nothing_to_measure_is_no_measurement(tmp_path: Path) -> None:
    assert read_coverage(written(tmp_path, percent_covered=100, num_statements=0)) is None
    assert read_coverage(tmp_path / "missing.json") is None


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"totals": {}}'])
def test_a_broken_report_is_an_error(tmp_path: Path, text: str) -> None:
    path = tmp_path / "coverage.json"
    path.write_text(text)
    with pytest.raises(ValueError, match="the coverage report cannot be read"):
        read_coverage(path)


def test_the_gate_is_red_below_the_limit_and_where_nothing_was_measured() -> None:
    assert judge_coverage(80, None, "", "") == ()
    assert judge_coverage(None, None, "", "") == ()
    assert judge_coverage(80, 80, "", "") == ()
    (failure,) = judge_coverage(79.96, 80, "", "backend")
    assert (failure.title, failure.path) == ("coverage 79.9 % is below 80 %", "backend")
    (failure,) = judge_coverage(None, 80, "switched off", "backend")
    assert failure.detail == "switched off"


def test_a_share_is_never_rounded_up() -> None:
    assert [render_percent(value) for value in (89.96, 90.0, 100.0)] == ["89.9 %", "90 %", "100 %"]
