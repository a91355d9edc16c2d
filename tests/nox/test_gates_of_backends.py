"""Each gate of a backend, red on purpose: what it says, and that it can be repeated."""

import json
import shlex
import xml.etree.ElementTree

import psycopg
import pytest
from psycopg import sql
from tests.nox import miniatures
from tests.nox.conftest import Repository
from tests.nox.screen import assert_red

from cicd.model import Verdict

TEST = ("-s", "backend_test")
MIXED = """\
    import pytest
    import shop


    def test_right():
        assert shop.unused() == 1


    def test_wrong():
        stock = -shop.unused()
        assert stock == 0, f"{stock} left"


    @pytest.mark.parametrize("title", ["a b", "c[d]"])
    def test_of_a_title(title):
        assert title == "a b"
    """
WHICH = """\
    import os

    import pytest


    @pytest.mark.sqlite_incompatible
    def test_on_postgresql():
        assert os.environ["DATABASE_URL"].startswith("postgresql")


    def test_anywhere():
        assert os.environ["DATABASE_URL"]
    """
WORKERS = """\
    import time

    import pytest
    import shop


    @pytest.mark.parametrize("number", range(8))
    def test_alone(number, worker_id, tmp_path_factory):
        with shop.connect() as connection:
            name = connection.execute("SELECT current_database()").fetchone()[0]
            connection.execute("INSERT INTO books VALUES (%s)", [worker_id])
            rows = connection.execute("SELECT DISTINCT title FROM books").fetchall()
        assert rows == [(worker_id,)]
        print(f"<{worker_id} has {name}>")
    """
UNITTESTS = """\
    import unittest

    import shop


    class ShopTests(unittest.TestCase):
        def test_right(self):
            self.assertEqual(shop.unused(), 1)

        def test_wrong(self):
            self.assertEqual(shop.unused(), 2)
    """
DJANGO = {
    "noxfile.py": miniatures.noxfile(),
    "compose.yaml": "services:\n  db:\n    image: postgres:15\n",
    "backend/requirements.txt": "django>=5.2,<6\npsycopg[binary]>=3.2\n",
    "backend/manage.py": """\
        import os
        import sys

        from django.core.management import execute_from_command_line

        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_settings")
        execute_from_command_line(sys.argv)
        """,
    "backend/site_settings.py": """\
        import os

        SECRET_KEY = "x"
        INSTALLED_APPS = ["shop"]
        DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
        DATABASES = {
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": os.environ["PGDATABASE"],
                "HOST": os.environ["PGHOST"],
                "PORT": os.environ["PGPORT"],
                "USER": os.environ["PGUSER"],
                "PASSWORD": os.environ["PGPASSWORD"],
            }
        }
        """,
    "backend/shop/__init__.py": "",
    "backend/shop/models.py": """\
        from django.db import models


        class Book(models.Model):
            title = models.CharField(max_length=80)
        """,
    "backend/shop/migrations/__init__.py": "",
    "backend/shop/migrations/0001_initial.py": """\
        from django.db import migrations, models


        class Migration(migrations.Migration):
            initial = True
            operations = [
                migrations.CreateModel(
                    "Book",
                    [
                        ("id", models.BigAutoField(auto_created=True, primary_key=True,
                                                   serialize=False, verbose_name="ID")),
                        ("title", models.CharField(max_length=80)),
                    ],
                ),
            ]
        """,
    "backend/shop/tests.py": """\
        from django.db import connection
        from django.test import TestCase

        from shop.models import Book


        class BookTests(TestCase):
            def test_saved(self):
                Book.objects.create(title="Emma")
                self.assertEqual((Book.objects.count(), connection.vendor), (1, "postgresql"))

            def test_wrong(self):
                self.assertEqual(Book.objects.count(), 1)
        """,
}


@pytest.fixture
def library(shop: Repository) -> Repository:
    shop.put("noxfile.py", miniatures.library())
    shop.put("backend/tests/test_shop.py", MIXED)
    return shop


