import pytest

from cicd.backend.selection import Selection, parse_selection, select


@pytest.mark.parametrize(
    ("arguments", "partial"),
    [
        ((), False),
        (("-v",), False),
        (("-q", "--tb=short", "-n", "4", "--durations", "3"), False),
        (("tests/test_a.py",), True),
        (("tests/test_a.py::test_b",), True),
        (("-k", "name"), True),
        (("-kname",), True),
        (("-m", "not slow"), True),
        (("--lf",), True),
        (("-x",), True),
        (("--ignore=tests/slow",), True),
        (("--maxfail=1",), True),
        (("--unknown", "value"), True),
    ],
)
def test_a_part_of_the_tests_is_told_from_all_of_them(
    arguments: tuple[str, ...], partial: bool
) -> None:
    assert parse_selection(arguments) == Selection(arguments, partial, keep_db=False)


def test_what_is_ours_is_taken_out() -> None:
    arguments = ("tests/test_a.py::test_b", "--keep-db")
    assert parse_selection(arguments) == Selection(("tests/test_a.py::test_b",), True, True)
    assert parse_selection(("--keep-db",)) == Selection((), False, True)


def test_what_a_session_usually_runs_is_the_whole_of_it() -> None:
    assert select([], ["tests"]) == Selection(("tests",), partial=False, keep_db=False)
    assert select(["--keep-db"], ["tests"]) == Selection(("tests",), partial=False, keep_db=True)


def test_what_the_user_gives_replaces_it() -> None:
    assert select(["-k", "one"], ["tests"]).arguments == ("-k", "one")
