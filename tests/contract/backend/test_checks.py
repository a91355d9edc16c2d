"""Every checker that is supported, the real one, on a miniature project."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from cicd.backend.checks import Kind, Task, run_checks, run_fixes
from cicd.backend.environment import Environment
from cicd.config.parts import Backend
from cicd.model import Outcome
from cicd.system.git import read_tree
from cicd.system.place import Place

pytestmark = pytest.mark.network
Run = Callable[..., Outcome]
PART = Backend("backend", name="backend", source=("shop",))
GOOD = {
    "backend/shop/__init__.py": '"""A shop."""\n',
    "backend/shop/stock.py": '"""The stock."""\n\nimport os\nimport sys\n\nHERE: str = os.sep\n'
    "THERE: str = sys.prefix\n",
    "backend/pyproject.toml": "",
}
ISORT = '[tool.isort]\nprofile = "black"\n'


@pytest.fixture
def run(
    place: Place, suite_environment: Environment, tmp_path_factory: pytest.TempPathFactory
) -> Run:
    # Tools are kept for all tests: each is made once.
    state = tmp_path_factory.getbasetemp() / "tools"

    def run(kind: Kind, *names: str, fix: bool = False, avoid: tuple[str, ...] = ()) -> Outcome:
        fields = {Kind.FORMAT: "formatter", Kind.LINT: "linter", Kind.TYPES: "types"}
        part = replace(PART, formatter=None, linter=None, types=None)
        task = Task(
            place=replace(place, state=state),
            part=replace(part, **{fields[kind]: names}),
            environment=suite_environment,
            tree=read_tree(place.root),
            search_path=os.environ["PATH"],
            avoid=avoid,
            repeat=f"nox -s backend_{kind}",
        )
        return run_fixes(task) if fix else run_checks(task, kind)

    return run


ALL = [
    (Kind.FORMAT, "black"),
    (Kind.FORMAT, "isort"),
    (Kind.FORMAT, "ruff"),
    (Kind.LINT, "flake8"),
    (Kind.LINT, "ruff"),
    (Kind.LINT, "pylint"),
    (Kind.TYPES, "mypy"),
    (Kind.TYPES, "pyright"),
    (Kind.TYPES, "ty"),
]


@pytest.mark.parametrize(("kind", "name"), ALL)
def test_good_files_are_green_and_counted(
    run: Run, write: Callable[..., Path], kind: Kind, name: str
) -> None:
    write(GOOD)
    outcome = run(kind, name)
    assert outcome.failures == ()
    assert outcome.passed
    assert outcome.headline == "2 files"


BAD = {
    "black": ("x = {  }\n", None),
    "isort": ('"""Doc."""\n\nimport sys\nimport os\n\nprint(os, sys)\n', None),
    "ruff": ("import os\n", 1),
    "flake8": ('"""Doc."""\n\nimport os\n', 3),
    "pylint": ('"""Doc."""\n\nprint(no_such_name)\n', 3),
    "mypy": ('x: int = 1\ny: int = "a"\n', 2),
    "pyright": ('x: int = 1\ny: int = "a"\n', 2),
    "ty": ('x: int = 1\ny: int = "a"\n', 2),
}


@pytest.mark.parametrize(("kind", "name"), ALL)
def test_a_bad_file_is_found_with_its_line(
    run: Run, write: Callable[..., Path], kind: Kind, name: str
) -> None:
    write(GOOD)
    text, line = BAD[name]
    if (kind, name) == (Kind.FORMAT, "ruff"):
        text, line = BAD["black"][0], 1
    root = write({"backend/shop/bad.py": text})
    outcome = run(kind, name)
    assert not outcome.passed
    assert outcome.headline == "1 finding"
    (failure,) = outcome.failures
    assert (failure.path, failure.line) == ("backend/shop/bad.py", line)
    assert failure.repeat == f"nox -s backend_{kind}"
    assert (root / "backend" / "shop" / "bad.py").read_text() == text


@pytest.mark.parametrize(("kind", "name"), ALL)
def test_a_file_that_is_no_python_is_found(
    run: Run, write: Callable[..., Path], kind: Kind, name: str
) -> None:
    write(GOOD)
    write({"backend/shop/bad.py": "def f(:\n"})
    outcome = run(kind, name)
    if name == "isort":
        # isort sorts imports without reading the rest.
        return
    assert not outcome.passed
    assert {failure.path for failure in outcome.failures} == {"backend/shop/bad.py"}


@pytest.mark.parametrize(
    ("kind", "name", "text"),
    [
        (Kind.FORMAT, "black", "x = {  }\n"),
        (Kind.FORMAT, "ruff", "x = {  }\n"),
        (Kind.FORMAT, "isort", "import sys\nimport os\n\nprint(os, sys)\n"),
        (Kind.LINT, "ruff", '"""Doc."""\n\nimport os\n'),
    ],
)
def test_what_a_tool_can_write_it_writes_and_says_that_it_can(
    run: Run, write: Callable[..., Path], kind: Kind, name: str, text: str
) -> None:
    write(GOOD)
    write({"backend/shop/bad.py": text})
    assert [failure.fix for failure in run(kind, name).failures] == ["nox -s fix"]
    assert run(kind, name, fix=True).passed
    assert run(kind, name).passed


def test_settings_that_write_do_not_write_in_a_check(run: Run, write: Callable[..., Path]) -> None:
    write(GOOD)
    root = write(
        {
            "backend/shop/bad.py": "import os\n",
            "backend/pyproject.toml": "[tool.ruff]\nfix = true\n",
        }
    )
    assert not run(Kind.LINT, "ruff").passed
    assert (root / "backend" / "shop" / "bad.py").read_text() == "import os\n"


def test_all_tools_of_a_kind_are_reported_together(run: Run, write: Callable[..., Path]) -> None:
    write(GOOD)
    write({"backend/shop/bad.py": "import sys\nimport os\n\nprint(os,sys)\n"})
    outcome = run(Kind.FORMAT, "black", "isort")
    assert outcome.headline == "2 findings"
    assert set(outcome.facts) == {"black", "isort"}


@pytest.mark.parametrize("name", ["black", "ruff", "flake8"])
def test_settings_that_leave_all_files_out_are_red(
    run: Run, write: Callable[..., Path], name: str
) -> None:
    write(GOOD)
    settings = {
        "black": {"backend/pyproject.toml": '[tool.black]\nforce-exclude = "."\n'},
        "ruff": {"backend/pyproject.toml": '[tool.ruff]\nexclude = ["*.py"]\n'},
        "flake8": {"backend/.flake8": "[flake8]\nexclude = *.py\n"},
    }
    write(settings[name])
    outcome = run(Kind.FORMAT if name == "black" else Kind.LINT, name)
    assert not outcome.passed
    assert outcome.failures[0].title == f"{name} looked at no file, and there are 2"


def test_settings_that_leave_some_files_out_are_respected(
    run: Run, write: Callable[..., Path]
) -> None:
    write(GOOD)
    write(
        {
            "backend/shop/bad.py": "x = {  }\n",
            "backend/pyproject.toml": '[tool.black]\nextend-exclude = "bad"\n',
        }
    )
    assert run(Kind.FORMAT, "black").headline == "2 files"


@pytest.mark.parametrize("name", ["black", "flake8"])
def test_another_part_inside_of_this_one_is_left_to_its_own_sessions(
    run: Run, write: Callable[..., Path], name: str
) -> None:
    write(GOOD)
    write({"backend/inner/bad.py": "x = {  }\nimport os\n"})
    kind = Kind.FORMAT if name == "black" else Kind.LINT
    assert not run(kind, name).passed
    assert run(kind, name, avoid=("backend", "backend/inner")).headline == "2 files"


def test_flake8_without_settings_agrees_with_black(run: Run, write: Callable[..., Path]) -> None:
    write(GOOD)
    line = f'NAME = "{"x" * 85}"\n'
    write({"backend/shop/long.py": line})
    assert run(Kind.LINT, "flake8").failures[0].title.startswith("E501")
    write({"backend/pyproject.toml": "[tool.black]\nline-length = 100\n"})
    assert run(Kind.LINT, "flake8").passed


def test_a_tool_that_cannot_start_is_red(run: Run, write: Callable[..., Path]) -> None:
    write(GOOD)
    write({"backend/pyproject.toml": '[tool.black]\nline-length = "many"\n'})
    outcome = run(Kind.FORMAT, "black")
    assert not outcome.passed
    assert "black ended with" in outcome.failures[0].title
    assert "many" in outcome.failures[0].detail


def test_a_part_without_python_files_is_red(run: Run, write: Callable[..., Path]) -> None:
    write({"backend/pyproject.toml": ""})
    assert not run(Kind.LINT, "flake8").passed


def test_a_type_checker_sees_what_the_project_has_installed(
    run: Run, write: Callable[..., Path]
) -> None:
    write(GOOD)
    write({"backend/shop/uses.py": "import pytest\n\nx: str = pytest.__version__\n"})
    for name in ("mypy", "pyright", "ty"):
        assert run(Kind.TYPES, name).failures == (), name


def test_pylint_sees_what_the_project_has_installed(run: Run, write: Callable[..., Path]) -> None:
    write(GOOD)
    write({"backend/shop/uses.py": '"""Doc."""\n\nimport pytest\n\nprint(pytest.skip)\n'})
    assert run(Kind.LINT, "pylint").failures == ()


def test_a_warning_counts_where_the_settings_say_so(run: Run, write: Callable[..., Path]) -> None:
    write(GOOD)
    write({"backend/shop/warned.py": "x: int = 1  # ty: ignore[no-such-rule]\n"})
    rules = '[tool.ty.rules]\nignore-comment-unknown-rule = "warn"\n'
    write({"backend/pyproject.toml": f"{rules}[tool.ty.terminal]\nerror-on-warning = false\n"})
    assert run(Kind.TYPES, "ty").passed
    write({"backend/pyproject.toml": f"{rules}[tool.ty.terminal]\nerror-on-warning = true\n"})
    (failure,) = run(Kind.TYPES, "ty").failures
    assert failure.location == "backend/shop/warned.py:1"


def test_pylint_keeps_the_limit_that_the_project_sets(run: Run, write: Callable[..., Path]) -> None:
    write(GOOD)
    write({"backend/shop/doc.py": "X = 1\n"})
    assert not run(Kind.LINT, "pylint").passed
    write({"backend/pyproject.toml": "[tool.pylint.main]\nfail-under = 1\n"})
    assert run(Kind.LINT, "pylint").passed
