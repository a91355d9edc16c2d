"""compose.yaml and what development adds to it, as what they say."""

from tests.unit.images.dockerfiles.conftest import FASTAPI, STORED, VITE, Planning


def test_no_secret_stands_in_the_file(plan: Planning) -> None:
    written = plan({**STORED, **VITE})
    assert "easy" not in written["compose.yaml"] and "changethis" not in written["compose.yaml"]
    variables = written.yaml()["services"]["backend"]["environment"]
    assert variables["POSTGRES_PASSWORD"] == "${POSTGRES_PASSWORD:-}"
    assert variables["SECRET_KEY"] is None  # handed on from the environment of compose
    assert variables["ADMIN_TOKEN"] is None
    assert variables["LOG_LEVEL"] == "${LOG_LEVEL:-info}"
    assert variables["POSTGRES_HOST"] == "db"


def test_development_has_the_values_of_the_example(plan: Planning) -> None:
    services = plan({**STORED, **VITE}).yaml("compose.override.yaml")["services"]
    assert services["backend"]["environment"]["SECRET_KEY"] == "${SECRET_KEY:-changethis}"
    assert services["db"]["environment"] == {
        "POSTGRES_PASSWORD": "${POSTGRES_PASSWORD:-development}"
    }


def test_development_reloads_what_is_mounted(plan: Planning) -> None:
    services = plan({**FASTAPI, **VITE}).yaml("compose.override.yaml")["services"]
    assert services["backend"]["command"][-3:] == ["--reload", "--reload-dir", "/app/shop"]
    assert services["backend"]["volumes"] == ["./backend:/app:ro"]
    assert services["web"]["command"][:3] == ["npm", "run", "dev"]
    assert services["web"]["volumes"] == ["./web:/app", "/app/node_modules"]


def test_the_browser_speaks_to_one_origin(plan: Planning) -> None:
    services = plan({**FASTAPI, **VITE}).yaml()["services"]
    assert services["web"]["environment"]["BACKEND_URL"] == "http://backend:8000"
    assert services["web"]["ports"] == ["${HTTP_PORT:-8080}:8080"]
    assert "ports" not in services["backend"]


def test_a_backend_alone_is_published(plan: Planning) -> None:
    assert plan(FASTAPI).yaml()["services"]["backend"]["ports"] == ["${HTTP_PORT:-8000}:8000"]


def test_nothing_is_named_for_good_and_nothing_is_written_to(plan: Planning) -> None:
    for service in plan({**STORED, **VITE}).yaml()["services"].values():
        assert "container_name" not in service
    services = plan({**FASTAPI, **VITE}).yaml()["services"]
    assert all(service["read_only"] for service in services.values())
    assert all(service["tmpfs"] == ["/tmp"] for service in services.values())


def test_tests_run_on_a_database_of_their_own_when_asked(plan: Planning) -> None:
    project = STORED["backend/pyproject.toml"] + '[dependency-groups]\ndev = ["pytest"]\n'
    tests = {"backend/tests/test_it.py": "def test(): ...\n", "backend/pyproject.toml": project}
    services = plan({**STORED, **tests}).yaml()["services"]
    test = services["test"]
    assert test["profiles"] == services["db-test"]["profiles"] == ["test"]
    assert test["build"]["target"] == "test"
    assert test["environment"]["POSTGRES_HOST"] == "db-test"
    assert test["command"] == ["sh", "-c", "alembic upgrade head && exec python -m pytest"]


def test_the_database_is_the_one_of_the_project(plan: Planning) -> None:
    database = plan(STORED).yaml()["services"]["db"]
    assert database["image"] == "postgres:15"
    assert database["volumes"] == ["db:/var/lib/postgresql/data"]
    assert database["healthcheck"]["test"][0] == "CMD-SHELL"


def test_a_database_whose_migrations_need_more_comes_with_it(plan: Planning) -> None:
    revision = {"backend/migrations/versions/1.py": "op.execute('CREATE EXTENSION vector')"}
    database = plan({**STORED, **revision}).yaml()["services"]["db"]
    assert database["image"] == "pgvector/pgvector:pg15"


def test_values_that_are_committed_stay_where_they_are(plan: Planning) -> None:
    service = plan({**STORED, ".env": "SECRET_KEY=x\nPOSTGRES_HOST=h\n"}).yaml()["services"][
        "backend"
    ]
    assert service["env_file"] == ["./.env"]
    assert "SECRET_KEY" not in service["environment"]
    assert service["environment"]["POSTGRES_HOST"] == "db"


def test_a_dockerfile_that_was_there_is_used_as_it_is(plan: Planning) -> None:
    there = {"backend/Dockerfile": "FROM scratch\nEXPOSE 9000\nHEALTHCHECK CMD x\n"}
    services = plan({**FASTAPI, **VITE, **there}).yaml()["services"]
    assert "read_only" not in services["backend"]
    assert services["web"]["environment"]["BACKEND_URL"] == "http://backend:9000"
    assert services["web"]["depends_on"] == {"backend": {"condition": "service_healthy"}}
