"""Of a long output those lines are shown that say what is wrong."""

from __future__ import annotations

from cicd.images.telling import find_telling

TRACEBACK = """\
Traceback (most recent call last):
  File "backends/utils.py", line 91, in __exit__
    raise dj_exc_value.with_traceback(traceback) from exc_value
django.db.utils.NotSupportedError: extension "postgis" is not available
DETAIL:  Could not open extension control file
HINT:  The extension must first be installed

INFO success: entered RUNNING state
"""


def test_the_last_error_stands_first_with_what_follows() -> None:
    assert find_telling(TRACEBACK.splitlines()) == [
        'django.db.utils.NotSupportedError: extension "postgis" is not available',
        "DETAIL:  Could not open extension control file",
        "HINT:  The extension must first be installed",
        "INFO success: entered RUNNING state",
    ]


def test_without_an_error_the_last_lines_are_shown() -> None:
    assert find_telling(["one", "two", "", "three", "no errors: none", ""]) == [
        "two",
        "three",
        "no errors: none",
    ]


def test_what_printed_nothing_has_nothing_to_show() -> None:
    assert find_telling([]) == []
