"""A backend's Dockerfile, by the way its dependencies are locked and its server."""

import pytest

from tests.unit.images.dockerfiles.conftest import FASTAPI, STORED, Planning

APP = {"app/main.py": "from fastapi import FastAPI\n\napp = FastAPI()\n"}
PROJECT = '[project]\nname = "shop"\nversion = "1"\nrequires-python = ">=3.11"\n'


def test_dependencies_come_from_the_lock_before_the_sources(plan: Planning) -> None:
    text = plan(FASTAPI)["backend/Dockerfile"]
    steps = [
        "FROM python:3.13-slim AS dependencies",
        "COPY pyproject.toml uv.lock ./",
        "uv sync --locked --no-dev --no-install-project",
        "COPY . .",
        "USER 10001:10001",
    ]
    assert [text.index(step) for step in steps] == sorted(text.index(step) for step in steps)
    assert "# syntax" not in text


def test_uvicorn_gives_up_before_the_engine_does(plan: Planning) -> None:
    command = plan(FASTAPI).command("backend/Dockerfile")
    assert command == (
        'CMD ["uvicorn", "shop.main:app", "--host", "0.0.0.0", "--port", "8000",'
        ' "--timeout-keep-alive", "5", "--timeout-graceful-shutdown", "8"]'
    )


def test_a_uvicorn_that_lacks_an_option_is_not_given_it(plan: Planning) -> None:
    lock = FASTAPI["backend/uv.lock"].replace("0.54.0", "0.20.1")
    command = plan({**FASTAPI, "backend/uv.lock": lock}).command("backend/Dockerfile")
    assert "--timeout-graceful-shutdown" not in command


@pytest.mark.parametrize(
    ("files", "line"),
    [
        (
            {
                "pyproject.toml": PROJECT + 'dependencies = ["fastapi", "uvicorn"]\n',
                "poetry.lock": "",
            },
            "poetry export --no-interaction --output requirements.txt",
        ),
        (
            {"pyproject.toml": PROJECT + 'dependencies = ["fastapi", "uvicorn"]\n', "pdm.lock": ""},
            "pdm export --format requirements --output requirements.txt --prod",
        ),
        (
            {
                "pyproject.toml": PROJECT + 'dependencies = ["fastapi", "uvicorn"]\n',
                "pylock.toml": "",
            },
            "uv pip install --python /opt/venv -r pylock.toml",
        ),
        (
            {"pyproject.toml": PROJECT + 'dependencies = ["fastapi", "uvicorn"]\n'},
            "uv pip install --python /opt/venv -r pyproject.toml",
        ),
        (
            {"requirements.txt": "fastapi\nuvicorn\n", "requirements-dev.txt": "pytest\n"},
            "uv pip install --python /opt/venv -r requirements.txt",
        ),
        (
            {
                "requirements/prod.txt": "-r base.txt\n",
                "requirements/base.txt": "fastapi\nuvicorn\n",
            },
            "COPY requirements requirements",
        ),
    ],
)
def test_every_lock_has_its_way(plan: Planning, files: dict[str, str], line: str) -> None:
    written = plan({**APP, **files})
    assert line in written["Dockerfile"]
    assert written.plan.gaps == ()
    assert '"uvicorn", "app.main:app"' in written.command("Dockerfile")


def test_a_tool_that_needs_a_newer_python_has_a_stage_of_its_own(plan: Planning) -> None:
    project = PROJECT.replace(">=3.11", ">=3.9,<3.10") + 'dependencies = ["fastapi", "uvicorn"]\n'
    text = plan({**APP, "pyproject.toml": project, "poetry.lock": ""})["Dockerfile"]
    assert "FROM python:3.13-slim AS lock" in text
    assert "FROM python:3.9-slim AS dependencies" in text


def test_an_application_that_only_locks_with_poetry_is_not_installed(plan: Planning) -> None:
    project = PROJECT + 'dependencies = ["fastapi", "uvicorn"]\n'
    project += '[build-system]\nrequires = ["poetry-core"]\n'
    files = {**APP, "pyproject.toml": project, "poetry.lock": ""}
    assert "--editable" not in plan(files)["Dockerfile"]
    assert "--editable" in plan({**files, "shop/__init__.py": ""})["Dockerfile"]


def test_a_member_of_a_workspace_is_built_from_the_workspace(plan: Planning) -> None:
    member = PROJECT.replace("shop", "api") + 'dependencies = ["fastapi", "uvicorn"]\n'
    written = plan(
        {
            "pyproject.toml": '[tool.uv.workspace]\nmembers = ["api", "lib"]\n',
            "uv.lock": 'source = { virtual = "api" }\nsource = { editable = "lib" }\n',
            "api/pyproject.toml": member,
            "api/main.py": APP["app/main.py"],
            "lib/pyproject.toml": PROJECT + '[build-system]\nrequires = ["hatchling"]\n',
            "lib/lib/__init__.py": "x = 1\n",
        }
    )
    text = written["api/Dockerfile"]
    assert "COPY lib lib" in text and "WORKDIR /app/api" in text
    assert "uv sync --frozen --no-dev --no-install-workspace --package api" in text
    assert "api/Dockerfile.dockerignore" in written.names
    assert written.yaml()["services"]["api"]["build"] == {
        "context": ".",
        "dockerfile": "api/Dockerfile",
    }


def test_django_is_served_by_gunicorn(plan: Planning) -> None:
    manage = 'import os\n\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")\n'
    files = {"manage.py": manage, "config/wsgi.py": "", "config/settings.py": ""}
    command = plan({**files, "requirements.txt": "django\ngunicorn\n"}).command("Dockerfile")
    assert command.startswith(
        'CMD ["gunicorn", "config.wsgi:application", "--bind", "0.0.0.0:8000"'
    )
    assert '"--graceful-timeout", "8"' in command
    bare = plan({**files, "requirements.txt": "django\n"})
    assert "runserver" in bare.command("Dockerfile")
    assert "add gunicorn" in bare.plan.remarks[0]


def test_a_process_that_is_deaf_as_the_first_one_gets_one_in_front_of_it(plan: Planning) -> None:
    files = {"requirements.txt": "requests\n", "bot/__main__.py": "", "bot/__init__.py": ""}
    text = plan(files)["Dockerfile"]
    assert 'ENTRYPOINT ["tini", "--"]' in text and '"-m", "bot"' in text
    assert "EXPOSE" not in text


def test_libraries_that_wheels_lack_are_installed(plan: Planning) -> None:
    text = plan({**APP, "requirements.txt": "fastapi\nuvicorn\npsycopg2\n"})["Dockerfile"]
    compiled, _, runs = text.partition("AS test")
    assert "gcc libc6-dev libpq-dev" in compiled
    assert "libpq5" in runs and "gcc" not in runs


def test_the_health_check_needs_nothing_but_python(plan: Planning) -> None:
    main = FASTAPI["backend/shop/main.py"] + "\n\n@app.get('/health')\ndef health(): ...\n"
    text = plan({**FASTAPI, "backend/shop/main.py": main})["backend/Dockerfile"]
    assert "http://127.0.0.1:8000/health" in text and "curl" not in text
    assert "socket.create_connection" in plan(FASTAPI)["backend/Dockerfile"]


def test_a_migration_that_production_cannot_run_is_said(plan: Planning) -> None:
    project = STORED["backend/pyproject.toml"].replace(', "alembic"', "")
    project += '[dependency-groups]\ndev = ["alembic"]\n'
    remarks = plan({**STORED, "backend/pyproject.toml": project}).plan.remarks
    assert any("its image cannot migrate" in remark for remark in remarks)
