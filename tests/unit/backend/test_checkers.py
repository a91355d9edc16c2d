"""What the tools print, also in versions that a project may still pin."""

from pathlib import Path

import pytest

from cicd.backend.checkers import black, flake8, isort, mypy, pylint, pyright, ruff, ruff_format, ty
from cicd.backend.checkers.port import Checker, Finding, Scope
from cicd.backend.settings import Settings

SCOPE = Scope(
    program=Path("/env/bin/tool"),
    folder=Path("/repo/backend"),
    targets=("shop", "tests"),
    whole=True,
    settings=Settings(),
    python=Path("/env/bin/python"),
    line_length=100,
)


@pytest.mark.parametrize(
    ("checker", "output", "findings", "scanned"),
    [
        (
            black,
            "would reformat shop/a b.py\n\nOh no!\n1 file would be reformatted, 2 files would be"
            " left unchanged, 1 file would fail to reformat.\n"
            "error: cannot parse: /repo/bad.py:1:6\n    def f(:\n",
            (
                Finding("shop/a b.py", None, "is not formatted as black does it", True),
                Finding("/repo/bad.py", 1, "cannot be parsed by black"),
            ),
            4,
        ),
        (
            black,
            "error: cannot format /repo/bad.py: Cannot parse for target version Python 3.13: 1:6:"
            " def f(:\nAll done!\n2 files would be left unchanged, 1 file would fail to reformat.",
            (Finding("/repo/bad.py", 1, "cannot be parsed by black"),),
            3,
        ),
        (black, "No Python files are present to be formatted. Nothing to do", (), 0),
        (
            ruff_format,
            "Would reformat: a.py\n1 file would be reformatted, 2 files already formatted\n",
            (Finding("a.py", None, "is not formatted as ruff does it", True),),
            3,
        ),
        (
            ruff_format,
            "error: Failed to parse bad.py:1:7: Expected a parameter\n2 files already formatted",
            (Finding("bad.py", 1, "Expected a parameter"),),
            2,
        ),
        (
            ruff,
            "a.py:1:8: F401 [*] `os` imported but unused\na.py:5:10: F821 Undefined name `x`\n"
            "bad.py:1:7: SyntaxError: Expected\nFound 3 errors.\n",
            (
                Finding("a.py", 1, "F401 `os` imported but unused", True),
                Finding("a.py", 5, "F821 Undefined name `x`"),
                Finding("bad.py", 1, "SyntaxError: Expected"),
            ),
            None,
        ),
        (
            flake8,
            "./a.py:3:2: E231 missing whitespace after ':'\n3          total files processed\n",
            (Finding("./a.py", 3, "E231 missing whitespace after ':'"),),
            3,
        ),
        (
            isort,
            "ERROR: /repo/a.py Imports are incorrectly sorted and/or formatted.\n",
            (Finding("/repo/a.py", None, "has unsorted imports (isort)", True),),
            None,
        ),
        (
            pylint,
            "************* Module a\na.py:5:9: E0602 Undefined variable (undefined-variable)\n",
            (Finding("a.py", 5, "E0602 Undefined variable (undefined-variable)", severe=False),),
            None,
        ),
        (
            mypy,
            "a.py:3: error: Bad  [x]\na.py:4:2: error: Col  [y]\na.py:4: note: no\n"
            "setup.cfg: error: No section\nFound 3 errors in 1 file (checked 7 source files)\n",
            (
                Finding("a.py", 3, "Bad  [x]"),
                Finding("a.py", 4, "Col  [y]"),
                Finding("setup.cfg", None, "No section"),
            ),
            7,
        ),
        (mypy, "Success: no issues found in 1 source file\n", (), 1),
        (
            pyright,
            "Found 3 source files\n  /r/a.py:3:9 - error: Bad (x)\n  /r/a.py:4:9 - warning: w",
            (
                Finding("/r/a.py", 3, "error: Bad (x)"),
                Finding("/r/a.py", 4, "warning: w", severe=False),
            ),
            3,
        ),
        (pyright, "No source files found.\n", (), 0),
        (
            ty,
            "a.py:3:9: error[bad] No\na.py:4:9: warning[w] Hm\nFound 2 diagnostics\n",
            (
                Finding("a.py", 3, "error[bad] No"),
                Finding("a.py", 4, "warning[w] Hm", severe=False),
            ),
            None,
        ),
    ],
)
def test_findings_and_numbers_are_read(
    checker: Checker, output: str, findings: tuple[Finding, ...], scanned: int | None
) -> None:
    assert checker.parse_findings(output) == findings
    if scanned is not None:
        assert checker.parse_scanned(output) == scanned


def test_a_check_is_a_command_that_writes_nothing() -> None:
    tool = str(SCOPE.program)
    assert black.check_command(SCOPE).argv == (tool, "--check", ".")
    assert "--no-fix" in ruff.check_command(SCOPE).argv
    assert "--check" in ruff_format.check_command(SCOPE).argv
    assert "--check-only" in isort.check_command(SCOPE).argv


def test_flake8_follows_black_only_where_the_repository_says_nothing() -> None:
    plain = ("/env/bin/tool", "--format=default", "--benchmark")
    ours = ("--max-line-length", "100", "--extend-ignore", "E203,E701")
    assert flake8.check_command(SCOPE).argv == (*plain, *ours, "shop", "tests")


@pytest.mark.parametrize("checker", [black, flake8, isort, mypy, pylint, pyright, ruff, ty])
def test_a_check_runs_in_the_folder_of_the_part(checker: Checker) -> None:
    assert checker.check_command(SCOPE).cwd == SCOPE.folder
