"""Tests that are run again and tests in quarantine, with the real runners."""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from cicd.backend.environment import Environment
from cicd.backend.selection import select
from cicd.backend.testers.port import SuiteJob
from cicd.backend.tests import run_tests
from cicd.config.parts import Backend
from cicd.config.shard import Shard
from cicd.model import AGAIN, Outcome, Unsteady
from cicd.system.place import Place

pytestmark = pytest.mark.network
Run = Callable[..., Outcome]
Write = Callable[..., Path]
TODAY = date(2026, 11, 23)
PART = Backend("backend", name="backend", tests="pytest", source=("shop",))
SHOP = "def take(stock):\n    return stock - 1\n\n\ndef give(stock):\n    return stock + 1\n"
FIRST_FAILS = """\
    from pathlib import Path
    from shop import give, take

    def test_that_fails_at_first():
        been = Path("been-here")
        first = not been.exists()
        been.touch()
        assert not first
        assert give(1) == 2

    def test_that_passes():
        assert take(1) == 0
    """
FIRST = "tests/test_shop.py::test_that_fails_at_first"
FLAKY = Unsteady(test=f"backend/{FIRST}", kind="flaky", result=AGAIN)
BROKEN = """\
    from shop import take

    def test_that_fails():
        assert take(1) == 1

    def test_that_passes():
        assert take(1) == 0
    """
FAILS = "tests/test_shop.py::test_that_fails"


@pytest.fixture
def run(place: Place, suite_environment: Environment) -> Run:
    return runs(place, suite_environment)


def runs(place: Place, environment: Environment, tests: str = "pytest") -> Run:
    def run(*arguments: str, shard: Shard | None = None, usual: str = "", **fields: Any) -> Outcome:
        job = SuiteJob(
            place=place,
            part=replace(PART, tests=tests, **fields),
            environment=environment,
            selection=select(arguments, [usual] if usual else []),
            environ=dict(os.environ),
            shard=shard,
            today=TODAY,
        )
        return run_tests(job, repeat_prefix="nox -s backend_test --")

    return run


@pytest.fixture
def shop(write: Write) -> Write:
    def write_shop(tests: str, settings: str = "", **more: str) -> Path:
        files = {"backend/shop.py": SHOP, "backend/tests/test_shop.py": tests}
        pytest_table = f"[tool.pytest.ini_options]\npythonpath = '.'\n{settings}"
        return write({**files, "backend/pyproject.toml": pytest_table, **more})

    return write_shop


def junit(place: Place) -> dict[str, list[str]]:
    """Of each test what its entry holds."""
    cases = ElementTree.parse(place.reports / "junit.xml").iter("testcase")
    return {case.get("name", ""): [child.tag for child in case] for case in cases}


def test_a_test_that_passes_when_it_is_run_again_is_flaky(
    run: Run, shop: Write, place: Place
) -> None:
    shop(FIRST_FAILS)
    outcome = run(retries=1)
    assert outcome.passed and not outcome.failures
    assert outcome.unsteady == (FLAKY,) and outcome.forgives
    assert outcome.headline == "2 tests · 1 flaky · 100 % covered"
    assert outcome.metrics["flaky"] == 1 and outcome.metrics["failed"] == 0
    assert junit(place) == {"test_that_fails_at_first": ["flakyFailure"], "test_that_passes": []}
    suite = ElementTree.parse(place.reports / "junit.xml").find("testsuite")
    assert suite is not None and suite.get("failures") == "0"


def test_without_retries_it_is_red(run: Run, shop: Write) -> None:
    shop(FIRST_FAILS)
    outcome = run()
    assert not outcome.passed and not outcome.unsteady
    assert [failure.test for failure in outcome.failures] == [f"backend/{FIRST}"]


def test_a_test_that_always_fails_is_red_with_retries_too(run: Run, shop: Write) -> None:
    shop(BROKEN)
    outcome = run(retries=2)
    assert not outcome.passed and not outcome.unsteady
    assert [failure.test for failure in outcome.failures] == [f"backend/{FAILS}"]


def test_one_that_is_flaky_does_not_hide_one_that_is_broken(run: Run, shop: Write) -> None:
    broken = "\n    def test_that_is_broken():\n        assert take(1) == 1\n"
    shop(FIRST_FAILS + broken)
    outcome = run(retries=3)
    assert not outcome.passed
    assert [failure.title for failure in outcome.failures] == ["test_that_is_broken"]
    assert outcome.unsteady == (FLAKY,)


