from pathlib import Path

from cicd.backend.migrators.alembic import parse_steps


def test_a_step_that_was_killed_while_it_reported_has_not_reported(tmp_path: Path) -> None:
    report = tmp_path / "migrations.jsonl"
    report.write_text('{"step": "heads", "number": 0}\n{"step": "upgr')
    assert parse_steps(report) == ({"step": "heads", "number": 0},)


def test_without_a_report_no_step_was_run(tmp_path: Path) -> None:
    assert parse_steps(tmp_path / "none") == ()
