"""Images of a few lines, built by the engine, and proven as a session proves them."""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import docker
import pytest
from tests.lacking import lacking
from tests.nox.miniatures import plain

from cicd.config.parts import Image, Part
from cicd.images.port import Built
from cicd.model import Failure, Outcome
from cicd.records.runs import Run
from cicd.steps.image_proofs import prove_image
from cicd.steps.work import Work
from cicd.system.masking import Masks
from cicd.system.owner import Owner, current_owner
from cicd.system.place import Place
from cicd.system.process import LocalRunner

BASE = "python:3.13-slim"
SESSION = "api_image"
APP = """\
    import http.server
    import os
    import signal
    import sys
    import threading

    MODE = os.environ.get("MODE", "well")


    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            if MODE == "hangs":
                threading.Event().wait()
            elif MODE == "redirects":
                self.answer(307, "/health/")
            elif MODE == "fails" or self.path != "/health":
                self.answer(500)
            else:
                self.answer(200)

        def answer(self, status, location=""):
            self.send_response(status)
            self.send_header("Location", location)
            self.end_headers()


    def end(number, frame):
        os._exit(3 if MODE == "ends badly" else 0)


    print("this is", MODE, flush=True)
    if MODE == "exits":
        sys.exit("no settings: " + os.environ.get("TOKEN", ""))
    if MODE != "ignores":
        signal.signal(signal.SIGTERM, end)
    host = "127.0.0.1" if MODE == "hides" else "0.0.0.0"
    port = 9000 if MODE == "elsewhere" else 8000
    http.server.ThreadingHTTPServer((host, port), Handler).serve_forever()
    """
WELL = f"""\
    FROM {BASE}
    WORKDIR /app
    COPY app.py .
    USER 1000
    CMD ["python3", "app.py"]
    """


@dataclass
class Workshop:
    """Builds images below a folder, each content once, and removes them in the end."""

    root: Path
    images: dict[str, str] = field(default_factory=dict)

    def build(self, dockerfile: str = WELL, *arguments: str, **files: str) -> str:
        """The image's id. In the name of a file "__" stands for a slash and "_dot_" for a dot."""
        key = json.dumps((dockerfile, arguments, files))
        if key not in self.images:
            folder = self.root / str(len(self.images))
            for name, text in {"app.py": APP, "Dockerfile": dockerfile, **files}.items():
                path = folder / name.replace("__", "/").replace("_dot_", ".")
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(plain(text))
            argv = ("docker", "build", "--quiet", *arguments, str(folder))
            env = {**os.environ, "DOCKER_BUILDKIT": "1"}
            done = subprocess.run(argv, env=env, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr
            self.images[key] = done.stdout.strip()
        return self.images[key]

    def close(self) -> None:
        if self.images:
            argv = ("docker", "image", "rm", "--force", *set(self.images.values()))
            subprocess.run(argv, capture_output=True, check=False)


@dataclass
class Proved:
    """What was proven, and what was shown meanwhile."""

    outcome: Outcome
    shown: str

    @property
    def only(self) -> Failure:
        (failure,) = self.outcome.failures
        return failure

    @property
    def titles(self) -> list[str]:
        return [failure.title for failure in self.outcome.failures]


@dataclass
class Bench:
    """A repository of a Dockerfile, and the work of the session that proves its image."""

    workshop: Workshop
    root: Path
    environ: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))

    def prove(
        self, image: Image, dockerfile: str = WELL, *parts: Part, built: str = "", **files: str
    ) -> Proved:
        image_id = built or self.workshop.build(dockerfile, **files)
        (self.root / "Dockerfile").write_text(plain(dockerfile))
        said: list[str] = []
        found = Built(name=image.name, image_id=image_id, reference="", content_key="")
        outcome = prove_image(make_work(self.root, self.environ, said.append), image, found, parts)
        return Proved(outcome, "\n".join(said))


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    require_base()
    made = Workshop(tmp_path_factory.mktemp("images"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One repository for all: hadolint's environment is made once."""
    return tmp_path_factory.mktemp("repository")


def require_base() -> None:
    with contextlib.closing(docker.from_env()) as client:
        try:
            client.images.get(BASE)
        except docker.errors.ImageNotFound:
            try:
                client.images.pull(BASE)
            except docker.errors.APIError as error:
                lacking(f"{BASE} is not here and cannot be pulled: {error.explanation}")


def containers(owner: Owner | None = None, **filters: str) -> list[str]:
    """The names of this process's containers that are there, or of another one's."""
    label = f"cicd.owner={owner or current_owner()}"
    with contextlib.closing(docker.from_env()) as client:
        mine = {"label": [label, "cicd.kind=image"], **filters}
        found = client.containers.list(all=True, filters=mine, ignore_removed=True)
        return [str(one.name) for one in found]


def make_work(root: Path, environ: Mapping[str, str], say: Callable[[str], None]) -> Work:
    state = root / ".cicd"
    run = Run("run", state / "runs" / "run")
    reports = run.reports(SESSION)
    reports.mkdir(parents=True, exist_ok=True)
    masks = Masks()
    runner = LocalRunner(root, environ=environ, out=sys.stdout, masks=masks)
    place = Place(root=root, state=state, cache=root / "cache", reports=reports, runner=runner)
    return Work(
        session=SESSION,
        arguments=(),
        environ=environ,
        strict=False,
        run=run,
        place=place,
        masks=masks,
        say=lambda line: say(masks.apply(line)),
    )


API = Image(
    "api",
    context=".",
    dockerfile="Dockerfile",
    target=None,
    build_args={},
    port=8000,
    health="/health",
    env={},
    backend=None,
    start_s=20,
)


def api(mode: str = "well", **fields: object) -> Image:
    return replace(API, **{"env": {"MODE": mode}, **fields})  # type: ignore[arg-type]
