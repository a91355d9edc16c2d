import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from cicd.backend.environment import Environment
from cicd.backend.selection import parse_selection
from cicd.backend.testers.port import SuiteJob
from cicd.backend.tests import run_tests
from cicd.config.parts import Backend
from cicd.database.broker import serve_plugin
from cicd.model import Failure, Outcome
from cicd.system.place import Place

pytestmark = pytest.mark.network
Run = Callable[..., Outcome]
PART = Backend("backend", name="backend", tests="pytest", source=("shop",))


@pytest.fixture
def run(place: Place, suite_environment: Environment) -> Run:
    return runs(place, suite_environment)


@pytest.fixture
def run_old(place: Place, old_suite_environment: Environment) -> Run:
    return runs(place, old_suite_environment)


def runs(place: Place, environment: Environment) -> Run:
    def run(
        *arguments: str,
        part: Backend = PART,
        running: Callable[[], Mapping[str, str]] | None = None,
        env: Mapping[str, str] | None = None,
    ) -> Outcome:
        given = env or {}
        # As in a session: what names modules to load is continued, not replaced.
        with serve_plugin(environ={**os.environ, **given}) as broker:
            job = SuiteJob(
                place=place,
                part=part,
                environment=environment,
                selection=parse_selection(arguments),
                env={**given, **broker.env},
                environ=dict(os.environ),
            )
            return run_tests(
                job,
                repeat_prefix="nox -s backend_test --",
                inspectable=True,
                running=lambda: {**broker.running(), **(running() if running else {})},
            )

    return run


SHOP = {
    "backend/pyproject.toml": "[tool.pytest.ini_options]\n",
    "backend/shop/__init__.py": """\
        def take(stock):
            if stock == 0:
                return 0
            return stock - 1
        """,
    "backend/tests/test_stock.py": """\
        from shop import take

        def test_one_is_taken():
            assert take(2) == 1
        """,
}


def test_a_green_run_tells_its_numbers_and_leaves_the_reports(
    run: Run, write: Callable[..., Path], place: Place
) -> None:
    write(SHOP)
    outcome = run()
    assert outcome.passed
    assert outcome.headline == "1 test · 75 % covered"
    assert outcome.metrics["tests"] == 1
    assert outcome.metrics["coverage_percent"] == 75
    assert {file.name for file in place.reports.iterdir()} >= {
        "junit.xml",
        "coverage.xml",
        "coverage.json",
    }
    assert not (place.root / "backend" / ".coverage").exists()


def test_a_failed_test_is_told_with_its_place_and_with_the_command_that_repeats_it(
    run: Run, write: Callable[..., Path]
) -> None:
    write(SHOP)
    write({"backend/tests/test_orders.py": """\
            import pytest

            class TestBuyers:
                @pytest.mark.parametrize("many", [1, 2], ids=["one", "two buyers"])
                def test_one_book(self, many):
                    stock = 1 - many
                    assert stock == 0
            """})
    outcome = run()
    assert not outcome.passed
    assert outcome.headline == "1 of 3 tests failed · 75 % covered"
    repeat = "nox -s backend_test -- 'tests/test_orders.py::TestBuyers::test_one_book[two buyers]'"
    assert outcome.failures == (
        Failure(
            title="test_one_book[two buyers]",
            path="backend/tests/test_orders.py",
            line=7,
            detail="assert -1 == 0",
            repeat=repeat,
            inspect=f"{repeat} --keep-db",
            test="backend/tests/test_orders.py::TestBuyers::test_one_book[two buyers]",
        ),
    )


def test_the_command_that_repeats_a_failure_runs_that_test_alone(
    run: Run, write: Callable[..., Path]
) -> None:
    write(SHOP)
    write({"backend/tests/test_b.py": "def test_no():\n    assert 0\n\ndef test_yes(): pass\n"})
    name = run().failures[0].repeat.rpartition(" ")[2]
    assert run(name).metrics["tests"] == 1


def test_a_module_that_cannot_be_imported_is_a_failure_with_its_reason(
    run: Run, write: Callable[..., Path]
) -> None:
    write(SHOP)
    write({"backend/tests/test_broken.py": "\nimport no_such_module\n"})
    (failure,) = run().failures
    assert failure.path == "backend/tests/test_broken.py"
    assert failure.line == 2
    assert failure.detail == "ModuleNotFoundError: No module named 'no_such_module'"
    assert failure.repeat == "nox -s backend_test -- tests/test_broken.py"


def test_a_run_without_a_test_is_red(run: Run, write: Callable[..., Path]) -> None:
    write({"backend/shop/__init__.py": "", "backend/pyproject.toml": ""})
    outcome = run()
    assert not outcome.passed
    assert outcome.headline == "no test was found"
    assert outcome.failures[0].repeat == "nox -s backend_test"


