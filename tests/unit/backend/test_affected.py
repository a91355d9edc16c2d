"""Where pytest-testmon is blind, everything runs."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from cicd.backend.affected import Seen, see, why_all

CODE = "LIMIT = 1\n\n\nclass A:\n    kind = 'a'\n\n    def one(self, x=1):\n        return 1\n"
FILES = {"backend/code.py": CODE, "backend/tests/test_code.py": "", "backend/books.csv": "Emma"}
TOUCHED = ("backend/code.py", "backend/tests/test_code.py")


def seen(root: Path, before: Seen | None = None, **changes: str | None) -> Seen:
    texts: dict[str, str] = dict(FILES)
    for key, text in changes.items():
        name = f"backend/{key.replace('__', '/').replace('_dot_', '.')}"
        if text is None:
            del texts[name]
        else:
            texts[name] = text
    for name, text in texts.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    files: Mapping[str, str] = {name: str(hash(text)) for name, text in texts.items()}
    return see(root, {"Python": "3.13"}, files, before)


def test_the_body_of_a_function_that_a_test_ran_is_seen(tmp_path: Path) -> None:
    before = seen(tmp_path)
    now = seen(tmp_path, before, code_dot_py=CODE.replace("return 1", "return 2"))
    assert why_all(before, before, TOUCHED) == "" == why_all(before, now, TOUCHED)


@pytest.mark.parametrize(
    ("old", "new"),
    [("LIMIT = 1", "LIMIT = 2"), ("kind = 'a'", "kind = 'b'"), ("x=1", "x=2"), ("return 1", "re(")],
)
def test_what_runs_for_an_import_is_not(tmp_path: Path, old: str, new: str) -> None:
    before = seen(tmp_path)
    now = seen(tmp_path, before, code_dot_py=CODE.replace(old, new))
    assert why_all(before, now, TOUCHED) == "backend/code.py changed outside of its functions"


def test_nor_is_anything_else(tmp_path: Path) -> None:
    before = seen(tmp_path)
    new, gone = "def new():\n    pass\n", seen(tmp_path, before, code_dot_py=None)
    reasons = {
        why_all(None, before, TOUCHED): "nothing is remembered yet",
        why_all(replace(before, frame={}), before, TOUCHED): "Python changed",
        why_all(before, seen(tmp_path, books_dot_csv="x"), TOUCHED): "backend/books.csv changed",
        why_all(before, seen(tmp_path, new_dot_py=new), TOUCHED): "backend/new.py is new",
        why_all(before, gone, TOUCHED): "backend/code.py is gone",
        why_all(
            before, seen(tmp_path, code_dot_py=CODE.replace("return 1", "return 2")), ()
        ): "backend/code.py changed, which no test was seen to run",
        why_all(
            seen(tmp_path, conftest_dot_py=new),
            seen(tmp_path, conftest_dot_py=new.replace("pass", "return 1")),
            (*TOUCHED, "backend/conftest.py"),
        ): "backend/conftest.py changed",
    }
    assert [*reasons] == [*reasons.values()]


def test_a_test_file_that_changed_or_is_new_runs_by_itself(tmp_path: Path) -> None:
    before = seen(tmp_path)
    assert why_all(before, seen(tmp_path, tests__test_code_dot_py="A = 1\n"), ()) == ""
    assert why_all(before, seen(tmp_path, tests__test_new_dot_py="A = 1\n"), ()) == ""
    assert why_all(before, seen(tmp_path, tests__test_code_dot_py=None), ()).endswith("is gone")
