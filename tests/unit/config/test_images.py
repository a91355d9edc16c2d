"""Images are found by their Dockerfiles and completed from compose files; mistakes are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cicd.config.image_checks import check_images, check_registries
from cicd.config.image_fields import parse_path
from cicd.config.images import survey_images
from cicd.config.parts import Backend, Image, Registry
from cicd.config.resolve_image import FoundImage, resolve_image
from cicd.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cicd.tree import Tree

    MakeTree = Callable[[Mapping[str, str]], Tree]

COMPOSE = """\
services:
  db:
    image: postgres:15
  prestart:
    build: ./backend
    command: alembic upgrade head
  api:
    image: registry.example.com/acme/api:${TAG:-latest}
    build:
      context: ./backend
      target: runtime
      args:
        LEVEL: ${LEVEL:-info}
        COMMIT: ${COMMIT}
    ports:
      - "127.0.0.1:8080:8000"
    environment:
      POSTGRES_SERVER: db
      MODE: ${MODE:-plain}
      UNSET: ${NOBODY_SETS_IT}
    healthcheck:
      test: ["CMD", "curl", "-f", "http://localhost:8000/health"]
"""
BACKEND = "FROM python:3.13-slim AS base\nFROM base AS runtime\nCOPY . /app\nEXPOSE 8000\n"


def resolve(tree: Tree, image: Image | None = None) -> FoundImage:
    return resolve_image(tree, image or survey_images(tree)[0])


def names(tree: Tree) -> dict[str, object]:
    return {image.name: image.dockerfile for image in survey_images(tree)}


def test_every_form_of_a_dockerfile_is_an_image(make_tree: MakeTree) -> None:
    tree = make_tree(
        dict.fromkeys(
            (
                "backend/Dockerfile",
                "frontend/Containerfile",
                "Dockerfile.worker",
                "proxy.Dockerfile",
                "docker/mail/Dockerfile",
            ),
            "FROM scratch",
        )
    )
    assert names(tree) == {
        "backend": "backend/Dockerfile",
        "frontend": "frontend/Containerfile",
        "worker": "Dockerfile.worker",
        "proxy": "proxy.Dockerfile",
        "mail": "docker/mail/Dockerfile",
    }


def test_what_only_looks_like_a_dockerfile_is_none(make_tree: MakeTree) -> None:
    files = (
        "Dockerfile.dockerignore",
        "Dockerfile.j2",
        "bin/Dockerfile-template",
        "Dockerfile.test",
        "frontend/Dockerfile.playwright",
        "docs/Dockerfile",
        "tests/fixtures/Dockerfile",
        ".devcontainer/Dockerfile",
        "node_modules/x/Dockerfile",
    )
    assert names(make_tree(dict.fromkeys(files, "FROM scratch"))) == {}


def test_the_image_of_the_root_is_called_as_the_project(make_tree: MakeTree) -> None:
    assert list(names(make_tree({"Dockerfile": "FROM scratch"}))) == ["shop"]
    tree = make_tree({"Dockerfile": "", "pyproject.toml": '[project]\nname = "book-shop"\n'})
    assert list(names(tree)) == ["book_shop"]


def test_images_of_one_name_are_told_apart(make_tree: MakeTree) -> None:
    tree = make_tree(dict.fromkeys(("a/api/Dockerfile", "b/api/Dockerfile"), "FROM scratch"))
    assert list(names(tree)) == ["a_api", "b_api"]
    tree = make_tree(dict.fromkeys(("a/Dockerfile.prod", "b/Dockerfile.prod"), "FROM scratch"))
    assert list(names(tree)) == ["a_prod", "b_prod"]


@pytest.mark.parametrize("folder", ["push", "class"])
def test_no_image_is_called_as_a_session(make_tree: MakeTree, folder: str) -> None:
    (image,) = survey_images(make_tree({f"{folder}x/{folder}/Dockerfile": "FROM scratch"}))
    assert image.name != folder


def test_a_service_that_listens_names_the_image(make_tree: MakeTree) -> None:
    compose = COMPOSE.replace("      target: runtime\n", "")
    tree = make_tree({"compose.yaml": compose, "backend/Dockerfile": BACKEND})
    assert names(tree) == {"api": "backend/Dockerfile"}


def test_a_job_that_builds_the_same_and_has_no_health_does_not_name_it(
    make_tree: MakeTree,
) -> None:
    job = "  job:\n    build: *own\n    healthcheck: {disable: true}\n"
    compose = f"services:\n  api:\n    build: &own\n      context: .\n{job}"
    for text in (compose, f"x: &x {{}}\ny:\n  <<: *x\n{compose}"):
        tree = make_tree({"Dockerfile": "FROM scratch\n", "compose.yaml": text})
        assert list(names(tree)) == ["api"]


def test_two_stages_of_one_dockerfile_are_two_images(make_tree: MakeTree) -> None:
    compose = "services:\n" + "".join(
        f"  {name}:\n    build:\n      context: .\n      target: {name}\n"
        for name in ("web", "job")
    )
    tree = make_tree({"docker-compose.yml": compose, "Dockerfile": "FROM a AS web\nFROM a AS job"})
    assert [(image.name, image.target) for image in survey_images(tree)] == [
        ("web", "web"),
        ("job", "job"),
    ]


def test_a_service_that_shares_its_settings_by_an_anchor_is_read(make_tree: MakeTree) -> None:
    compose = (
        "x-app: &app\n  build: {context: ., target: app}\n  ports: ['8000']\n"
        "services:\n"
        "  web:\n    <<: *app\n"
        "  job:\n    <<: *app\n    build:\n      context: .\n      target: ${STAGE:-job}\n"
    )
    tree = make_tree({"compose.yaml": compose, "Dockerfile": "FROM a AS app\nFROM a AS job"})
    assert [(image.name, image.target) for image in survey_images(tree)] == [
        ("web", "app"),
        ("job", "job"),
    ]
    found = resolve(tree)
    assert (found.image.target, found.origins["target"]) == ("app", "compose.yaml:2")
    assert resolve(tree, survey_images(tree)[1]).image.target == "job"


@pytest.mark.parametrize("form", ["APP: {}", "- APP={}"])
def test_services_that_differ_in_their_arguments_are_two_images(
    make_tree: MakeTree, form: str
) -> None:
    compose = "services:\n" + "".join(
        f"  {name}:\n    build:\n      context: .\n      args:\n        {form.format(app)}\n"
        for name, app in (("shop", "shop"), ("admin", "admin"), ("worker", "shop"))
    )
    for text in (compose, f"x: &x {{}}\ny:\n  <<: *x\n{compose}"):
        tree = make_tree({"compose.yaml": text, "Dockerfile": "FROM scratch\nARG APP\n"})
        found = [resolve(tree, image).image for image in survey_images(tree)]
        assert [(image.name, image.build_args) for image in found] == [
            ("shop", {"APP": "shop"}),
            ("admin", {"APP": "admin"}),
        ]


def test_a_service_may_build_a_dockerfile_of_any_name(make_tree: MakeTree) -> None:
    compose = "services:\n" + "".join(
        f"  {name}:\n    build:\n      context: ..\n      dockerfile: {file}\n"
        for name, file in (("site", "docker/DockerfileFront"), ("trial", "tests/DockerfileTrial"))
    )
    files = ("docker/DockerfileFront", "docker/DockerfileUnused", "tests/DockerfileTrial")
    tree = make_tree({"docker/compose.yaml": compose, **dict.fromkeys(files, "FROM scratch")})
    assert names(tree) == {"site": "docker/DockerfileFront"}


STAGES = "FROM a AS dev\nFROM a AS final\n"
DEVELOPMENT = """\
services:
  vote:
    build:
      context: vote
      target: dev
    ports: ["80:80"]
