from dataclasses import replace
from pathlib import Path

import pytest

from cicd.errors import CicdError
from cicd.model import Failure, Outcome, Verdict
from cicd.records.judgement import judge
from cicd.records.record import Ran, Record, parse_json, render_json
from cicd.records.store import read_records, write_record
from cicd.records.summary import render_summary

FAILURE = Failure(
    title="test_two_buyers",
    path="backend/tests/test_orders.py",
    line=88,
    detail="assert stock == 0, was -1",
    repeat="nox -s backend_test -- tests/test_orders.py::test_two_buyers",
)
GREEN = Record(
    session="backend_lint",
    run="r",
    part="backend",
    verb="lint",
    started_at="2026-01-01T10:00:00+00:00",
    verdict=Verdict.PASSED,
    duration_s=0.94,
    outcome=Outcome(headline="41 files", metrics={"files": 41}),
    commands=(Ran(command="flake8", return_code=0, duration_s=0.9),),
)
RED = replace(
    GREEN,
    session="backend_test",
    started_at="2026-01-01T10:00:01+00:00",
    verdict=Verdict.FAILED,
    outcome=Outcome(headline="1 of 212 tests failed", passed=False, failures=(FAILURE,)),
)
GAP = replace(
    GREEN, session="api_image", verdict=Verdict.NOT_VERIFIED, reason="no engine", outcome=Outcome()
)


def test_a_record_survives_json() -> None:
    assert parse_json(render_json(RED)) == RED


def test_a_field_of_a_later_version_is_passed_over() -> None:
    assert parse_json(render_json(GREEN).replace('"part"', '"later": 1, "part"')) == GREEN


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema": 99}', '{"schema": 1}'])
def test_anything_else_is_not_a_record(text: str) -> None:
    with pytest.raises(CicdError):
        parse_json(text)


def test_records_come_back_in_the_order_of_their_start(tmp_path: Path) -> None:
    for record in (RED, GREEN):
        write_record(tmp_path, record)
    (tmp_path / "broken.json").write_text("{")
    assert read_records(tmp_path) == (GREEN, RED)


def test_a_mask_is_applied_to_what_is_written(tmp_path: Path) -> None:
    write_record(tmp_path, GREEN, lambda text: text.replace("flake8", "***"))
    assert "flake8" not in (tmp_path / "backend_lint.json").read_text()


def test_a_mask_leaves_alone_what_programs_read(tmp_path: Path) -> None:
    """With "test" for a password: the record must still be found, and be that of its session."""
    record = replace(RED, reason="no test", commands=(replace(GREEN.commands[0], command="test"),))
    write_record(tmp_path, record, lambda text: text.replace("test", "***").replace("1", "***"))
    (read,) = read_records(tmp_path)
    assert (read.session, read.verdict, read.outcome.passed) == ("backend_test", "failed", False)
    assert (read.reason, read.commands[0].command) == ("no ***", "***")
    assert read.outcome.failures[0].title == "***_two_buyers"


def test_all_passed_is_green() -> None:
    assert judge([GREEN], ["backend_lint"]).verdict is Verdict.PASSED


def test_one_failed_is_red() -> None:
    assert judge([GREEN, RED]).red == ("backend_test",)


def test_a_required_session_without_a_record_is_red() -> None:
    assert judge([GREEN], ["backend_lint", "frontend_test"]).red == ("frontend_test",)


def test_a_session_that_was_killed_is_red() -> None:
    assert judge([replace(GREEN, verdict=None)]).red == ("backend_lint",)


def test_a_gap_is_not_green() -> None:
    assert judge([GREEN, GAP]).verdict is Verdict.NOT_VERIFIED


def test_the_summary_of_a_red_run_ends_with_what_is_red() -> None:
    assert render_summary([GREEN, RED], duration_s=15.04) == (
        "\n"
        "  backend_lint  ✓    0.9 s   41 files\n"
        "  backend_test  ✗    0.9 s   1 of 212 tests failed\n"
        "\n"
        "backend_test  backend/tests/test_orders.py:88  test_two_buyers\n"
        "              assert stock == 0, was -1\n"
        "              repeat:  nox -s backend_test -- tests/test_orders.py::test_two_buyers\n"
        "\n"
        "Red in 15.0 s: backend_test\n"
    )


def test_the_summary_of_a_green_run_names_what_was_not_verified() -> None:
    assert render_summary([GREEN, GAP], duration_s=2) == (
        "\n"
        "  backend_lint  ✓    0.9 s   41 files\n"
        "  api_image     –    0.9 s   no engine\n"
        "\n"
        "Green in 2.0 s, with one session NOT VERIFIED:\n"
        "  api_image: no engine\n"
    )


def test_the_summary_of_a_red_run_also_names_what_was_not_verified() -> None:
    summary = render_summary([RED, GAP], duration_s=2)
    assert summary.endswith("NOT VERIFIED:\n  api_image: no engine\n\nRed in 2.0 s: backend_test\n")


def test_a_session_that_did_not_run_stands_in_the_table() -> None:
    assert "frontend_test  ✗           did not run" in render_summary(
        [GREEN], required=["backend_lint", "frontend_test"], duration_s=1
    )


def test_a_long_list_of_failures_is_cut_and_counted() -> None:
    many = replace(RED, outcome=replace(RED.outcome, failures=(FAILURE,) * 9))
    assert "backend_test  and 4 more, see above" in render_summary([many], duration_s=1)


def test_a_reason_of_several_lines_is_shown_as_a_whole() -> None:
    tried = "database  PostgreSQL 15 was asked for. Tried:\n  local  no initdb of major 15"
    gap = render_summary([replace(GAP, reason=tried)], duration_s=1)
    assert gap.endswith(
        "NOT VERIFIED:\n"
        "  api_image: database  PostgreSQL 15 was asked for. Tried:\n"
        "      local  no initdb of major 15\n"
    )
    red = render_summary([replace(GAP, reason=tried, verdict=Verdict.FAILED)], duration_s=1)
    assert "\n\napi_image  database  PostgreSQL 15 was asked for. Tried:\n" in red
    assert "             local  no initdb of major 15\n\nRed in " in red


def test_a_session_that_passed_with_failures_is_named_in_the_verdict() -> None:
    allowed = replace(RED, verdict=Verdict.PASSED)
    summary = render_summary([GREEN, allowed], duration_s=1)
    assert "backend_test  backend/tests/test_orders.py:88  test_two_buyers" in summary
    assert summary.endswith("\n\nGreen in 1.0 s, with failures in backend_test\n")


def test_a_long_reason_that_several_sessions_have_is_told_once() -> None:
    first = replace(GAP, reason="Python 3.13 is not on this machine. Tried:\n  PATH  nothing")
    second = replace(first, session="web_image")
    summary = render_summary([first, second], duration_s=1)
    assert (
        "  api_image: Python 3.13 is not on this machine. Tried:\n      PATH  nothing\n" in summary
    )
    assert "  web_image: as api_image\n" in summary