def test_format_lint_and_types_are_red_together_with_file_and_line(shop: Repository) -> None:
    project = miniatures.plain(shop.files["backend/pyproject.toml"])
    shop.put("backend/pyproject.toml", project + '\n[tool.mypy]\nfiles = ["shop.py"]\n')
    shop.put("backend/shop.py", "import os\n\n\ndef number() -> int:\n    return  'one'\n")
    names = ("backend_format", "backend_lint", "backend_types")
    ended = shop.nox("-s", *names)
    assert ended.code == 1
    for text in ("backend/shop.py  ", "backend/shop.py:1  F401 'os' imported but unused"):
        assert text in ended.end
    assert "backend/shop.py:5  " in ended.end and "[return-value]" in ended.end
    for name in names:
        assert f"repeat:  nox -s {name}\n" in ended.end
    assert ended.last_line.endswith(f"s: {', '.join(names)}")


def test_a_failed_test_has_file_line_error_and_the_command_that_repeats_it(
    library: Repository,
) -> None:
    ended = library.nox(*TEST)
    assert_red(ended, "backend_test", "2 of 4 tests failed")
    assert (
        "backend_test  backend/tests/test_shop.py:11  test_wrong\n" "              -1 left\n"
    ) in ended.end
    failures = library.records()["backend_test"].outcome.failures
    for failure, failed in zip(failures, ("test_wrong", "test_of_a_title"), strict=True):
        again = library.nox(*shlex.split(failure.repeat)[1:])
        assert_red(again, "backend_test", "1 of 1 tests failed", failed)


def test_junit_and_coverage_lie_in_the_documented_folder(library: Repository) -> None:
    library.nox(*TEST)
    suite = xml.etree.ElementTree.fromstring(library.report("backend_test", "junit.xml"))
    assert len(suite.findall(".//testcase")) == 4
    covered = json.loads(library.report("backend_test", "coverage.json"))["totals"]
    assert 0 < covered["percent_covered"] < 100
    assert "<coverage" in library.report("backend_test", "coverage.xml")


def test_coverage_below_the_limit_is_red(library: Repository) -> None:
    library.put("noxfile.py", miniatures.library(coverage_percent=99.5, source=("shop",)))
    library.put(
        "backend/tests/test_shop.py", "import shop\n\n\ndef test_one():\n    shop.connect\n"
    )
    ended = library.nox(*TEST)
    assert_red(ended, "backend_test", "coverage 66.6 % is below 99.5 %")


def test_enough_passing_tests_are_green_with_failures_that_are_listed(library: Repository) -> None:
    library.put("noxfile.py", miniatures.library(min_pass_percent=50.0))
    ended = library.nox(*TEST)
    assert ended.code == 0, ended.output
    assert "2 of 4 passed (50 %)" in ended.end
    assert "backend/tests/test_shop.py:11  test_wrong" in ended.end
    assert ended.last_line.startswith("Green in ")
    assert ended.last_line.endswith("s, with failures in backend_test")
    library.put("noxfile.py", miniatures.library(min_pass_percent=50.1))
    assert_red(library.nox(*TEST), "backend_test", "2 of 4 tests failed")


def test_what_sqlite_cannot_pass_is_deselected_on_sqlite_and_run_otherwise(
    shop: Repository, given: dict[str, str]
) -> None:
    shop.put("backend/tests/test_shop.py", WHICH)
    assert shop.nox(*TEST, **given).code == 0
    assert shop.records()["backend_test"].outcome.metrics["tests"] == 2
    shop.put("noxfile.py", miniatures.library(env={"DATABASE_URL": "sqlite:///shop.db"}))
    ended = shop.nox(*TEST)
    assert (ended.code, "1 deselected" in ended.output) == (0, True), ended.output
    assert shop.records()["backend_test"].outcome.metrics["tests"] == 1


def test_each_of_two_workers_has_a_database_of_its_own(
    shop: Repository, given: dict[str, str]
) -> None:
    shop.put("noxfile.py", miniatures.shop(workers=2))
    shop.put("backend/tests/test_shop.py", WORKERS)
    ended = shop.nox(*TEST, "--", "-rP", **given)
    assert ended.code == 0, ended.output
    told = {line for line in ended.output.splitlines() if line.startswith("<gw")}
    assert len({line.split()[0] for line in told}) == len({line.split()[2] for line in told}) == 2