def test_a_choice_of_no_test_is_red_and_named(run: Run, write: Callable[..., Path]) -> None:
    write(SHOP)
    outcome = run("-k", "nothing")
    assert not outcome.passed
    assert outcome.headline == "no test was run: `-k nothing` chooses none"


def test_a_run_that_skips_everything_has_verified_nothing(
    run: Run, write: Callable[..., Path]
) -> None:
    write(SHOP)
    write({"backend/tests/test_stock.py": """\
            import pytest
            pytestmark = pytest.mark.skip("no")
            def test_a(): pass
            def test_b(): pass
            """})
    outcome = run()
    assert outcome.unverified == ("all 2 tests were skipped",)
    assert outcome.headline.startswith("2 tests · 2 skipped")


def test_an_argument_that_pytest_does_not_know_is_red(run: Run, write: Callable[..., Path]) -> None:
    write(SHOP)
    outcome = run("--no-such-option")
    assert not outcome.passed
    assert "unrecognized arguments: --no-such-option" in outcome.failures[0].title


@pytest.mark.parametrize(
    ("death", "ending"),
    [
        ("os._exit(0)", "ended with exit code 0"),
        ("os.abort()", "was ended by SIGABRT"),
        ("os.kill(os.getpid(), 9)", "was ended by SIGKILL"),
    ],
)
def test_a_test_that_ends_its_process_is_named(
    run: Run, write: Callable[..., Path], death: str, ending: str
) -> None:
    write(SHOP)
    write({"backend/tests/test_end.py": f"import os\n\ndef test_end():\n    {death}\n"})
    outcome = run()
    assert not outcome.passed
    assert outcome.headline == f"the test run {ending}"
    (failure,) = outcome.failures
    assert "while tests/test_end.py::test_end ran" in failure.title
    assert failure.path == "backend/tests/test_end.py"
    assert failure.repeat == "nox -s backend_test -- tests/test_end.py::test_end"


def test_a_test_that_ends_its_worker_is_named(run: Run, write: Callable[..., Path]) -> None:
    write(SHOP)
    write({"backend/tests/test_end.py": "import os\n\ndef test_end():\n    os._exit(3)\n"})
    outcome = run(part=replace(PART, workers=2))
    assert not outcome.passed
    (failure,) = outcome.failures
    # Which of the two workers runs it is for pytest-xdist to say.
    assert failure.detail.startswith("worker 'gw")
    assert failure.detail.endswith("crashed while running 'tests/test_end.py::test_end'")
    assert failure.repeat == "nox -s backend_test -- tests/test_end.py::test_end"


def test_a_test_that_hangs_is_ended_at_the_time_limit_and_named(
    run: Run, write: Callable[..., Path]
) -> None:
    write(SHOP)
    hang = "import threading\n\ndef test_hang():\n    threading.Event().wait()\n"
    write({"backend/tests/test_hang.py": hang})
    outcome = run(part=replace(PART, timeout_s=4), running=lambda: {"gw7": "asked.py::test_x"})
    assert not outcome.passed
    assert outcome.headline == "time limit reached"
    title = outcome.failures[0].title
    assert title.startswith("the time limit of 4 s was reached while ")
    assert "tests/test_hang.py::test_hang" in title
    assert "asked.py::test_x" in title


def test_the_report_of_an_earlier_run_is_not_taken_for_this_one(
    run: Run, write: Callable[..., Path]
) -> None:
    write(SHOP)
    assert run().passed
    write({"backend/tests/test_stock.py": "import os\n\ndef test_end():\n    os._exit(0)\n"})
    assert not run().passed


def test_coverage_below_the_limit_is_red(run: Run, write: Callable[..., Path]) -> None:
    write(SHOP)
    assert run(part=replace(PART, coverage_percent=75)).passed
    outcome = run(part=replace(PART, coverage_percent=75.5))
    assert not outcome.passed
    assert outcome.headline == "coverage 75 % is below 75.5 %"


def test_coverage_of_a_part_of_the_tests_is_not_judged_and_that_is_said(
    run: Run, write: Callable[..., Path]
) -> None:
    write(SHOP)
    outcome = run("tests/test_stock.py", part=replace(PART, coverage_percent=100))
    assert outcome.passed
    assert outcome.headline == "1 test · coverage not judged: a part of the tests ran"


def test_coverage_that_the_project_switches_off_fails_a_limit(
    run: Run, write: Callable[..., Path]
) -> None:
    write(SHOP)
    write({"backend/pyproject.toml": '[tool.pytest.ini_options]\naddopts = "--no-cov"\n'})
    assert run().headline == "1 test"
    assert not run(part=replace(PART, coverage_percent=1)).passed


