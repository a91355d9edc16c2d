"""Shares of a suite in real runs: every test in exactly one of them, whatever runs the tests."""

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
from cicd.config.shard import Shard
from cicd.errors import SettingsError
from cicd.model import Outcome
from cicd.system.place import Place

pytestmark = pytest.mark.network
Run = Callable[..., Outcome]
PART = Backend(".", name="api", tests="pytest", source=("shop",), coverage_percent=100)


def runs(place: Place, environment: Environment) -> Run:
    def run(*arguments: str, part: Backend = PART, shard: str) -> Outcome:
        number, of = shard.split("/")
        job = SuiteJob(
            place=place,
            part=part,
            environment=environment,
            selection=parse_selection(arguments),
            environ=dict(os.environ),
            shard=Shard(int(number), int(of)),
        )
        return run_tests(job, repeat_prefix="nox -s api_test --")

    return run


@pytest.fixture
def run(place: Place, suite_environment: Environment) -> Run:
    return runs(place, suite_environment)


@pytest.fixture
def run_of_2021(place: Place, suite_environment_of_2021: Environment) -> Run:
    return runs(place, suite_environment_of_2021)


@pytest.fixture
def run_django(place: Place, django_environment: Environment) -> Run:
    return runs(place, django_environment)


SHOP = {
    "pyproject.toml": '[tool.pytest.ini_options]\naddopts = "--cov-fail-under=95"\n',
    "shop/__init__.py": "def take(stock):\n    return stock - 1\n\ndef put(stock):\n    return 1\n",
    "tests/test_take.py": """\
        import pytest
        from shop import take

        @pytest.mark.parametrize("stock", [1, 2, 3])
        def test_taken(stock):
            assert take(stock) == stock - 1

        class TestAgain:
            def test_one(self):
                assert take(1) == 0
        """,
    "tests/test_put.py": "from shop import put\n\ndef test_put():\n    assert put(0) == 1\n",
}


def assert_divided(run: Run, count: int, **options: Backend) -> list[Outcome]:
    """Every share is green, and all of them together run each test once."""
    shares = [run(shard=f"{number}/{count}", **options) for number in range(1, count + 1)]
    assert all(share.passed for share in shares), shares
    assert len({share.facts["test_names"] for share in shares}) == 1
    collected = {share.metrics["collected"] for share in shares}
    assert collected == {sum(share.metrics["tests"] for share in shares)}
    return shares


def test_a_share_records_the_gates_that_it_cannot_judge(
    run: Run, write: Callable[..., Path]
) -> None:
    write(SHOP)
    one, two = assert_divided(run, 2)
    assert (one.headline, two.headline) == ("shard 1/2 · 3 tests", "shard 2/2 · 2 tests")
    assert one.metrics["coverage_percent"] < 95
    assert one.facts["coverage_gate"] == "100"
    less = replace(PART, coverage_percent=50, min_pass_percent=80)
    facts = run(shard="1/2", part=less).facts
    # pytest-cov rounds to whole percents.
    assert (facts["coverage_gate"], facts["pass_gate"]) == ("94.5", "80")


def test_pytest_of_2021_is_divided_as_well(run_of_2021: Run, write: Callable[..., Path]) -> None:
    write(SHOP)
    assert_divided(run_of_2021, 3)


def test_workers_come_to_the_same_shares(run: Run, write: Callable[..., Path]) -> None:
    write(SHOP)
    alone = assert_divided(run, 2)
    together = assert_divided(run, 2, part=replace(PART, workers=2))
    assert [each.metrics["tests"] for each in alone] == [each.metrics["tests"] for each in together]


def test_a_share_without_tests_is_right_and_a_suite_without_tests_is_not(
    run: Run, write: Callable[..., Path], place: Place
) -> None:
    write({**SHOP, "tests/test_take.py": ""})
    assert [share.metrics["tests"] for share in assert_divided(run, 3)] == [1, 0, 0]
    (place.root / "tests" / "test_put.py").write_text("")
    outcome = run(shard="1/3")
    assert not outcome.passed
    assert [failure.title for failure in outcome.failures] == ["no test was found"]


def test_a_failed_test_is_red_in_its_share(run: Run, write: Callable[..., Path]) -> None:
    write({**SHOP, "tests/test_put.py": "def test_put():\n    assert not 1\n"})
    shares = [run(shard=f"{number}/2") for number in (1, 2)]
    assert sorted(share.passed for share in shares) == [False, True]
    allowed = replace(PART, min_pass_percent=50)
    assert all(run(shard=f"{number}/2", part=allowed).passed for number in (1, 2))


def test_tests_that_nothing_divided_are_red(run: Run, write: Callable[..., Path]) -> None:
    write(SHOP)
    outcome = run("-p", "no:cicd_shard", shard="1/2")
    assert not outcome.passed


def test_unittest_is_divided(run_django: Run, write: Callable[..., Path]) -> None:
    case = "import unittest\n\n\nclass Test{}(unittest.TestCase):\n"
    one = "    def test_{0}(self):\n        self.assertTrue({0} + 1)\n"
    write(
        {
            "shop/__init__.py": "",
            "tests/__init__.py": "",
            "tests/test_many.py": case.format("Many") + "".join(map(one.format, range(6))),
            "tests/test_few.py": case.format("Few") + one.format(7),
        }
    )
    part = replace(PART, tests="unittest", coverage_percent=None)
    shares = assert_divided(run_django, 2, part=part)
    assert sorted(share.metrics["tests"] for share in shares) == [3, 4]


def test_django_is_divided(run_django: Run, write: Callable[..., Path]) -> None:
    write(
        {
            "manage.py": MANAGE,
            "site_settings.py": """\
                SECRET_KEY = "x"
                INSTALLED_APPS = ["shop"]
                DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "db"}}
                """,
            "shop/__init__.py": "",
            "shop/tests.py": """\
                from django.test import TestCase

                class BookTests(TestCase):
                    def test_one(self):
                        pass

                    def test_two(self):
                        pass

                class OrderTests(TestCase):
                    def test_three(self):
                        pass
                """,
        }
    )
    part = replace(PART, tests="django", coverage_percent=None)
    shares = assert_divided(run_django, 2, part=part)
    assert sorted(share.metrics["tests"] for share in shares) == [1, 2]


def test_an_own_command_cannot_be_divided(run: Run) -> None:
    with pytest.raises(SettingsError, match="a command of your own, which runs all of them"):
        run(part=replace(PART, tests=("true",)), shard="1/2")