def test_a_project_of_unittest_has_the_same_numbers_and_reports(library: Repository) -> None:
    library.put("noxfile.py", miniatures.library(tests="unittest", coverage_percent=10.0))
    (library.root / "backend" / "tests" / "test_shop.py").unlink()
    library.put("backend/test_unit.py", UNITTESTS)
    ended = library.nox(*TEST)
    repeat = "repeat:  nox -s backend_test -- test_unit.ShopTests.test_wrong\n"
    assert_red(ended, "backend_test", "1 of 2 tests failed", "backend/test_unit.py:11", repeat)
    assert library.records()["backend_test"].outcome.metrics["coverage_percent"] > 10
    assert library.report("backend_test", "junit.xml").count("<testcase") == 2
    again = library.nox("-s", "backend_test", "--", "test_unit.ShopTests.test_right")
    assert again.code == 0, again.output


def test_a_django_project_is_migrated_and_tested_by_its_own_runner(
    repository: Repository, given: dict[str, str]
) -> None:
    repository.put_all(DJANGO)
    ended = repository.nox("-s", "backend_test", "backend_migrations", **given)
    repeat = "repeat:  nox -s backend_test -- shop.tests.BookTests.test_wrong\n"
    assert_red(ended, "backend_test", "1 of 2 tests failed", "backend/shop/tests.py:13", repeat)
    records = repository.records()
    assert records["backend_test"].outcome.metrics["coverage_percent"] > 50
    assert records["backend_migrations"].verdict is Verdict.PASSED
    assert repository.report("backend_test", "junit.xml").count("<testcase") == 2
    missing = repository.root / "backend" / "shop" / "models.py"
    missing.write_text(missing.read_text() + "    pages = models.IntegerField(null=True)\n")
    ended = repository.nox("-s", "backend_migrations", **given)
    assert_red(ended, "backend_migrations", "pages", "repeat:  nox -s backend_migrations\n")


def test_kept_databases_of_a_given_server_are_told_without_the_password(
    shop: Repository, given: dict[str, str]
) -> None:
    shop.put("backend/tests/test_shop.py", miniatures.plain(miniatures.LEAVES_A_BOOK))
    ended = shop.nox(*TEST, "--", "tests/test_shop.py::test_that_leaves_a_book", **given)
    (failure,) = shop.records()["backend_test"].outcome.failures
    assert failure.inspect.endswith(" --keep-db")
    ended = shop.nox(*shlex.split(failure.inspect)[1:], **given)
    assert ended.code == 1
    (line,) = (line for line in ended.output.splitlines() if "kept for " in line)
    address = line.split()[-1]
    assert ":***@" in address
    name = address.rpartition("/")[2]
    server = given["CICD_DATABASE_URL"].rpartition("/")[0]
    with psycopg.connect(f"{server}/{name}") as connection:
        assert connection.execute("SELECT title FROM books").fetchall() == [("Emma",)]
    with psycopg.connect(given["CICD_DATABASE_URL"], autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))


def test_kept_databases_of_our_own_server_go_with_it_and_that_is_said(shop: Repository) -> None:
    ended = shop.nox(*TEST, "--", "--keep-db")
    assert ended.code == 0, ended.output
    assert "--keep-db: the server was started for this run, and goes with it." in ended.output


def test_a_python_that_only_a_workflow_names_is_a_preference(repository: Repository) -> None:
    repository.put_all(
        {
            ".github/workflows/ci.yml": "jobs:\n  x:\n    steps:\n"
            "      - with:\n          python-version: '3.99'\n",
            "app/pyproject.toml": """
                [project]
                name = "app"
                version = "0"
                requires-python = ">=3.11"
                """,
            "app/app.py": "x = 1\n",
        }
    )
    ended = repository.nox("-s", "app_format", CI="true")
    assert ended.code == 0, ended.output
