"""What the page shows."""

import socket
from pathlib import Path

from benchmarks import machine
from benchmarks.catalog import CASES
from benchmarks.page import render
from benchmarks.results import Comparison, Result, keep, read


def result(ratio: float) -> Result:
    compared = Comparison(what="listing", ours="2 s", beside="other: 1 s", ratio=ratio, reach=0.8)
    return Result(
        case="listing",
        title="Listing",
        text="Two sides.",
        columns=["", "wall"],
        lines=[["ours", "2 s"]],
        comparisons=[compared],
        notes=[],
        on="2026-01-01",
        rounds=3,
    )


def test_a_reach_that_is_missed_stands_in_the_first_table() -> None:
    page = render([result(2.0)], [], "2 cores", {})
    assert "| listing | 2 s | other: 1 s | 2.00 | at most 0.80 | **no** |" in page


def test_a_reach_that_is_reached_is_called_so() -> None:
    assert "| 0.80 | at most 0.80 | yes |" in render([result(0.8)], [], "2 cores", {})


def test_a_case_that_was_not_measured_is_named() -> None:
    assert "Not measured here: Growth." in render([result(2.0)], ["Growth"], "2 cores", {})


def test_what_was_found_is_read_back_as_it_was(tmp_path: Path) -> None:
    keep(tmp_path, result(2.0))
    assert read(tmp_path, "listing") == result(2.0)
    assert read(tmp_path, "growth") is None


def test_a_machine_is_described_without_its_name() -> None:
    said = machine.describe_machine()
    assert "cores" in said
    assert socket.gethostname() not in said


def test_each_case_has_a_name_for_the_command_line() -> None:
    assert all(name.replace("-", "").isalpha() for name in CASES)
