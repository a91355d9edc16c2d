"""What `nox -s dockerfiles` writes is built, started, asked and stopped, as it is."""

from __future__ import annotations

import contextlib
import gzip
import json
import shutil
import subprocess
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docker
import pytest
import uv
from tests.conftest import ROOT
from tests.engine.images.shops import ENVIRON
from tests.lacking import lacking
from tests.nox.conftest import THREE_LINES, Repository

from cicd.images.proofs.hadolint import REQUIREMENT

pytestmark = pytest.mark.engine
BOOKSHOP = ROOT / "examples" / "bookshop"
STOP_S = 10
MINIATURE = {
    "noxfile.py": THREE_LINES,
    "backend/pyproject.toml": '[project]\nname = "shop"\nversion = "1"\n'
    'requires-python = ">=3.11"\ndependencies = ["fastapi", "uvicorn"]\n'
    '[dependency-groups]\ndev = ["pytest"]\n'
    '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n',
    "backend/src/shop/__init__.py": "",
    "backend/src/shop/web.py": "from importlib.metadata import version\n\n"
    "from fastapi import FastAPI\n\n\ndef create_app() -> FastAPI:\n"
    '    app = FastAPI(version=version("shop"))\n\n    @app.get("/healthz")\n'
    '    def healthz() -> str:\n        return "ok"\n\n    return app\n',
    "backend/tests/test_shop.py": "from shop.web import create_app\n\n\n"
    'def test_it_has_a_version() -> None:\n    assert create_app().version == "1"\n',
}


@dataclass(frozen=True)
class Running:
    """A container that is well, and its port on this machine."""

    container: Any
    port: str = ""

    def get(self, path: str, **headers: str) -> tuple[int, Any, bytes]:
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read()

    @property
    def address(self) -> str:
        return str(self.container.attrs["NetworkSettings"]["Networks"]["bridge"]["IPAddress"])

    def end(self, signal: str) -> int:
        """How it ended; it has as long as an engine gives it."""
        self.container.kill(signal)
        return int(self.container.wait(timeout=STOP_S)["StatusCode"])


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    found = docker.from_env()
    yield found
    found.close()