def test_the_own_options_of_a_project_and_ours_go_together(
    run: Run, write: Callable[..., Path], place: Place
) -> None:
    write(SHOP)
    addopts = "-q --cov=shop --cov-report=term-missing --junitxml=own.xml -o junit_family=xunit2"
    write({"backend/pyproject.toml": f'[tool.pytest.ini_options]\naddopts = "{addopts}"\n'})
    assert run().headline == "1 test · 75 % covered"
    assert not (place.root / "backend" / "own.xml").exists()


def test_the_own_coverage_gate_of_a_project_is_kept(run: Run, write: Callable[..., Path]) -> None:
    write(SHOP)
    addopts = "--cov=shop --cov-fail-under=90"
    write({"backend/pyproject.toml": f'[tool.pytest.ini_options]\naddopts = "{addopts}"\n'})
    outcome = run()
    assert not outcome.passed
    assert "75" in outcome.headline
    assert "90" in outcome.headline
    assert run("tests/test_stock.py").passed


def test_enough_passing_tests_are_green_and_the_failed_ones_are_listed(
    run: Run, write: Callable[..., Path]
) -> None:
    write(SHOP)
    write({"backend/tests/test_b.py": "def test_no():\n    assert 0\n\ndef test_yes(): pass\n"})
    outcome = run(part=replace(PART, min_pass_percent=66))
    assert outcome.passed
    assert outcome.headline == "2 of 3 passed (66.6 %) · 75 % covered"
    assert [failure.title for failure in outcome.failures] == ["test_no"]
    assert not run(part=replace(PART, min_pass_percent=67)).passed


def test_workers_run_the_same_tests(run: Run, write: Callable[..., Path]) -> None:
    write(SHOP)
    assert run(part=replace(PART, workers=2)).headline == "1 test · 75 % covered"


def test_settings_that_lie_above_the_part_do_not_move_its_files(
    run: Run, write: Callable[..., Path], place: Place
) -> None:
    write(SHOP)
    (place.root / "backend" / "pyproject.toml").unlink()
    write(
        {
            "pytest.ini": "[pytest]\n",
            "backend/tests/test_b.py": "\n\ndef test_no():\n    assert 0\n",
        }
    )
    (failure,) = run("tests").failures
    assert failure.location == "backend/tests/test_b.py:4"
    assert failure.repeat == "nox -s backend_test -- tests/test_b.py::test_no"


def test_what_the_session_gives_reaches_the_tests(run: Run, write: Callable[..., Path]) -> None:
    write(SHOP)
    write(
        {
            "plugins/given_plugin.py": "",
            "backend/tests/test_env.py": """\
            import os

            def test_env():
                import given_plugin
                assert os.environ["DATABASE_URL"] == "here"
            """,
        }
    )
    root = write({})
    env = {"DATABASE_URL": "here", "PYTHONPATH": str(root / "plugins")}
    assert run(env=env).passed


def test_a_conftest_that_cannot_be_imported_is_red_with_its_reason(
    run: Run, write: Callable[..., Path]
) -> None:
    write(SHOP)
    write({"backend/tests/conftest.py": "import no_such_module\n"})
    (failure,) = run().failures
    assert failure.title.endswith("ModuleNotFoundError: No module named 'no_such_module'")


def test_old_versions_of_pytest_and_its_plugins_leave_the_same_reports(
    run_old: Run, write: Callable[..., Path]
) -> None:
    write(SHOP)
    addopts = "--no-cov-on-fail --cov-report=html:html"
    write({"backend/pyproject.toml": f'[tool.pytest.ini_options]\naddopts = "{addopts}"\n'})
    write({"backend/tests/test_b.py": "def test_no():\n    assert 0\n"})
    outcome = run_old()
    assert outcome.headline == "1 of 2 tests failed · 75 % covered"
    assert outcome.failures[0].location == "backend/tests/test_b.py:2"


def test_the_plugin_does_not_stop_a_pytest_of_2021(
    place: Place, suite_environment_of_2021: Environment, write: Callable[..., Path]
) -> None:
    write(SHOP)
    run = runs(place, suite_environment_of_2021)
    assert run().headline.startswith("1 test ")
    write({"backend/tests/test_end.py": "import os\n\ndef test_end():\n    os._exit(0)\n"})
    assert "while tests/test_end.py::test_end ran" in run().failures[0].title


def test_a_run_that_ends_well_when_it_is_told_to_end_has_reached_its_time_limit(
    run: Run, write: Callable[..., Path]
) -> None:
    """What is left running after the last test holds the process, which then ends with 0."""
    write(SHOP)
    write({"backend/tests/conftest.py": """\
            import os, signal, threading

            def pytest_unconfigure():
                signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
                threading.Event().wait()
            """})
    outcome = run(part=replace(PART, timeout_s=6))
    assert not outcome.passed
    assert outcome.headline == "the time limit of 6 s was reached"
