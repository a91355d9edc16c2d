"""Real pytest on projects of a few files, without a database of ours."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from cicd.database.broker import PLUGIN_FOLDER, Broker, serve_plugin
from cicd.system.process import plain_env

MARKED = """
    import pytest

    @pytest.mark.sqlite_incompatible
    def test_locks(): pass

    def test_plain(): pass
"""

WAITING = """
    import sys

    def test_good(): pass

    def test_waits():
        print("waiting", file=sys.__stdout__, flush=True)
        sys.stdin.readline()
"""


class Project:
    """A folder of tests, run by a pytest that knows of a session of ours."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, name: str, text: str) -> None:
        indent = re.match(r"\n*( *)", text)
        assert indent is not None
        lines = (line.removeprefix(indent[1]) for line in text.splitlines())
        (self.root / name).write_text("\n".join(lines))

    def pytest(self, broker: Broker, *arguments: str, **env: str) -> tuple[int, str]:
        done = subprocess.run(
            (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments),
            cwd=self.root,
            env=plain_env(os.environ, broker.env) | env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    def start(self, broker: Broker) -> subprocess.Popen[str]:
        """A run of tests that has come to the one that waits for a line."""
        process = subprocess.Popen(
            (sys.executable, "-m", "pytest", "-q", "-s", "-p", "no:cacheprovider"),
            cwd=self.root,
            env=plain_env(os.environ, broker.env),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        assert process.stdout.readline() == ".waiting\n"
        return process


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def test_the_plugin_needs_the_standard_library_and_pytest_alone() -> None:
    tree = ast.parse((PLUGIN_FOLDER / "cicd_pytest.py").read_text(), feature_version=(3, 9))
    top = [node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
    names = {
        name.name if isinstance(node, ast.Import) else node.module
        for node in top
        for name in node.names
    }
    assert names <= {*sys.stdlib_module_names, "pytest"}


def test_tests_that_sqlite_cannot_pass_are_deselected_on_sqlite(project: Project) -> None:
    project.write("test_a.py", MARKED)
    with serve_plugin(database="sqlite") as broker:
        code, output = project.pytest(broker, "--strict-markers")
    assert (code, broker.collected, broker.finished) == (0, 1, 1)
    assert "1 passed, 1 deselected" in output


def test_elsewhere_they_are_run(project: Project) -> None:
    project.write("test_a.py", MARKED)
    with serve_plugin() as broker:
        code, output = project.pytest(broker, "--strict-markers")
    assert (code, broker.finished) == (0, 2)
    assert "2 passed" in output


@pytest.mark.parametrize("end", ["os._exit(0)", "os.kill(os.getpid(), signal.SIGKILL)"])
def test_a_test_that_ends_its_process_is_known_by_name(project: Project, end: str) -> None:
    project.write(
        "test_a.py",
        f"""
        import os, signal
        def test_good(): pass
        def test_deadly(): {end}
        """,
    )
    with serve_plugin() as broker:
        project.pytest(broker)
        assert broker.running() == {"main": "test_a.py::test_deadly"}
    assert broker.running() == {"main": "test_a.py::test_deadly"}
    assert broker.finished == 1


def test_a_test_that_hangs_is_known_by_name_when_it_is_stopped(project: Project) -> None:
    project.write("test_a.py", WAITING)
    with serve_plugin() as broker:
        process = project.start(broker)
        process.kill()
        process.communicate()
        assert broker.running() == {"main": "test_a.py::test_waits"}
    assert (broker.running(), broker.finished) == ({"main": "test_a.py::test_waits"}, 1)


def test_a_run_that_ends_well_leaves_no_test_running(project: Project) -> None:
    project.write(
        "test_a.py",
        """
        import pytest
        def test_good(): pass
        def test_bad(): assert False
        def test_skipped(): pytest.skip()
        @pytest.fixture
        def broken(): raise ValueError
        def test_broken(broken): pass
        """,
    )
    with serve_plugin() as broker:
        code, _ = project.pytest(broker)
    assert (code, broker.running(), broker.finished) == (1, {}, 4)


def test_without_a_session_the_tests_run_as_if_the_plugin_were_not_there(
    project: Project,
) -> None:
    project.write("test_a.py", "def test_good(): pass\n")
    with serve_plugin() as broker:
        pass
    code, output = project.pytest(broker)
    assert (code, broker.finished) == (0, 0)
    assert "1 passed" in output


def test_a_session_that_ends_while_tests_run_does_not_disturb_them(project: Project) -> None:
    project.write("test_a.py", WAITING)
    with serve_plugin() as broker:
        process = project.start(broker)
    output, _ = process.communicate("go on\n")
    assert process.returncode == 0
    assert "2 passed" in output


def test_warnings_as_errors_find_nothing_in_the_plugin(project: Project) -> None:
    project.write("test_a.py", "def test_good(): pass\n")
    with serve_plugin() as broker:
        code, output = project.pytest(broker, "-W", "error", PYTHONWARNINGS="error")
    assert code == 0, output


def test_a_pytest_that_a_test_starts_is_let_be(project: Project) -> None:
    project.write(
        "test_a.py",
        """
        import subprocess, sys
        pytest_plugins = "pytester"
        INNER = "def test_inner(): pass"
        def test_process(pytester):
            pytester.makepyfile(INNER)
            assert pytester.runpytest_subprocess().ret == 0
        def test_in_process(pytester):
            pytester.makepyfile(INNER)
            pytester.runpytest_inprocess("-W", "error").assert_outcomes(passed=1)
        """,
    )
    with serve_plugin() as broker:
        code, output = project.pytest(broker, "-W", "error")
    assert (code, broker.collected, broker.finished) == (0, 2, 2), output


def test_the_plugin_of_the_user_is_loaded_as_well(project: Project) -> None:
    project.write("mine.py", "def pytest_report_header(): return 'mine is here'\n")
    project.write("test_a.py", "def test_good(): pass\n")
    environ = {"PYTEST_PLUGINS": "mine", "PYTHONPATH": str(project.root)}
    with serve_plugin(environ=environ) as broker:
        _, output = project.pytest(broker, "-v")
    assert "mine is here" in output
    assert broker.finished == 1


def test_fixtures_of_ours_say_that_there_is_no_database(project: Project) -> None:
    project.write(
        "test_a.py",
        """
        def test_own(database_url): pass
        def test_fresh(fresh_database_url): pass
        """,
    )
    with serve_plugin() as broker:
        code, output = project.pytest(broker)
    assert code == 1
    assert len(re.findall(r"E +RuntimeError: there is no PostgreSQL database of", output)) == 2


@pytest.mark.parametrize("switch", ["PYTEST_DISABLE_PLUGIN_AUTOLOAD", "PYTHONDONTWRITEBYTECODE"])
def test_switches_of_pytest_and_python_do_not_matter(project: Project, switch: str) -> None:
    project.write("test_a.py", "def test_good(): pass\n")
    with serve_plugin() as broker:
        code, _ = project.pytest(broker, **{switch: "1"})
    assert (code, broker.finished) == (0, 1)


def test_a_project_that_refuses_the_plugin_is_tested_all_the_same(project: Project) -> None:
    project.write("pytest.ini", "[pytest]\naddopts = -p no:cicd_pytest\n")
    project.write("test_a.py", "def test_good(): pass\n")
    with serve_plugin() as broker:
        code, _ = project.pytest(broker)
    assert (code, broker.finished) == (0, 0)
