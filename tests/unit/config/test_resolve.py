"""What the fields of a part are found to be, and where."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from cicd.config.connection_names import template_of
from cicd.config.migrations import alembic_config, extensions, migration_inputs
from cicd.config.node import lock_root
from cicd.config.parts import Backend, Frontend
from cicd.config.pythons import requires_python, specifier_of
from cicd.config.resolve import field, resolve
from cicd.config.survey import survey
from cicd.errors import SettingsError

if TYPE_CHECKING:
    from tests.unit.config.conftest import MakeTree

ALEMBIC = "[alembic]\nscript_location = %(here)s/migrations\n"


def value(make_tree: MakeTree, name: str, contents: dict[str, str], path: str = "api") -> Any:
    return field(make_tree(contents), Backend(path), name)


def of_package(make_tree: MakeTree, name: str, package: dict[str, Any], **more: str) -> Any:
    files = {"web/package.json": json.dumps(package), "web/src/x.ts": "", **more}
    return field(make_tree(files), Frontend("web"), name)


def test_every_field_has_a_value_and_an_origin(make_tree: MakeTree) -> None:
    tree = make_tree({"api/pyproject.toml": '[project]\nname = "a"\n[tool.mypy]\n', "api/x.py": ""})
    found = resolve(tree, Backend("api", linter="ruff", coverage_percent=80))
    assert found.part.types == ("mypy",)
    assert found.part.linter == ("ruff",)  # type: ignore[union-attr]
    assert found.origins["types"] == "api/pyproject.toml:3"
    assert found.origins["linter"] == "noxfile.py"
    assert found.origins["coverage_percent"] == "noxfile.py"
    assert found.origins["timeout_s"] == "default"


def test_black_and_flake8_where_nothing_is_configured(make_tree: MakeTree) -> None:
    files = {"api/pyproject.toml": '[project]\nname = "a"\n'}
    assert value(make_tree, "formatter", files) == ("black",)
    assert value(make_tree, "linter", files) == ("flake8",)
    assert value(make_tree, "types", files) is None


def test_ruff_formats_only_where_something_says_so(make_tree: MakeTree) -> None:
    files = {"api/pyproject.toml": "[tool.ruff]\n"}
    assert value(make_tree, "formatter", files) is None
    assert value(make_tree, "linter", files) == ("ruff",)
    files["api/scripts/lint.sh"] = "ruff format app --check\n"
    assert value(make_tree, "formatter", files) == ("ruff",)


def test_settings_above_the_part_count_for_it(make_tree: MakeTree) -> None:
    hooks = "repos:\n- hooks:\n  - id: ruff-format\n  - id: mypy\n"
    files = {"pyproject.toml": "[tool.ruff]\n", ".pre-commit-config.yaml": hooks, "api/x.py": ""}
    assert value(make_tree, "formatter", files) == ("ruff",)
    assert value(make_tree, "types", files) == ("mypy",)


def test_settings_of_pyright_beside_mypy_are_for_editors(make_tree: MakeTree) -> None:
    files = {"api/mypy.ini": "[mypy]\n", "pyrightconfig.json": "{}"}
    assert value(make_tree, "types", files) == ("mypy",)
    assert value(make_tree, "types", {"pyrightconfig.json": "{}"}) == ("pyright",)


@pytest.mark.parametrize(
    ("files", "install"),
    [
        ({"api/uv.lock": "", "api/poetry.lock": ""}, "uv"),
        ({"api/poetry.lock": ""}, "poetry"),
        ({"api/pdm.lock": ""}, "pdm"),
        ({"api/pylock.dev.toml": ""}, "pylock"),
        ({"api/requirements.txt": "flask\n"}, "requirements"),
        ({"uv.lock": "", "api/requirements.txt": "flask\n"}, "requirements"),
        (
            {"uv.lock": "", "pyproject.toml": '[tool.uv.workspace]\nmembers = ["a*"]\n'},
            "uv",
        ),
        ({}, "project"),
    ],
)
def test_dependencies_are_installed_from_the_nearest_lock(
    make_tree: MakeTree, files: dict[str, str], install: str
) -> None:
    project = {"api/pyproject.toml": '[project]\nname = "a"\n'}
    assert value(make_tree, "install", {**project, **files}) == install


def test_the_requirements_for_development_are_installed(make_tree: MakeTree) -> None:
    files = {
        "api/requirements/base.txt": "django\n",
        "api/requirements/local.txt": "-r base.txt\npytest\n",
        "api/requirements/production.txt": "-r base.txt\ngunicorn\n",
    }
    assert value(make_tree, "requirements", files) == ("requirements/local.txt",)


def test_the_plain_requirements_are_added_where_the_others_do_not_include_them(
    make_tree: MakeTree,
) -> None:
    files = {"api/requirements.txt": "flask\n", "api/requirements-dev.txt": "pytest\n"}
    expected = ("requirements.txt", "requirements-dev.txt")
    assert value(make_tree, "requirements", files) == expected


def test_extras_and_groups_for_checks_are_chosen_by_name(make_tree: MakeTree) -> None:
    text = "[project.optional-dependencies]\ntest = []\ns3 = []\n"
    files = {"api/pyproject.toml": f"{text}[dependency-groups]\nlint = []\ndocs = []\n"}
    assert value(make_tree, "extras", files) == ("test",)
    assert value(make_tree, "groups", files) == ("lint",)


def test_python_versions_come_from_the_nearest_file(make_tree: MakeTree) -> None:
    files = {"api/.python-version": "cpython-3.12\n3.13.1\n", ".python-version": "3.9\n"}
    assert value(make_tree, "pythons", files) == ("3.12", "3.13")


def test_the_lowest_python_of_the_workflows_counts_where_nothing_names_one(
    make_tree: MakeTree,
) -> None:
    setup = "with:\n  python-version: ${{ matrix.python-version }}\n"
    one = {".github/workflows/ci.yml": f'python-version: ["3.14", "3.12", "3.13"]\n{setup}'}
    assert value(make_tree, "pythons", one) == ("3.12",)
    bound = {"api/pyproject.toml": '[project]\nname = "a"\nrequires-python = ">=3.13"\n'}
    assert value(make_tree, "pythons", one | bound) == ("3.13",)
    listed = {".github/workflows/ci.yml": "python:\n  - 3.13\n  - '3.12'\nnode-version: 3.9\n"}
    assert value(make_tree, "pythons", listed) == ("3.12",)
    assert value(make_tree, "pythons", {".github/workflows/ci.yml": setup}) == ()


def test_the_required_python_is_a_specifier(make_tree: MakeTree) -> None:
    tree = make_tree({"api/pyproject.toml": '[project]\nname = "a"\nrequires-python = ">=3.12"\n'})
    assert requires_python(tree, Backend("api")) == (">=3.12", "api/pyproject.toml:3")
    assert specifier_of("^3.11") == ">=3.11,<4"
    assert specifier_of("~3.11") == ">=3.11,<3.12"
    assert specifier_of(">=3.9,<3.13") == ">=3.9,<3.13"
    assert specifier_of("3.11") == "==3.11.*"


@pytest.mark.parametrize(
    ("image", "major"),
    [
        ("postgres:15-alpine", "15"),
        ("postgis/postgis:16-3.4", "16"),
        ("pgvector/pgvector:pg16", "16"),
        ("bitnami/postgresql:15", "15"),
        ("${POSTGRES_IMAGE:-postgres:14}", "14"),
        ("postgres:${PG_VERSION:-13}", "13"),
        ('"docker.io/library/postgres:17.2@sha256:abc"', "17"),
        ("postgres:latest", "18"),
        ("mysql:8", "18"),
    ],
)
def test_the_major_of_postgres_is_that_of_the_service(
    make_tree: MakeTree, image: str, major: str
) -> None:
    files = {
        "compose.yaml": f"services:\n  db:\n    image: {image}\n",
        "api/requirements.txt": "psycopg[binary]>=3\n",
    }
    assert value(make_tree, "postgres", files) == major


def test_a_library_beside_a_compose_file_needs_no_database(make_tree: MakeTree) -> None:
    files = {"compose.yaml": "    image: postgres:15\n", "api/requirements.txt": "requests\n"}
    assert value(make_tree, "postgres", files) is None


def test_the_connection_is_read_from_example_sources_and_compose(make_tree: MakeTree) -> None:
    settings = (
        "class Settings(BaseSettings):\n    postgres_server: str\n    POSTGRES_PORT: int\n"
        'X = os.environ["ANALYTICS_DATABASE_URL"]\ny = os.getenv("REDIS_HOST")\n'
    )
    compose = "services:\n  api:\n    build: .\n    environment:\n    - POSTGRES_USER=app\n"
    db = "  db:\n    image: postgres:15\n    environment:\n      POSTGRES_INITDB_ARGS: x\n"
    example = 'DATABASE_URL="postgresql+asyncpg://a:b@db/c" # local\nSECRET_KEY=x\nEMPTY=\n'
    files = {
        "api/requirements.txt": "asyncpg\nsqlalchemy\n",
        "api/config.py": settings,
        "api/.env.example": f"{example}WAIT=http://x/{{id}}\n",
        "compose.yaml": compose + db,
    }
    assert value(make_tree, "env", files) == {
        "DATABASE_URL": "postgresql+asyncpg://{user}:{password}@{host}:{port}/{dbname}",
        "POSTGRES_SERVER": "{host}",
        "POSTGRES_PORT": "{port}",
        "POSTGRES_USER": "{user}",
        "SECRET_KEY": "x",
    }


def test_djangos_database_tells_what_its_variables_hold(make_tree: MakeTree) -> None:
    settings = (
        'DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql",'
        ' "HOST": env("WHERE"), "NAME": os.environ.get("DB_NAME", "x")}}\n'
    )
    files = {"api/requirements.txt": "psycopg2\n", "api/p/settings.py": settings}
    assert value(make_tree, "env", files) == {"WHERE": "{host}", "DB_NAME": "{dbname}"}


def test_no_values_of_an_example_where_the_real_file_is_committed(make_tree: MakeTree) -> None:
    files = {
        "api/requirements.txt": "psycopg\n",
        ".env": "DB_HOST=db\nSECRET_KEY=a\n",
        "api/.env.example": "SECRET_KEY=b\n",
    }
    assert value(make_tree, "env", files) == {"DB_HOST": "{host}"}


def test_alembic_is_found_with_its_inputs_and_extensions(make_tree: MakeTree) -> None:
    create = "op.execute('CREATE EXTENSION IF NOT EXISTS \"uuid-ossp\"')\n"
    tree = make_tree(
        {
            "api/pyproject.toml": '[project]\nname = "a"\n',
            "api/db/alembic.ini": ALEMBIC,
            "api/db/migrations/env.py": "",
            "api/db/migrations/versions/1.py": create,
            "api/other.py": "",
        }
    )
    assert field(tree, Backend("api"), "migrations") == "alembic"
    assert str(alembic_config(tree, Backend("api"))) == "api/db/alembic.ini"
    assert extensions(tree, Backend("api")) == ("uuid-ossp",)
    assert [path.name for path in migration_inputs(tree, Backend("api"))] == [
        "alembic.ini",
        "env.py",
        "1.py",
    ]


def test_the_test_runner_is_the_one_in_use(make_tree: MakeTree) -> None:
    django = {"api/manage.py": "DJANGO_SETTINGS_MODULE"}
    plain = {"api/test_x.py": "import unittest\n"}
    assert value(make_tree, "tests", {"api/pytest.ini": "[pytest]\n"}) == "pytest"
    assert value(make_tree, "tests", {**django, "api/p/tests.py": ""}) == "django"
    assert value(make_tree, "tests", plain) == "unittest"
    assert value(make_tree, "tests", {"api/test_x.py": "def test_x(): ...\n"}) == "pytest"
    assert value(make_tree, "tests", {"api/x.py": ""}) is None


def test_coverage_measures_what_is_configured_else_the_packages(make_tree: MakeTree) -> None:
    configured = {"api/pyproject.toml": '[tool.coverage.run]\nsource = ["x"]\n'}
    packages = {"api/src/shop/__init__.py": "", "api/src/shop/db/__init__.py": ""}
    flat = {"api/shop/__init__.py": "", "api/tests/__init__.py": ""}
    assert value(make_tree, "source", configured) == ()
    assert value(make_tree, "source", packages) == ("src/shop",)
    assert value(make_tree, "source", flat) == ("shop",)
    assert value(make_tree, "source", {"api/main.py": ""}) == (".",)


def test_a_file_that_cannot_be_read_is_named_with_the_place(make_tree: MakeTree) -> None:
    with pytest.raises(SettingsError, match="api/pyproject.toml cannot be read as TOML"):
        value(make_tree, "extras", {"api/pyproject.toml": "[project\n"})


@pytest.mark.parametrize(
    ("script", "lint"),
    [
        ("eslint . --max-warnings 0", "lint"),
        ("eslint . --fix", ("eslint", ".")),
        (
            "biome check --write --unsafe --no-errors-on-unmatched ./",
            ("biome", "check", "--no-errors-on-unmatched", "./"),
        ),
        ("npx eslint 'src/**/*.ts' --fix", ("eslint", "src/**/*.ts")),
        ("npm run eslint -- --fix", "eslint"),
        ("eslint --fix . && tsc", None),
        ("vue-cli-service lint", ("vue-cli-service", "lint", "--no-fix")),
    ],
)
def test_a_lint_script_that_writes_is_run_without_writing(
    make_tree: MakeTree, script: str, lint: object
) -> None:
    scripts = {"lint": script} | ({"eslint": "eslint ."} if "run eslint" in script else {})
    assert of_package(make_tree, "lint", {"scripts": scripts}) in (lint, ("eslint", "."))


def test_a_format_script_that_writes_becomes_a_check(make_tree: MakeTree) -> None:
    package = {"scripts": {"format": "prettier --write ."}}
    assert of_package(make_tree, "format", package) == ("prettier", "--check", ".")
    package["scripts"]["format:check"] = "prettier -c ."
    assert of_package(make_tree, "format", package) == "format:check"


def test_scripts_that_check_nothing_count_as_none(make_tree: MakeTree) -> None:
    npm = {"scripts": {"test": 'echo "Error: no test specified" && exit 1'}}
    browser = {"scripts": {"test": "playwright test"}}
    generate = {"scripts": {"types": "openapi-typescript x"}}
    assert of_package(make_tree, "test", npm) is None
    assert of_package(make_tree, "test", browser) is None
    assert of_package(make_tree, "types", generate) is None


def test_tools_stand_in_for_scripts_that_are_not_there(make_tree: MakeTree) -> None:
    tools = ("prettier", "eslint", "typescript", "vitest")
    package = {"devDependencies": dict.fromkeys(tools, "5.9.0")}
    config = {"web/tsconfig.json": "{}"}
    assert of_package(make_tree, "format", package) == ("prettier", "--check", ".")
    assert of_package(make_tree, "lint", package) == ("eslint", ".")
    assert of_package(make_tree, "types", package, **config) == ("tsc", "--noEmit")
    assert of_package(make_tree, "test", package) == ("vitest", "run")
    references = {"web/tsconfig.json": '{"files": [], "references": []}'}
    assert of_package(make_tree, "types", package, **references) == ("tsc", "-b", "--noEmit")
    own_files = {"web/tsconfig.json": '{"include": ["src"], "references": []}'}
    assert of_package(make_tree, "types", package, **own_files) == ("tsc", "--noEmit")


@pytest.mark.parametrize(
    ("build", "command"),
    [
        ("tsc -p tsconfig.build.json && vite build", ("-p", "tsconfig.build.json", "--noEmit")),
        ("npx tsc --noEmit && vite build", ("--noEmit",)),
        ("run-p types:all bundle", ("--noEmit", "-p", "tsconfig.app.json")),
        ("tsc -b && vite build", ("-b", "--noEmit")),
        ("tsc --emitDeclarationOnly", ("--noEmit",)),
        ("vite build", ("--noEmit",)),
    ],
)
def test_types_are_checked_as_the_build_does_it(
    make_tree: MakeTree, build: str, command: tuple[str, ...]
) -> None:
    scripts = {"build": build, "types:all": "tsc --noEmit -p tsconfig.app.json", "bundle": "x"}
    package = {"scripts": scripts, "devDependencies": {"typescript": "^5.9.0"}}
    root = '{"files": [], "references": []}' if "-b" in command else "{}"
    found = of_package(make_tree, "types", package, **{"web/tsconfig.json": root})
    assert found == ("tsc", *command)


def test_turborepo_runs_a_script_that_waits_for_builds(make_tree: MakeTree) -> None:
    root = {
        "package.json": json.dumps({"workspaces": ["web"]}),
        "turbo.json": '{"tasks": {"lint": {}, "build": {"dependsOn": ["^build"]}} // x\n}',
    }
    package = {"scripts": {"lint": "eslint .", "build": "tsc"}}
    assert of_package(make_tree, "lint", package, **root) == "lint"
    assert of_package(make_tree, "build", package, **root) == ("turbo", "run", "build")


@pytest.mark.parametrize(
    ("lock", "manager"),
    [
        ("package-lock.json", "npm"),
        ("npm-shrinkwrap.json", "npm"),
        ("pnpm-lock.yaml", "pnpm"),
        ("yarn.lock", "yarn"),
        ("bun.lock", "bun"),
        ("bun.lockb", "bun"),
    ],
)
def test_the_package_manager_is_that_of_the_lock(
    make_tree: MakeTree, lock: str, manager: str
) -> None:
    assert of_package(make_tree, "package_manager", {}, **{f"web/{lock}": ""}) == manager


def test_a_workspaces_lock_serves_its_packages(make_tree: MakeTree) -> None:
    tree = make_tree(
        {
            "pnpm-workspace.yaml": "packages:\n  # all\n  - 'apps/*'\n",
            "pnpm-lock.yaml": "",
            "package.json": "{}",
            "apps/web/package.json": '{"scripts": {"lint": "x"}}',
            "other/package.json": "{}",
        }
    )
    assert str(lock_root(tree, Frontend("apps/web"))) == "."
    assert field(tree, Frontend("apps/web"), "package_manager") == "pnpm"
    assert str(lock_root(tree, Frontend("other"))) == "other"


def test_the_nearest_declaration_of_node_counts(make_tree: MakeTree) -> None:
    engines = {"engines": {"node": ">=18"}}
    assert of_package(make_tree, "node", engines, **{".nvmrc": "v20.1\n"}) == ">=18"
    assert of_package(make_tree, "node", {}, **{".nvmrc": "v20.1\n"}) == "20.1"
    assert of_package(make_tree, "node", {}, **{".tool-versions": "nodejs 22.1.0\n"}) == "22.1.0"
    assert of_package(make_tree, "node", {}) == ""


def test_a_workspace_member_without_tests_has_none_to_run(make_tree: MakeTree) -> None:
    root = '[tool.uv.workspace]\nmembers = ["*"]\n[dependency-groups]\ndev = ["pytest"]\n'
    files = {"pyproject.toml": root, "api/pyproject.toml": '[project]\nname = "a"\n'}
    assert value(make_tree, "tests", files) is None
    assert value(make_tree, "tests", {**files, "api/tests/test_x.py": ""}) == "pytest"


def test_what_git_ignores_is_not_read(make_tree: MakeTree) -> None:
    tree = make_tree({"api/requirements.txt": "psycopg\n"})
    (tree.root / ".env").write_text("DB_HOST=db\n")
    assert field(tree, Backend("api"), "env") == {}


@pytest.mark.parametrize(
    ("name", "template"),
    [
        ("POSTGRES_SERVER", "{host}"),
        ("PGHOST", "{host}"),
        ("MYAPP_DBPORT", "{port}"),
        ("SQL_USERNAME", "{user}"),
        ("DATABASE__PASSWORD", "{password}"),
        ("POSTGRES_DB", "{dbname}"),
        ("SQLALCHEMY_DATABASE_URI", "{url}"),
        ("DATABASE_CREDENTIALS", "{user}:{password}"),
        ("REDIS_DB", ""),
        ("PGADMIN_PASSWORD", ""),
        ("POSTGRES_HOST_AUTH_METHOD", ""),
        ("SERVER_PORT", ""),
        ("HOST", ""),
    ],
)
def test_a_variables_name_tells_what_it_holds(name: str, template: str) -> None:
    assert template_of(name) == template


def test_what_an_example_contains_is_not_the_projects_own(make_tree: MakeTree) -> None:
    project = '[project]\nname = "a"\n'
    files = {
        "api/pyproject.toml": project,
        "api/a.py": "",
        "api/examples/shop/alembic.ini": ALEMBIC,
        "api/inner/pyproject.toml": project,
        "api/inner/alembic.ini": ALEMBIC,
    }
    assert value(make_tree, "migrations", files) is None
    tests = {**files, "api/tests/manage.py": "DJANGO_SETTINGS_MODULE"}
    assert value(make_tree, "migrations", tests) == "django"


def test_a_name_comes_from_the_folder_until_it_is_given(make_tree: MakeTree) -> None:
    tree = make_tree({"api/pyproject.toml": '[project]\nname = "a"\n', "api/x.py": ""})
    (surveyed,) = survey(tree)
    assert resolve(tree, surveyed).origins["name"] == "its folder"
    assert resolve(tree, Backend("api", name="shop")).origins["name"] == "noxfile.py"


@pytest.mark.parametrize(
    ("line", "env"),
    [
        ('if os.getenv("DB") == "postgres": x = 1', {"DB": "postgres"}),
        ('if os.environ.get("DB", "x") in ("mysql", "postgresql"): x = 1', {"DB": "postgresql"}),
        ('if settings.DB_ENGINE == "postgres": x = 1', {"DB_ENGINE": "postgres"}),
        ('if os.getenv("DB") != "postgres": x = 1', {}),
        ('if os.getenv("DB") in ["mysql"]: x = 1', {}),
    ],
)
def test_what_makes_a_project_choose_postgresql_is_set(
    make_tree: MakeTree, line: str, env: dict[str, str]
) -> None:
    files = {
        "api/requirements.txt": "psycopg\n",
        "api/settings.py": f'import os\n{line}\nX = os.getenv("DB_HOST")\n',
    }
    assert value(make_tree, "env", files) == {**env, "DB_HOST": "{host}"}


def test_a_task_that_chooses_postgresql_shows_how(make_tree: MakeTree) -> None:
    files = {
        "api/requirements.txt": "psycopg\n",
        "api/settings.py": 'class S(BaseSettings):\n    DB_ENGINE: str = "sqlite"\n',
        "api/Taskfile.yml": "env:\n  DB_ENGINE: postgres\n  CACHE_DB_TYPE: postgres\n",
    }
    assert value(make_tree, "env", files) == {"DB_ENGINE": "postgres"}


@pytest.mark.parametrize(
    ("settings", "extras"),
    [
        ('[project.optional-dependencies]\npgsql = ["psycopg[binary]>=3"]\n', ("pgsql",)),
        ('[tool.poetry.dependencies]\nasyncpg = {version = "*", optional = true}\n'
         '[tool.poetry.extras]\npg = ["asyncpg"]\nmssql = ["pyodbc"]\n', ("pg",)),
        ('[project.optional-dependencies]\ndev = []\npg = ["psycopg2"]\n', ("dev", "pg")),
        ('[project]\ndependencies = ["psycopg"]\n[project.optional-dependencies]\n'
         'c = ["psycopg[c]"]\n', ()),
        ('[tool.poetry.group.dev.dependencies]\npsycopg2-binary = "^2"\n'
         '[tool.poetry.extras]\npg = ["psycopg2-binary"]\n', ()),
    ],
)  # fmt: skip
def test_the_extra_that_alone_brings_the_driver_is_chosen(
    make_tree: MakeTree, settings: str, extras: tuple[str, ...]
) -> None:
    assert value(make_tree, "extras", {"api/pyproject.toml": settings}) == extras


def test_a_lock_without_a_driver_says_that_no_postgresql_is_used(make_tree: MakeTree) -> None:
    files = {"api/manage.py": "DJANGO_SETTINGS_MODULE", "api/settings.py": "# postgresql://\n"}
    assert value(make_tree, "postgres", files) == "18"
    assert value(make_tree, "postgres", {**files, "api/poetry.lock": 'name = "django"\n'}) is None
    lock = 'name = "psycopg2-binary"\n'
    assert value(make_tree, "postgres", {**files, "api/poetry.lock": lock}) == "18"


def test_a_word_about_workspaces_in_a_comment_makes_none(make_tree: MakeTree) -> None:
    files = {"pyproject.toml": "# no tool.uv.workspace here\n", "api/app.py": ""}
    assert value(make_tree, "install", files) == "project"
