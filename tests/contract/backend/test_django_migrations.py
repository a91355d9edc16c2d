import os
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.django_site import MANAGE

from cicd.backend.environment import Environment
from cicd.backend.migrations import run_migrations
from cicd.backend.migrators.port import MigrationJob
from cicd.config.parts import Backend
from cicd.system.place import Place

pytestmark = pytest.mark.network
INITIAL = """\
from django.db import migrations, models

class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel("Book", [
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False,
                                       verbose_name="ID")),
            ("title", models.CharField(max_length=80)),
        ]),
    ]
"""
NEXT = """\
from django.db import migrations

class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]
    operations = [migrations.RunSQL({sql!r})]
"""
SITE = {
    "manage.py": MANAGE,
    "site_settings.py": """\
        SECRET_KEY = "x"
        INSTALLED_APPS = ["shop"]
        DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "db.sqlite3"}}
        DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
        """,
    "shop/__init__.py": "",
    "shop/models.py": """\
        from django.db import models

        class Book(models.Model):
            title = models.CharField(max_length=80)
        """,
    "shop/migrations/__init__.py": "",
    "shop/migrations/0001_initial.py": INITIAL,
}


@pytest.fixture
def job(place: Place, django_environment: Environment, write: Callable[..., Path]) -> MigrationJob:
    write(SITE)
    part = Backend(".", name="backend", migrations="django")
    return MigrationJob(
        place=place, part=part, environment=django_environment, environ=dict(os.environ)
    )


def test_good_migrations_are_green(job: MigrationJob) -> None:
    outcome = run_migrations(job)
    assert outcome.passed
    assert outcome.headline == "1 migration, none missing"


def test_models_ahead_of_migrations_are_red_with_the_difference(
    job: MigrationJob, write: Callable[..., Path]
) -> None:
    models = SITE["shop/models.py"] + "    price = models.IntegerField(default=0)\n"
    write({"shop/models.py": models})
    (failure,) = run_migrations(job).failures
    assert failure.title == "models of `shop` are ahead of their migrations"
    assert "Add field price to book" in failure.detail
    assert failure.fix == "python manage.py makemigrations shop"


def test_two_leaves_are_red_once(job: MigrationJob, write: Callable[..., Path]) -> None:
    names = ("0002_a", "0002_b")
    write({f"shop/migrations/{name}.py": NEXT.format(sql="select 1") for name in names})
    (failure,) = run_migrations(job).failures
    assert "multiple leaf nodes" in failure.title
    assert failure.fix == "python manage.py makemigrations --merge"


def test_a_migration_that_fails_is_red_with_its_error(
    job: MigrationJob, write: Callable[..., Path]
) -> None:
    write({"shop/migrations/0002_a.py": NEXT.format(sql="nonsense")})
    (failure,) = run_migrations(job).failures
    assert failure.title == "`manage.py migrate` fails"
    assert failure.detail.endswith('near "nonsense": syntax error')
