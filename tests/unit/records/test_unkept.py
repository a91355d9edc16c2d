"""Why a green verdict is not kept stands in the last lines, and is known to the next `why`."""

from dataclasses import replace
from pathlib import Path

from cicd.model import Verdict
from cicd.records.record import Record
from cicd.records.report import build_report
from cicd.records.runs import Run
from cicd.records.store import write_record
from cicd.records.summary import render_terminal
from cicd.records.unkept import last_unkept, note_unkept, read_unkept

WHY = "the tests read schema.json, which is not among the inputs"


def a_run(state: Path, name: str) -> Run:
    run = Run(name, state / "runs" / name)
    for session in ("api_lint", "api_test"):
        write_record(run.records, green(session, name))
    return run


def green(session: str, run: str = "r") -> Record:
    return Record(
        session=session,
        run=run,
        part="api",
        verb="test",
        started_at="2026-03-05T09:41:00.000+00:00",
        verdict=Verdict.PASSED,
    )


def test_the_last_run_of_a_session_counts(tmp_path: Path) -> None:
    note_unkept(a_run(tmp_path, "20260101"), "api_test", WHY)
    (tmp_path / "runs" / "20260102").mkdir()  # in which it did not run
    assert last_unkept(tmp_path, "api_test") == WHY
    assert last_unkept(tmp_path, "api_lint") == last_unkept(tmp_path, "other") == ""
    a_run(tmp_path, "20260103")
    assert last_unkept(tmp_path, "api_test") == ""


def test_a_folder_that_is_none_tells_nothing(tmp_path: Path) -> None:
    (tmp_path / "unkept").write_text("")
    assert read_unkept(Run("r", tmp_path)) == {}
    assert last_unkept(tmp_path / "away", "api_test") == ""


def test_the_last_lines_say_it_above_the_verdict_and_a_reason_once() -> None:
    report = build_report([green("api_lint"), green("api_test")], duration_s=1.0)
    told = replace(report, unkept={"api_lint": WHY, "api_test": WHY})
    assert render_terminal(told).splitlines()[-3:] == [
        f"api_lint, api_test  not kept for later: {WHY}",
        "",
        "Green in 1.0 s",
    ]
    assert "not kept" not in render_terminal(report)