@pytest.fixture(scope="module")
def miniature(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    made = Repository(tmp_path_factory.mktemp("mini") / "shop")
    for name, text in MINIATURE.items():
        made.put(name, text)
    subprocess.run((uv.find_uv_bin(), "lock", "--quiet"), cwd=made.root / "backend", check=True)
    return written(made)


@pytest.fixture(scope="module")
def bookshop(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """The example as its repository has it, with the files that were written for it."""
    root = tmp_path_factory.mktemp("books") / "bookshop"
    command = ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", ".")
    listed = subprocess.run(command, cwd=BOOKSHOP, capture_output=True, check=True).stdout
    for name in filter(None, listed.decode().split("\0")):
        if (BOOKSHOP / name).is_file():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(BOOKSHOP / name, root / name)
    made = Repository(root)
    made.put("noxfile.py", THREE_LINES)
    return made


@pytest.fixture(scope="module")
def mini_backend(client: Any, miniature: Repository) -> Iterator[str]:
    with built(client, miniature.root / "backend") as tag:
        yield tag


@pytest.fixture(scope="module")
def backend_image(client: Any, bookshop: Repository) -> Iterator[str]:
    with built(client, bookshop.root / "backend") as tag:
        yield tag


@pytest.fixture(scope="module")
def frontend_image(client: Any, bookshop: Repository) -> Iterator[str]:
    with built(client, bookshop.root / "frontend") as tag:
        yield tag


@pytest.fixture(scope="module")
def frontend(client: Any, frontend_image: str) -> Iterator[Running]:
    settings = {
        "API_URL": "https://api.example.com/v1",
        "CONNECT_SOURCES": "wss://live.example.com",
    }
    with running(client, frontend_image, 8080, settings) as found:
        yield found


def test_the_written_backend_is_well_where_nothing_can_be_written(
    client: Any, mini_backend: str
) -> None:
    with running(client, mini_backend, 8000) as backend:
        assert backend.get("/healthz")[0] == 200
        assert json.loads(backend.get("/openapi.json")[2])["info"]["version"] == "1"
        user = backend.container.exec_run(["id", "-u"]).output.strip()
        assert user == b"10001"
        assert backend.end("SIGTERM") == 0


def test_its_tests_run_in_the_stage_for_tests(client: Any, miniature: Repository) -> None:
    with built(client, miniature.root / "backend", "--target", "test") as tag:
        output = client.containers.run(tag, ["python", "-m", "pytest", "-q"], remove=True)
    assert b"1 passed" in output


def test_a_changed_source_is_a_changed_last_layer_and_no_other(
    client: Any, bookshop: Repository, tmp_path: Path
) -> None:
    folder = tmp_path / "backend"
    shutil.copytree(bookshop.root / "backend", folder)
    # Of several equal layers in its cache the engine takes any: these stand on one without equals.
    copy = "COPY --from=build /opt/venv"
    replace_in(folder / "Dockerfile", copy, f"WORKDIR /{uuid.uuid4().hex}\nWORKDIR /app\n{copy}")
    with built(client, folder) as first:
        replace_in(folder / "bookshop" / "main.py", "Bookshop", "Shop of books")
        with built(client, folder) as second:
            old, new = layers(client, first), layers(client, second)
    assert old[:-1] == new[:-1]
    assert old[-1] != new[-1]


def test_the_bookshop_is_one_origin_with_a_migrated_database(
    client: Any, backend_image: str, frontend_image: str
) -> None:
    with contextlib.ExitStack() as stack:
        database = {"POSTGRES_USER": "shop", "POSTGRES_PASSWORD": "shop", "POSTGRES_DB": "shop"}
        options = {"tmpfs": {"/var/lib/postgresql/data": ""}, "environment": database}
        server = stack.enter_context(started(client, "postgres:15", **options))
        settings = {**database, "POSTGRES_SERVER": server.address}
        backend = stack.enter_context(running(client, backend_image, 8000, settings))
        migrated = backend.container.exec_run(["alembic", "upgrade", "head"])
        assert migrated.exit_code == 0, migrated.output
        proxied = {"BACKEND_URL": f"http://{backend.address}:8000/"}
        site = stack.enter_context(running(client, frontend_image, 8080, proxied))
        status, headers, body = site.get("/api/books?q=")
        assert (status, json.loads(body)["total"]) == (200, 0)
        assert headers["Cache-Control"] is None  # the API's own affair
        assert backend.end("SIGTERM") == 0
        assert site.get("/api/books")[0] in (502, 504)
        assert site.get("/")[0] == 200


def test_the_page_is_asked_for_again_and_its_assets_never(frontend: Running) -> None:
    status, headers, page = frontend.get("/")
    assert (status, headers["Cache-Control"]) == (200, "no-cache")
    asset = page.decode().partition('crossorigin src="')[2].partition('"')[0]
    status, headers, body = frontend.get(asset, **{"Accept-Encoding": "gzip"})
    assert headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert (headers["Content-Encoding"], headers["Vary"]) == ("gzip", "Accept-Encoding")
    assert b"searchBooks" in gzip.decompress(body)
    assert frontend.get(asset)[1]["Content-Encoding"] is None


def test_addresses_are_the_applications_own_and_missing_assets_are_missing(
    frontend: Running,
) -> None:
    assert frontend.get("/orders/12")[2] == frontend.get("/")[2]
    status, headers, _ = frontend.get("/assets/index-DNvvoqE0.js")
    assert status == 404
    assert headers["Cache-Control"] is None
    assert frontend.get("/healthz")[::2] == (200, b"ok\n")
    assert frontend.get("/api/books")[0] == 404  # no backend was named


def test_settings_are_given_at_the_start(frontend: Running) -> None:
    status, headers, script = frontend.get("/config.js")
    assert (status, headers["Cache-Control"]) == (200, "no-cache")
    assert b'window.APP_CONFIG = { apiUrl: "https://api.example.com/v1" };' in script


def test_every_answer_has_the_policy_with_what_the_page_may_ask(frontend: Running) -> None:
    for path in ("/", "/orders/12", "/config.js", "/assets/missing.js"):
        headers = frontend.get(path)[1]
        policy = headers["Content-Security-Policy"]
        assert "script-src 'self';" in policy and "unsafe" not in policy
        assert policy.endswith("connect-src 'self' https://api.example.com wss://live.example.com")
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("signal", ["SIGTERM", "SIGQUIT"])
def test_nginx_ends_when_it_is_told_to(client: Any, frontend_image: str, signal: str) -> None:
    with running(client, frontend_image, 8080) as site:
        assert site.container.exec_run(["id", "-u"]).output.strip() == b"101"
        assert site.end(signal) == 0


def test_a_backend_is_at_most_1_4_times_what_it_is_made_of(client: Any, backend_image: str) -> None:
    """Compiled bytecode is ours; the base image, the sources and the dependencies are not."""
    count = (
        "import pathlib; print(sum(p.lstat().st_size for d in ('/opt/venv', '/app')"
        " for p in pathlib.Path(d).rglob('*') if p.is_file() and p.suffix != '.pyc'))"
    )
    own = int(client.containers.run(backend_image, ["python", "-c", count], remove=True))
    assert size(client, backend_image) <= 1.4 * (size(client, "python:3.13-slim") + own)


def test_a_frontend_is_at_most_1_2_times_what_it_is_made_of(
    client: Any, frontend_image: str
) -> None:
    find = [
        "find",
        "/usr/share/nginx/html",
        "-type",
        "f",
        "-not",
        "-name",
        "*.gz",
        "-printf",
        "%s\n",
    ]
    listed = client.containers.run(frontend_image, find, remove=True, entrypoint="")
    own = sum(map(int, listed.split()))
    base = size(client, "nginxinc/nginx-unprivileged:stable")
    assert size(client, frontend_image) <= 1.2 * (base + own)


def test_a_second_run_overwrites_nothing(miniature: Repository) -> None:
    changed = miniature.root / "backend" / "Dockerfile"
    before = {path: path.read_bytes() for path in files(miniature)}
    text = changed.read_text(encoding="utf-8")
    miniature.put("backend/Dockerfile", f"{text}# mine\n")
    ended = miniature.nox("-s", "dockerfiles")
    assert ended.code == 0
    assert "left     backend/Dockerfile is there" in ended.output
    assert "left     compose.yaml is there" in ended.output
    assert "written" not in ended.output
    assert changed.read_text(encoding="utf-8") == f"{text}# mine\n"
    miniature.put("backend/Dockerfile", text)
    assert {path: path.read_bytes() for path in files(miniature)} == before


def test_hadolint_finds_nothing(miniature: Repository, bookshop: Repository) -> None:
    found = [*miniature.root.rglob("Dockerfile"), *bookshop.root.rglob("Dockerfile")]
    assert len(found) == 3
    run = (uv.find_uv_bin(), "tool", "run", "--quiet", "--from", REQUIREMENT, "hadolint")
    ended = subprocess.run((*run, *found), capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (0, "")


@pytest.mark.parametrize("arguments", [(), ("-f", "compose.yaml", "--profile", "test")])
def test_compose_accepts_what_is_written(
    miniature: Repository, bookshop: Repository, arguments: tuple[str, ...]
) -> None:
    for made in (miniature, bookshop):
        done = call("docker", "compose", *arguments, "config", "--quiet", cwd=made.root)
        if "is not a docker command" in done.stderr or "unknown" in done.stderr:
            lacking("docker compose is not here")
        assert (done.returncode, done.stderr) == (0, "")


def test_a_part_without_an_application_is_said_with_file_and_line(tmp_path: Path) -> None:
    made = Repository(tmp_path)
    made.put("noxfile.py", THREE_LINES)
    made.write(requirements_dot_txt="requests==2.32.3\n", run_dot_py="print('hello')\n")
    ended = made.nox("-s", "dockerfiles")
    assert ended.code == 1
    last = (made.root / "Dockerfile").read_text(encoding="utf-8").count("\n")
    assert f"Dockerfile:{last}: no application was found" in ended.output


def written(made: Repository) -> Repository:
    ended = made.nox("-s", "dockerfiles")
    assert ended.code == 0, ended.output
    return made


def files(made: Repository) -> list[Path]:
    return [path for path in made.root.rglob("*") if path.is_file() and ".cicd" not in path.parts]


@contextlib.contextmanager
def built(client: Any, folder: Path, *options: str) -> Iterator[str]:
    """An image with a name of its own, gone afterwards."""
    tag = f"cicd-test-{uuid.uuid4().hex[:12]}"
    done = call("docker", "build", "--quiet", "--tag", tag, *options, ".", cwd=folder)
    assert done.returncode == 0, done.stderr
    try:
        yield tag
    finally:
        client.images.remove(tag, force=True)


def call(*command: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    env = {**ENVIRON, "DOCKER_BUILDKIT": "1"}
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)


@contextlib.contextmanager
def started(client: Any, image: str, **options: Any) -> Iterator[Running]:
    container = client.containers.create(image, **options)
    try:
        container.start()
        container.reload()
        yield Running(container)
    finally:
        container.remove(force=True, v=True)


@contextlib.contextmanager
def running(
    client: Any, image: str, port: int, environment: dict[str, str] | None = None
) -> Iterator[Running]:
    """A container whose root file system is read-only, once its own check calls it healthy."""
    options = {
        "read_only": True,
        "tmpfs": {"/tmp": ""},
        "ports": {f"{port}/tcp": ("127.0.0.1", None)},
        "environment": environment or {},
    }
    with started(client, image, **options) as found:
        require_healthy(client, found.container)
        published = found.container.attrs["NetworkSettings"]["Ports"][f"{port}/tcp"]
        yield Running(found.container, published[0]["HostPort"])


def require_healthy(client: Any, container: Any) -> None:
    """Told by the engine, from the container's beginning on."""
    wanted = {"container": container.id, "event": ["health_status", "die"]}
    for event in client.events(since=0, filters=wanted, decode=True):
        assert event["status"] == "health_status: healthy", container.logs().decode()
        container.reload()
        return


def replace_in(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def layers(client: Any, tag: str) -> list[str]:
    return list(client.images.get(tag).attrs["RootFS"]["Layers"])


def size(client: Any, tag: str) -> int:
    return int(client.images.get(tag).attrs["Size"])
