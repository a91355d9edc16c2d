"""`nox -s <image>_image`: what a reader sees of a proof, and what stays of a killed run."""

import contextlib
import json
import os
import re
import signal
import textwrap
from collections.abc import Iterator
from pathlib import Path

import docker
import pytest
from tests.engine.images.proving import APP, WELL, containers, require_base
from tests.nox.conftest import Repository
from tests.nox.leftovers import processes_of, what_stays
from tests.nox.running import started

from cicd.system.owner import owner_of

pytestmark = pytest.mark.engine
SESSION = ("-s", "api_image")
NOXFILE = """\
    import cicd

    project = cicd.project(
        cicd.Image("api", context=".", port=8000, health="/health", env={"MODE": "MODE_OF_IT"})
    )
    """


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Repository]:
    require_base()
    repository = Repository(tmp_path)
    repository.put_all({"noxfile.py": NOXFILE, "Dockerfile": WELL, "app.py": APP})
    yield repository
    with contextlib.closing(docker.from_env()) as client:
        for built in (tmp_path / ".cicd" / "images").glob("api.json"):
            with contextlib.suppress(docker.errors.APIError):
                client.images.remove(json.loads(built.read_text())["image_id"], force=True)


def test_a_green_image_tells_its_size_and_its_times(api: Repository) -> None:
    ended = api.nox(*SESSION)
    assert ended.code == 0, ended.output
    said = r"api_image  ✓ .* \d+ MB · healthy after \d\.\d s · stopped in \d\.\d s"
    assert re.search(said, ended.end), ended.end
    again = api.nox(*SESSION)
    assert "· reused from " in again.end


def test_a_red_image_tells_each_finding_with_its_line(api: Repository) -> None:
    api.put("Dockerfile", WELL.replace("COPY app.py", "COPY app.py .env").replace("1000", "root"))
    api.put(".env", "DEBUG=1\n")
    ended = api.nox(*SESSION)
    assert ended.code == 1
    assert "Dockerfile:4  it runs as root: USER is root" in ended.end
    assert "Dockerfile:3  `.env`: app/.env" in ended.end
    assert "nox -s api_image" in ended.end


def test_a_session_of_ones_own_builds_and_proves_by_the_step(api: Repository) -> None:
    own = """
    @project.replace("api_image", venv_backend="none")
    def api_image(session):
        outcome = cicd.steps.image(session, project.images[0], parts=project.parts)
        assert outcome.metrics["size_bytes"] > 1
    """
    api.put("noxfile.py", textwrap.dedent(NOXFILE) + textwrap.dedent(own))
    ended = api.nox(*SESSION)
    assert ended.code == 0, ended.output
    assert "healthy after" in ended.end
    api.put("Dockerfile", WELL.replace("1000", "root"))
    assert "it runs as root: USER is root" in api.nox(*SESSION).end


def test_a_build_ends_with_the_run_that_is_killed(api: Repository, tmp_path: Path) -> None:
    mark = f"wait-{tmp_path.name}-{os.getpid()}"
    waits = f'RUN ["python3", "-c", "import time; time.sleep(600)", "{mark}"]\n'
    api.put("Dockerfile", WELL.replace("COPY app.py", f"{waits}COPY app.py"))
    with started(api, *SESSION) as run:
        while what_stays(lambda: [] if processes_of(Path(mark)) else ["no step of the build"]):
            assert run.process.poll() is None, run.end().output
        run.send(signal.SIGKILL)
        run.end()
    assert what_stays(lambda: processes_of(Path(mark))) == []


def test_nothing_remains_of_a_run_that_is_killed(api: Repository) -> None:
    api.put("noxfile.py", NOXFILE.replace("MODE_OF_IT", "hangs"))
    with started(api, *SESSION) as run:
        mine = owner_of(run.process.pid)

        def not_yet() -> list[str]:
            return [] if containers(mine, status="running") else ["no container"]

        while what_stays(not_yet):
            assert run.process.poll() is None, run.end().output
        run.send(signal.SIGKILL)
        run.end()
    assert what_stays(lambda: containers(mine)) == []