def test_a_project_that_stops_at_its_first_failure_runs_all_the_same(run: Run, shop: Write) -> None:
    broken = "\n    def test_that_is_broken():\n        assert take(1) == 1\n"
    shop(FIRST_FAILS + broken, settings="addopts = '-x'\n")
    assert [failure.title for failure in run(retries=1).failures] == ["test_that_is_broken"]


def test_a_run_that_ends_early_forgives_nothing(run: Run, shop: Write) -> None:
    shop(FIRST_FAILS)
    outcome = run("-x", retries=1)
    assert not outcome.passed and not outcome.unsteady
    stops = "def pytest_runtest_logreport(report):\n"
    stops += "    if report.failed:\n        raise SystemExit(1)\n"
    root = shop(FIRST_FAILS, **{"backend/conftest.py": stops})
    (root / "backend/been-here").unlink()
    assert not run(retries=1).passed


def test_what_a_plugin_finds_beside_the_tests_is_not_forgiven(run: Run, shop: Write) -> None:
    finds = "def pytest_sessionfinish(session, exitstatus):\n"
    finds += "    if exitstatus == 0:\n        session.exitstatus = 1\n"
    root = shop(FIRST_FAILS, **{"backend/conftest.py": finds})
    assert not run(retries=1).passed
    (root / "backend/been-here").unlink()
    leaves = "import pytest\ndef pytest_runtest_logreport(report):\n"
    leaves += "    if report.failed:\n        pytest.exit('enough', returncode=1)\n"
    shop(FIRST_FAILS, **{"backend/conftest.py": leaves})
    assert not run(quarantine={FIRST: "2027-01-31"}).passed


def test_the_own_gate_on_coverage_is_judged_though_a_test_failed(run: Run, shop: Write) -> None:
    gate = "addopts = '--cov=shop --cov-fail-under=100 --no-cov-on-fail'\n"
    shop(FIRST_FAILS.replace("give(1)", "1 + 1"), settings=gate)
    outcome = run(retries=1)
    assert not outcome.passed and "coverage" in outcome.headline.lower(), outcome.headline


def test_a_file_that_cannot_be_imported_is_not_forgiven(run: Run, shop: Write) -> None:
    late = (
        "from pathlib import Path\nbeen = Path('been')\nif not been.exists():\n    been.touch()\n"
    )
    late += "    raise RuntimeError('not yet')\ndef test_late(): pass\n"
    shop(BROKEN, **{"backend/tests/test_late.py": late})
    assert not run(retries=1, quarantine={FAILS: "2027-01-31"}).passed


def test_the_arguments_that_choose_tests_are_not_those_of_the_further_run(
    run: Run, shop: Write
) -> None:
    shop(FIRST_FAILS)
    assert run(retries=1, usual="tests").metrics["tests"] == 2
    (shop(FIRST_FAILS) / "backend/been-here").unlink()
    outcome = run("-k", "first", "--tb=short", retries=1)
    assert outcome.unsteady == (FLAKY,) and outcome.metrics["tests"] == 1


def test_workers_and_shares_run_a_test_again_too(run: Run, shop: Write) -> None:
    root = shop(FIRST_FAILS)
    assert run(retries=1, workers=2).unsteady == (FLAKY,)
    (root / "backend/been-here").unlink()
    shares = [run(retries=1, shard=Shard(number, 2)) for number in (1, 2)]
    assert all(share.passed for share in shares)
    assert [one for share in shares for one in share.unsteady] == [FLAKY]


def test_a_quarantined_test_runs_and_does_not_decide(run: Run, shop: Write, place: Place) -> None:
    shop(BROKEN)
    outcome = run(quarantine={FAILS: "2026-11-24"})
    assert outcome.passed and outcome.forgives and not outcome.failures
    told = Unsteady(
        test=f"backend/{FAILS}", kind="quarantined", result="failed", until="2026-11-24"
    )
    assert outcome.unsteady == (told,)
    assert outcome.headline == "2 tests · 1 failed in quarantine · 75 % covered"
    assert outcome.metrics["failed"] == 0 and outcome.metrics["quarantined"] == 1
    assert junit(place)["test_that_fails"] == ["skipped", "system-out"]


def test_one_that_passes_is_told_of_as_well(run: Run, shop: Write) -> None:
    shop(BROKEN.replace("== 1", "== 0"))
    (told,) = run(quarantine={f"backend/{FAILS}": "2026-11-24"}).unsteady
    assert (told.result, told.forgiven) == ("passed", False)


def test_on_the_day_it_decides_again(run: Run, shop: Write) -> None:
    shop(BROKEN)
    outcome = run(quarantine={FAILS: "2026-11-23"})
    assert not outcome.passed and [one.kind for one in outcome.unsteady] == ["overdue"]


