"""Which tests failed and passed with nothing changed."""

import threading
from pathlib import Path

from cicd.cache.flaky import (
    History,
    Run,
    describe,
    note_run,
    parse_history,
    render_history,
    with_run,
)
from cicd.system.state import read_object

NAME = "tests/test_a.py::test_a"
OTHER = "tests/test_a.py::test_b"


def run(key: str, *failed: str, day: int = 1, complete: bool = True) -> Run:
    at = f"2026-11-{day:02}T10:00:00+00:00"
    return Run(run=f"run-{day}", at=at, key=key, failed=failed, complete=complete)


def history(*runs: Run) -> History:
    made = History()
    for one in runs:
        made = with_run(made, one, ())
    return made


def test_it_is_flaky_when_it_failed_and_later_passed_under_the_same_key() -> None:
    assert [*history(run("k", NAME), run("k", day=2)).flaky] == [NAME]
    assert [*history(run("k", NAME, OTHER), run("k", OTHER, day=2)).flaky] == [NAME]


def test_it_is_flaky_when_it_passed_and_later_failed() -> None:
    assert [*history(run("k"), run("k", NAME)).flaky] == [NAME]


def test_something_changed_explains_it() -> None:
    assert not history(run("one", NAME), run("two")).flaky


def test_what_decided_it_is_not_known() -> None:
    assert not history(run("", NAME), run("")).flaky


def test_a_run_that_was_cut_short_proves_nothing_of_what_it_did_not_run() -> None:
    assert not history(run("k", NAME), run("k", complete=False)).flaky
    assert not history(run("k", complete=False), run("k", NAME)).flaky


def test_one_that_passed_within_its_run_is_flaky_whatever_the_key() -> None:
    assert [*with_run(History(), run("", NAME), [NAME]).flaky] == [NAME]


def test_its_history_is_told_in_a_line() -> None:
    runs = [run(str(day), *([NAME] if day in (3, 9, 20) else []), day=day) for day in range(1, 26)]
    assert describe(history(*runs), NAME) == "failed 2 of the last 20 runs, last 2026-11-20"
    assert describe(history(run("k", NAME)), NAME) == "failed the only run so far, last 2026-11-01"
    assert describe(history(run("k")), NAME) == ""


def test_it_is_remembered_with_its_first_and_its_last_failure() -> None:
    (span,) = history(run("k", NAME, day=2), run("k", day=3), run("l", NAME, day=4)).flaky.values()
    assert (span.first[:10], span.last[:10]) == ("2026-11-02", "2026-11-04")


def test_little_is_kept_of_much() -> None:
    names = [f"test_{number}" for number in range(500)]
    made = History()
    for number in range(150):
        made = with_run(made, run(str(number), *names), names)
    assert (len(made.runs), len(made.flaky)) == (100, 200)
    assert len(parse_history(read(render_history(made))).runs[0].failed) == 200


def read(text: str) -> dict[str, object]:
    import json

    found = json.loads(text)
    assert isinstance(found, dict)
    return found


def test_it_is_read_as_it_was_written(tmp_path: Path) -> None:
    made = history(run("k", NAME), run("k", day=2))
    assert parse_history(read(render_history(made))) == made
    noted = note_run(tmp_path, "backend_test", run("k", NAME), ())
    assert parse_history(read_object(tmp_path / "flaky" / "backend_test.json")) == noted


def test_what_is_damaged_or_of_another_schema_counts_as_empty() -> None:
    good = read(render_history(history(run("k", NAME))))
    runs = good["runs"]
    assert isinstance(runs, list)
    damaged: tuple[dict[str, object], ...] = (
        {},
        {**good, "schema": 99},
        {**good, "runs": 5},
        {**good, "runs": [{**runs[0], "failed": [1]}]},
        {**good, "runs": [{**runs[0], "more": 1}]},
        {**good, "flaky": {NAME: {"first": 1, "last": 2}}},
    )
    assert [parse_history(each) for each in damaged] == [History()] * len(damaged)
    assert parse_history(good) != History()


def test_two_runs_that_end_at_once_are_both_kept(tmp_path: Path) -> None:
    def note(day: int) -> None:
        note_run(tmp_path, "backend_test", run("k", NAME, day=day), ())

    threads = [threading.Thread(target=note, args=(day,)) for day in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = parse_history(read_object(tmp_path / "flaky" / "backend_test.json"))
    assert sorted(one.run for one in found.runs) == [f"run-{day}" for day in range(1, 9)]
