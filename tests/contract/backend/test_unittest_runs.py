import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from tests.django_site import MANAGE

from cicd.backend.environment import Environment
from cicd.backend.selection import parse_selection
from cicd.backend.testers.port import SuiteJob
from cicd.backend.tests import run_tests
from cicd.config.parts import Backend
from cicd.model import Outcome
from cicd.system.place import Place

pytestmark = pytest.mark.network
Run = Callable[..., Outcome]
PLAIN = Backend(".", name="backend", tests="unittest", source=("shop",))
DJANGO = Backend(".", name="backend", tests="django", source=("shop",))


@pytest.fixture
def run(place: Place, django_environment: Environment) -> Run:
    def run(*arguments: str, part: Backend = PLAIN) -> Outcome:
        job = SuiteJob(
            place=place,
            part=part,
            environment=django_environment,
            selection=parse_selection(arguments),
            environ=dict(os.environ),
        )
        return run_tests(job, repeat_prefix="nox -s backend_test --")

    return run


SHOP = {
    "shop/__init__.py": "def take(stock):\n    return stock - 1\n",
    "tests/__init__.py": "",
    "tests/test_stock.py": """\
        import unittest
        from shop import take

        class TestStock(unittest.TestCase):
            def test_one_is_taken(self):
                self.assertEqual(take(2), 1)

            def test_many(self):
                for number in (1, 2, 3):
                    with self.subTest(number=number):
                        self.assertEqual(take(number), number - 1)

            @unittest.skip("not today")
            def test_later(self):
                pass
        """,
}
RED = """\
import unittest

class TestRed(unittest.TestCase):
    def test_red(self):
        for number in (1, 2):
            with self.subTest(number=number):
                self.assertEqual(number, 1, "böse < & \\x00")

    def test_green(self):
        pass
"""


def test_unittest_has_the_same_numbers_and_reports(
    run: Run, write: Callable[..., Path], place: Place
) -> None:
    write(SHOP)
    outcome = run()
    assert outcome.passed
    assert outcome.headline == "3 tests · 1 skipped · 100 % covered"
    names = {file.name for file in place.reports.iterdir()}
    assert names >= {"junit.xml", "coverage.xml", "coverage.json"}


def test_a_failed_test_is_told_with_its_line_and_repeated_by_its_name(
    run: Run, write: Callable[..., Path]
) -> None:
    write(SHOP)
    write({"tests/test_red.py": RED})
    outcome = run()
    assert not outcome.passed
    (failure,) = outcome.failures
    assert failure.location == "tests/test_red.py:7"
    assert failure.detail.startswith("2 != 1 : böse < &")
    assert failure.repeat == "nox -s backend_test -- tests.test_red.TestRed.test_red"
    assert run("tests.test_red.TestRed.test_green").headline == "1 test"


def test_a_module_that_cannot_be_imported_is_red(run: Run, write: Callable[..., Path]) -> None:
    write(SHOP)
    write({"tests/test_broken.py": "import no_such_module\n"})
    (failure,) = run().failures
    assert "test_broken" in failure.title
    assert failure.repeat == "nox -s backend_test -- tests.test_broken"


def test_no_test_is_red(run: Run, write: Callable[..., Path]) -> None:
    write({"shop/__init__.py": ""})
    outcome = run()
    assert not outcome.passed
    assert outcome.headline == "no test was found"


def test_a_test_that_ends_its_process_is_named(run: Run, write: Callable[..., Path]) -> None:
    write(SHOP)
    write(
        {
            "tests/test_red.py": RED.replace(
                "for number in (1, 2):", "import os; os._exit(0)\n" "        for number in (1, 2):"
            )
        }
    )
    (failure,) = run().failures
    assert "while tests.test_red.TestRed.test_red ran" in failure.title


def test_the_coverage_gate_judges_unittest_too(run: Run, write: Callable[..., Path]) -> None:
    write(SHOP)
    write({"shop/more.py": "x = 1\ny = 2\n"})
    assert run().headline == "3 tests · 1 skipped · 50 % covered"
    assert not run(part=replace(PLAIN, coverage_percent=60)).passed


SITE = {
    "manage.py": MANAGE,
    "site_settings.py": """\
        SECRET_KEY = "x"
        INSTALLED_APPS = ["shop"]
        DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "db.sqlite3"}}
        DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
        TEST_RUNNER = "own_runner.OwnRunner"
        """,
    "own_runner.py": """\
        from django.test.runner import DiscoverRunner

        class OwnRunner(DiscoverRunner):
            def setup_test_environment(self, **kwargs):
                super().setup_test_environment(**kwargs)
                print("the project's own runner")
        """,
    "shop/__init__.py": "",
    "shop/models.py": """\
        from django.db import models

        class Book(models.Model):
            title = models.CharField(max_length=80)
        """,
    "shop/tests.py": """\
        from django.test import TestCase
        from shop.models import Book

        class BookTests(TestCase):
            def test_saved(self):
                Book.objects.create(title="a")
                self.assertEqual(Book.objects.count(), 1)

            def test_wrong(self):
                self.assertEqual(Book.objects.count(), 1)
        """,
}


def test_django_is_tested_by_its_own_runner_with_the_same_numbers(
    run: Run, write: Callable[..., Path]
) -> None:
    write(SITE)
    outcome = run(part=DJANGO)
    assert not outcome.passed
    assert outcome.headline.startswith("1 of 2 tests failed · ")
    (failure,) = outcome.failures
    assert failure.location == "shop/tests.py:10"
    assert failure.detail == "0 != 1"
    assert failure.repeat == "nox -s backend_test -- shop.tests.BookTests.test_wrong"
    assert run("shop.tests.BookTests.test_saved", part=DJANGO).headline == "1 test"


def test_a_django_that_cannot_start_is_red_with_its_words(
    run: Run, write: Callable[..., Path]
) -> None:
    write({**SITE, "site_settings.py": "import no_such_module\n"})
    (failure,) = run(part=DJANGO).failures
    assert "No module named 'no_such_module'" in failure.detail


def test_the_exit_code_of_an_own_command_is_the_verdict(run: Run, place: Place) -> None:
    assert run(part=replace(PLAIN, tests=("python", "-c", "pass"))).passed
    outcome = run(part=replace(PLAIN, tests=("python", "-c", "raise SystemExit(7)")))
    assert not outcome.passed
    assert outcome.headline.endswith("ended with 7")


def test_an_own_command_is_judged_by_the_report_that_it_leaves(run: Run) -> None:
    report = "<testsuite><testcase name='a'/><testcase name='b'><failure/></testcase></testsuite>"
    code = f'import os; open(os.environ["CICD_JUNIT"], "w").write("{report}")'
    outcome = run(part=replace(PLAIN, tests=("python", "-c", code)))
    assert not outcome.passed
    assert outcome.headline == "1 of 2 tests failed"