"""


def test_a_stage_for_development_is_not_what_is_published(make_tree: MakeTree) -> None:
    tree = make_tree(
        {
            "docker-compose.yml": DEVELOPMENT,
            "docker-compose.test.yml": DEVELOPMENT.replace("vote:", "trial:").replace(
                "dev", "final"
            ),
            "vote/Dockerfile": STAGES,
        }
    )
    found = resolve(tree)
    assert (found.image.name, found.image.target, found.image.port) == ("vote", None, 80)
    assert found.notes[0] == (
        "docker-compose.yml:5 builds the stage dev, one for development: the last is taken"
    )


def test_the_stage_of_production_counts_before_one_for_development(make_tree: MakeTree) -> None:
    tree = make_tree(
        {
            "docker-compose.yml": DEVELOPMENT,
            "docker-compose.prod.yml": DEVELOPMENT.replace("dev", "final"),
            "vote/Dockerfile": STAGES,
        }
    )
    found = resolve(tree)
    assert (found.image.target, found.origins["target"]) == ("final", "docker-compose.prod.yml:5")


def test_what_a_compose_file_says_has_its_line(make_tree: MakeTree) -> None:
    tree = make_tree({"compose.yaml": COMPOSE, "backend/Dockerfile": BACKEND})
    found = resolve(tree, Image("api"))
    image, origins = found.image, found.origins
    assert (image.context, origins["context"]) == ("backend", "compose.yaml:10")
    assert (image.target, origins["target"]) == ("runtime", "compose.yaml:11")
    assert image.build_args == {"LEVEL": "info"}
    assert (image.port, origins["port"]) == (8000, "backend/Dockerfile:4")
    assert (image.health, origins["health"]) == ("/health", "compose.yaml:22")
    assert image.repository == ("registry.example.com/acme/api",)
    assert image.env == {"POSTGRES_SERVER": "db", "MODE": "plain"}


def test_what_leads_to_a_database_is_that_of_its_backend(make_tree: MakeTree) -> None:
    tree = make_tree(
        {
            "compose.yaml": COMPOSE,
            "backend/Dockerfile": BACKEND,
            "backend/pyproject.toml": '[project]\nname = "x"\ndependencies = ["psycopg"]\n',
            "backend/app/config.py": 'import os\nHOST = os.environ["POSTGRES_SERVER"]\n',
        }
    )
    image = resolve(tree, Image("api")).image
    assert image.backend == "backend"
    assert isinstance(image.env, dict)
    assert (image.env["POSTGRES_SERVER"], image.env["MODE"]) == ("{host}", "plain")


def test_an_image_of_a_frontend_beside_a_backend_needs_no_database(make_tree: MakeTree) -> None:
    tree = make_tree(
        {
            "Dockerfile.frontend": "FROM node:20 AS b\nCOPY . .\nFROM nginx\nCOPY --from=b /a /b\n",
            "backend/pyproject.toml": '[project]\nname = "x"\n',
            "backend/app/__init__.py": "",
        }
    )
    assert resolve(tree).image.backend is None


def test_the_context_is_where_the_copied_files_are(make_tree: MakeTree) -> None:
    dockerfile = "FROM scratch\nCOPY backend/main.py /\nCOPY --from=x /y /z\nADD https://a/b /c\n"
    tree = make_tree({"docker/Dockerfile": dockerfile, "backend/main.py": ""})
    found = resolve(tree)
    assert (found.image.context, found.origins["context"]) == (".", "what docker/Dockerfile copies")
    plain = make_tree({"api/Dockerfile": "FROM scratch\nCOPY . /\n", "api/main.py": ""})
    assert resolve(plain).image.context == "api"


def test_a_file_that_a_step_mounts_tells_the_context(make_tree: MakeTree) -> None:
    mounts = (
        "--mount=type=cache,target=/var/cache "
        "--mount=type=bind,source=uv.lock,target=uv.lock "
        "--mount=type=bind,from=other,source=nothing.txt,target=/x"
    )
    dockerfile = f"FROM a\nRUN {mounts} \\\n  uv sync\nCOPY . /app\n"
    tree = make_tree({"dockerfiles/plain/Dockerfile": dockerfile, "uv.lock": ""})
    assert resolve(tree).image.context == "."


def test_a_repository_on_github_publishes_to_its_registry(make_tree: MakeTree) -> None:
    tree = make_tree({"api/Dockerfile": "FROM scratch"})
    config = tree.root / ".git" / "config"
    config.parent.mkdir()
    config.write_text(
        '[core]\n\tbare = false\n[remote "origin"]\n\turl = git@github.com:Acme/Shop.git\n'
    )
    assert resolve(tree).image.repository == ("ghcr.io/acme/shop/api",)
    config.write_text('[remote "origin"]\n\turl = https://t:x@github.com/acme/shop\n')
    assert resolve(tree).image.repository == ("ghcr.io/acme/shop/api",)
    config.write_text('[remote "origin"]\n\turl = https://git.example.com/acme/shop\n')
    assert resolve(tree).image.repository == ()


@pytest.mark.parametrize(
    ("command", "path"),
    [
        ("CMD curl -f http://localhost:8000/health || exit 1", "/health"),
        ('["CMD", "wget", "-qO-", "http://127.0.0.1/api/ping?x=1"]', "/api/ping?x=1"),
        ("python -c \"import urllib.request as r; r.urlopen('http://localhost:80/up')\"", "/up"),
        ("curl --fail http://localhost:${PORT:-8000}/healthz/", "/healthz/"),
        ("curl http://localhost:8000", "/"),
        ("nc -z localhost 8000", ""),
        ("pg_isready", ""),
        ("curl http://localhost:8000/$WHERE", ""),
    ],
)
def test_the_path_of_a_health_check_is_read(command: str, path: str) -> None:
    assert parse_path(command) == path


def test_a_port_of_a_database_is_not_asked_for_pages(make_tree: MakeTree) -> None:
    assert (
        resolve(make_tree({"db/Dockerfile": "FROM postgres:15\nEXPOSE 5432\n"})).image.port is None
    )


@pytest.mark.parametrize(
    ("fields", "wrong", "hint"),
    [
        ({"contxt": "backend"}, "`contxt` is not a field of Image", "did you mean `context`?"),
        ({"context": "bakend"}, 'no folder "bakend"', 'did you mean "backend"?'),
        ({"context": "../x"}, "must lie below the noxfile", ""),
        ({"dockerfile": "backend/Dockerfil"}, "no file", 'did you mean "backend/Dockerfile"?'),
        ({"context": "empty"}, 'no Dockerfile in "empty"', 'there is one at: "backend/Dockerfile"'),
        ({"repository": "ghcr.io/Acme/Api"}, "no registry allows", '"ghcr.io/acme/api"'),
        ({"repository": "ghcr.io/acme/api:1"}, "no registry allows", '"ghcr.io/acme/api"'),
        ({"repository": "a b"}, "no registry allows", "small letters"),
        ({"build_args": {"API_TOKEN": "x"}}, "API_TOKEN is a secret by its name", "secrets="),
        ({"build_args": {"X": "ghp_" + "a" * 36}}, "looks like a secret", "secrets="),
        ({"build_args": {"DB_PASSWORD": "x"}}, "DB_PASSWORD is a secret", "type=secret"),
        ({"secrets": {"pypi": "hunter2"}}, "says where a secret is", '"env:NAME"'),
        ({"port": "8000"}, "`port` must be a whole number or None, not a str", ""),
        ({"port": 70000}, "no port 70000", ""),
        ({"health": "health"}, "must begin with a slash", '"/health"'),
        ({"env": {"X": "{hots}"}}, "holds {hots}", "did you mean {host}?"),
        ({"backend": "bakend"}, 'no backend "bakend"', 'did you mean "backend"?'),
        ({"platforms": "amd64"}, '"amd64" is no platform', "linux/amd64"),
        ({"attestations": "sbon"}, '`attestations` cannot be "sbon"', 'did you mean "sbom"?'),
        ({"timeout_s": 0}, "above 0", ""),
        ({"cache_to": "type = gha"}, "names no cache", "type=gha"),
    ],
)
def test_a_mistake_in_an_image_is_told_in_a_few_lines(
    make_tree: MakeTree, fields: dict[str, object], wrong: str, hint: str
) -> None:
    tree = make_tree({"backend/Dockerfile": BACKEND, "backend/a.py": "", "empty/x": ""})
    with pytest.raises(SettingsError) as caught:
        place = {} if "dockerfile" in fields else {"context": "backend"}
        image = Image("api", **{**place, **fields})  # type: ignore[arg-type]
        check_images(tree, [image], [Backend("backend", name="backend")])
    lines = str(caught.value).splitlines()
    assert lines[0].startswith('noxfile.py: cicd.Image("api"')
    assert wrong in lines[1]
    assert hint in "\n".join(lines[2:])
    assert "ghp_" not in str(caught.value) and "hunter2" not in str(caught.value)


@pytest.mark.parametrize("name", ["push", "my-app", "ci", "class"])
def test_an_image_cannot_have_every_name(make_tree: MakeTree, name: str) -> None:
    tree = make_tree({"backend/Dockerfile": BACKEND})
    with pytest.raises(SettingsError):
        check_images(tree, [Image(name, context="backend")], [])


def test_two_images_of_one_name_are_refused(make_tree: MakeTree) -> None:
    tree = make_tree({"backend/Dockerfile": BACKEND})
    with pytest.raises(SettingsError, match="the same name"):
        check_images(tree, [Image("api", context="backend")] * 2, [])


def test_an_image_without_a_name_is_told() -> None:
    with pytest.raises(SettingsError, match="its name is missing"):
        Image()  # type: ignore[call-arg]
    with pytest.raises(SettingsError, match="only its name goes without a name"):
        Image("api", "backend")  # type: ignore[misc]


@pytest.mark.parametrize(
    "name", ["PUBLIC_KEY_URL", "VITE_PUBLISHABLE_KEY", "KEYCLOAK_URL", "MONKEY"]
)
def test_a_build_argument_that_is_no_secret_is_taken(make_tree: MakeTree, name: str) -> None:
    tree = make_tree({"backend/Dockerfile": BACKEND})
    check_images(tree, [Image("api", context="backend", build_args={name: "x"})], [])


@pytest.mark.parametrize(
    ("registry", "wrong"),
    [
        (lambda: Registry("https://ghcr.io"), "no host of a registry"),
        (lambda: Registry("ghcr.io", password="hunter2"), "says where a secret is"),
        (lambda: Registry("ghcr.io", require="signatur"), 'did you mean "signature"'),
        (lambda: Registry("ghcr.io", usr="x"), "did you mean `user`"),
        (lambda: Registry(), "its host is missing"),
        (lambda: Registry("ghcr.io", insecure="yes"), "True or False"),
    ],
)
def test_a_mistake_in_a_registry_is_told(registry: Callable[[], Registry], wrong: str) -> None:
    with pytest.raises(SettingsError) as caught:
        check_registries([registry()])
    assert wrong in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_a_service_of_a_template_is_read_with_its_variables(make_tree: MakeTree) -> None:
    compose = (
        "services:\n"
        "  prestart:\n    image: '${IMAGE?Variable not set}:${TAG-latest}'\n"
        "    build:\n      context: ./backend\n"
        "  backend:\n    image: '${IMAGE?Variable not set}:${TAG-latest}'\n"
        "    env_file:\n      - .env\n"
        "    environment:\n      - DOMAIN=${DOMAIN}\n      - KEY=${KEY?Variable not set}\n"
        "    healthcheck:\n"
        '      test: ["CMD", "curl", "-f", "http://localhost:8000/api/health-check/"]\n'
        "    build:\n      context: ./backend\n      args:\n"
        "        - API=https://api.${DOMAIN?Variable not set}\n"
    )
    files = {
        "docker-compose.yml": compose,
        ".env": "DOMAIN=localhost\nIMAGE=backend\nKEY=changethis\n",
        "backend/Dockerfile": "FROM python:3.10\nCOPY . /app\n",
    }
    (image,) = survey_images(make_tree(files))
    found = resolve(make_tree(files), image)
    image = found.image
    assert (image.name, image.port, image.health) == ("backend", 8000, "/api/health-check/")
    assert found.origins["port"] == "docker-compose.yml:14"
    assert image.build_args == {"API": "https://api.localhost"}
    assert isinstance(image.env, dict)
    assert (image.env["DOMAIN"], image.env["KEY"]) == ("localhost", "changethis")
    assert image.repository == ()