def test_another_test_decides_beside_it(run: Run, shop: Write) -> None:
    broken = "\n    def test_that_is_broken():\n        assert take(1) == 1\n"
    shop(BROKEN + broken)
    outcome = run(quarantine={FAILS: "2027-01-31"})
    assert [failure.title for failure in outcome.failures] == ["test_that_is_broken"]
    assert not outcome.passed


def test_an_entry_without_a_test_is_an_error_with_the_test_that_was_meant(
    run: Run, shop: Write
) -> None:
    shop(BROKEN)
    outcome = run(quarantine={FAILS: "2027-01-31", f"{FAILS}s": "2027-01-31"})
    assert not outcome.passed
    assert outcome.failures[0].title == f"quarantine: no test {FAILS}s was found"
    assert outcome.failures[0].fix == f'did you mean "{FAILS}"?'
    chosen = run(FAILS, quarantine={FAILS: "2027-01-31", f"{FAILS}s": "2027-01-31"})
    assert chosen.passed, "of a part of the tests nobody can tell"


def test_of_a_share_whoever_joins_is_told_which_entries_it_does_not_have(
    run: Run, shop: Write
) -> None:
    shop(BROKEN)
    shares = [run(quarantine={FAILS: "2027-01-31"}, shard=Shard(n, 2)) for n in (1, 2)]
    assert all(share.passed for share in shares)
    assert sorted(share.facts.get("quarantine_unseen", "") for share in shares) == ["", FAILS]


def test_all_parameters_of_a_test_fall_under_its_name(run: Run, shop: Write) -> None:
    shop("""\
        import pytest

        @pytest.mark.parametrize("number", [1, 2])
        def test_number(number):
            assert number == 1
        """)
    outcome = run(quarantine={"tests/test_shop.py::test_number": "2027-01-31"})
    assert [one.result for one in outcome.unsteady] == ["passed", "failed"]
    assert outcome.unverified == ("all 2 tests were in quarantine or skipped",)


def test_what_is_in_quarantine_has_no_part_in_the_share_of_passed_tests(
    run: Run, shop: Write
) -> None:
    passing = "".join(f"\n    def test_{n}():\n        assert {n}\n" for n in range(3))
    shop(BROKEN + passing)
    outcome = run(min_pass_percent=80, quarantine={FAILS: "2027-01-31"})
    assert outcome.metrics["pass_percent"] == 75 and not outcome.passed
    shop(BROKEN + passing.replace("assert 0", "assert 1"))
    assert run(min_pass_percent=100, quarantine={FAILS: "2027-01-31"}).passed


UNITTEST = """\
    import unittest
    from pathlib import Path
    from shop import take

    class Shop(unittest.TestCase):
        def test_that_fails_at_first(self):
            been = Path("been-here")
            first = not been.exists()
            been.touch()
            self.assertFalse(first)

        def test_that_fails(self):
            self.assertEqual(take(1), 1)
    """


@pytest.mark.parametrize("tests", ["unittest", "django"])
def test_unittest_and_django_have_both(
    place: Place, django_environment: Environment, write: Write, tests: str
) -> None:
    settings = "SECRET_KEY = 'x'\nDATABASES = {}\nINSTALLED_APPS = []\n"
    manage = (
        "import os, sys\nos.environ['DJANGO_SETTINGS_MODULE'] = 'settings'\n"
        "from django.core.management import execute_from_command_line\n"
        "execute_from_command_line(sys.argv)\n"
    )
    files = {"manage.py": manage, "settings.py": settings, "tests/__init__.py": ""}
    files |= {"shop.py": SHOP, "tests/test_shop.py": UNITTEST}
    root = write({f"backend/{name}": text for name, text in files.items()})
    run = runs(place, django_environment, tests)
    name = "tests.test_shop.Shop.test_that_fails"
    outcome = run(retries=1, quarantine={name: "2027-01-31"})
    assert outcome.passed, outcome
    assert [(one.test, one.kind) for one in outcome.unsteady] == [
        (f"{name}_at_first", "flaky"),
        (name, "quarantined"),
    ]
    (root / "backend/been-here").unlink()
    red = run(quarantine={f"{name}_at_first": "2026-11-23"})
    assert sorted(failure.test for failure in red.failures) == [name, f"{name}_at_first"]


def test_unittest_that_stops_at_its_first_failure_forgives_nothing(
    place: Place, django_environment: Environment, write: Write
) -> None:
    write({"backend/shop.py": SHOP, "backend/tests/__init__.py": ""})
    write({"backend/tests/test_shop.py": UNITTEST})
    run = runs(place, django_environment, "unittest")
    outcome = run("--failfast", retries=1)
    assert not outcome.passed and not outcome.unsteady
