"""Real nox, a real engine, real Compose: what a stack shows, and what is left of it."""

import shutil
import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import docker
import pytest
from docker.errors import DockerException
from tests.engine.images.stack_miniature import COMPOSE, DOCKERFILE, SERVE, STACK, WAITS, WEB
from tests.lacking import lacking
from tests.nox.conftest import THREE_LINES, Repository
from tests.nox.leftovers import what_stays
from tests.nox.running import PATIENCE_S, started
from tests.nox.screen import assert_red

from cicd.images.local import local_name
from cicd.images.stack.leftovers import KIND
from cicd.images.stack.states import PROJECT_LABEL
from cicd.system.owned import OWNER_LABEL, owner_labels
from cicd.system.owner import owner_of

pytestmark = pytest.mark.engine
RUN = ("-s", "stack")
BASE = "python:3.13-slim"
STOPS = """\
    import os
    import urllib.request


    def test_that_stops_a_service():
        try:
            urllib.request.urlopen(os.environ["WEB_URL"] + "/stop")
        except OSError:
            pass
    """
NO_PROCESS = 2**22 + 1
"""Above the largest number that Linux gives a process."""


@pytest.fixture
def client() -> Iterator[docker.DockerClient]:
    made = docker.from_env()
    yield made
    made.close()


@pytest.fixture
def stack(tmp_path: Path, client: docker.DockerClient) -> Iterator[Repository]:
    """The miniature, in a repository that git knows nothing of."""
    if not client.images.list(BASE):
        try:
            client.images.pull(BASE)
        except DockerException as error:
            lacking(f"{BASE} is not here and cannot be pulled: {error}")
    made = Repository(tmp_path / "miniature")
    made.put_all({"noxfile.py": THREE_LINES, **STACK})
    yield made
    ours = local_name(made.root, "")
    for image in client.images.list():
        for tag in (tag for tag in image.tags if tag.startswith(ours)):
            client.images.remove(tag)


def things(client: docker.DockerClient, label: str) -> list[str]:
    """Containers, networks and volumes with this label."""
    filters: dict[str, str | list[str] | bool] = {"label": label}
    found = [
        *client.containers.list(all=True, filters=filters, ignore_removed=True),
        *client.networks.list(filters=filters),
        *client.volumes.list(filters=filters),
    ]
    return [str(thing.name) for thing in found]


def projects(repository: Repository) -> set[str]:
    """The names of the stacks that were started in this repository."""
    words = [
        word
        for record in repository.records().values()
        for ran in record.commands
        for word in ran.command.split()
    ]
    return {word for word in words if word.startswith("cicd-stack-")}


def assert_nothing_left(repository: Repository, client: docker.DockerClient) -> None:
    for project in projects(repository):
        assert things(client, f"{PROJECT_LABEL}={project}") == []


class Gate:
    """Where smoke tests knock with the name of their project, and wait to be let go on."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(PATIENCE_S)
        self._open: list[socket.socket] = []
        self.test = WAITS.format(port=self._listener.getsockname()[1])

    def project(self) -> str:
        line, _ = self._listener.accept()
        self._open.append(line)
        with line.makefile() as said:
            return said.readline().strip()

    def open(self) -> None:
        for line in (*self._open, self._listener):
            line.close()


@pytest.fixture
def gate() -> Iterator[Gate]:
    made = Gate()
    yield made
    made.open()


def test_the_whole_application_is_green_and_nothing_of_it_stays(
    stack: Repository, client: docker.DockerClient
) -> None:
    ended = stack.nox(*RUN)
    assert ended.code == 0, ended.output
    assert "4 tests · 1 service healthy, 1 without a health check, 2 jobs done" in ended.end
    assert_nothing_left(stack, client)
    assert things(client, "com.docker.compose.volume=miniature-data") == []


def test_a_smoke_test_that_fails_is_named_with_the_logs_of_every_service(
    stack: Repository, client: docker.DockerClient
) -> None:
    stack.put("tests/smoke/test_stack.py", "def test_wrong():\n    assert 1 == 2\n")
    ended = stack.nox(*RUN)
    repeat = "repeat:  nox -s stack -- tests/smoke/test_stack.py::test_wrong"
    assert_red(ended, "stack", "tests/smoke/test_stack.py:2", "assert 1 == 2", repeat)
    for said in ("migrated", "seeded", "serving api", "serving web"):
        assert said in ended.output
    assert "serving api" in stack.report("stack", "logs/api.log")
    assert_nothing_left(stack, client)


def test_what_stands_after_the_dashes_goes_to_pytest(stack: Repository) -> None:
    ended = stack.nox(*RUN, "--", "tests/smoke/test_stack.py::test_the_front_answers")
    assert ended.code == 0, ended.output
    assert "1 test ·" in ended.end
    ended = stack.nox(*RUN, "--", "-k", "api")
    assert "2 tests ·" in ended.end, ended.output


def test_a_service_that_is_unhealthy_is_red_with_its_log_and_what_its_check_said(
    stack: Repository, client: docker.DockerClient
) -> None:
    stack.put("compose.yaml", COMPOSE.replace('"200"', '"503"'))
    ended = stack.nox(*RUN)
    assert_red(
        ended,
        "stack",
        "compose.yaml:10",
        "`api` is unhealthy",
        "check: urllib.error.HTTPError: HTTP Error 503",
        '"GET / HTTP/1.1" 503',
    )
    assert_nothing_left(stack, client)


def test_a_service_that_ends_again_and_again_is_red_before_long(stack: Repository) -> None:
    crashes = 'HEALTH: "200"}\n        command: [python, -c, raise SystemExit("no books")]\n'
    again = f"{crashes}        restart: always"
    stack.put("compose.yaml", COMPOSE.replace('HEALTH: "200"}', again))
    assert_red(
        stack.nox(*RUN), "stack", "compose.yaml:10", "`api` ended and was started again", "no books"
    )


def test_a_job_that_fails_is_red(stack: Repository) -> None:
    stack.put("compose.yaml", COMPOSE.replace("print('seeded')", "raise SystemExit('no seeds')"))
    ended = stack.nox(*RUN)
    assert_red(ended, "stack", "compose.yaml:7", "`seed` ended with exit code 1", "no seeds")


def test_a_service_that_dies_while_the_tests_run_is_the_first_thing_to_know(
    stack: Repository,
) -> None:
    stack.put("tests/smoke/test_stack.py", STOPS)
    ended = stack.nox(*RUN)
    said = "`web` ended with exit code 3 while the tests ran"
    assert_red(ended, "stack", said, "asked to stop")


def test_a_service_that_is_started_again_while_the_tests_run_is_red(stack: Repository) -> None:
    stack.put(
        "compose.yaml", COMPOSE.replace("{SERVICE: web}", "{SERVICE: web}\n        restart: always")
    )
    stack.put("tests/smoke/test_stack.py", STOPS)
    said = "`web` ended and was started again while the tests ran"
    assert_red(stack.nox(*RUN), "stack", said, "asked to stop")


def test_without_smoke_tests_health_is_what_was_checked(stack: Repository) -> None:
    shutil.rmtree(stack.root / "tests")
    ended = stack.nox(*RUN)
    assert ended.code == 0, ended.output
    assert "there are no smoke tests in tests/smoke" in ended.end


def test_smoke_tests_that_are_all_skipped_verify_nothing(stack: Repository) -> None:
    skipped = "import pytest\n\n@pytest.mark.skip\ndef test_later():\n    pass\n"
    stack.put("tests/smoke/test_stack.py", skipped)
    ended = stack.nox(*RUN)
    assert "NOT VERIFIED:\n  stack: all 1 tests were skipped" in ended.end, ended.output
    assert stack.nox(*RUN, CI="true").code == 1


def test_two_stacks_at_once_do_not_collide(
    stack: Repository, gate: Gate, client: docker.DockerClient
) -> None:
    stack.put("tests/smoke/test_stack.py", gate.test)
    with ExitStack() as both:
        runs = [both.enter_context(started(stack, *RUN)) for _ in range(2)]
        names = {gate.project() for _ in runs}
        assert len(names) == 2
        gate.open()
        for run in runs:
            ended = run.end()
            assert ended.code == 0, ended.output
    for name in names:
        assert things(client, f"{PROJECT_LABEL}={name}") == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_a_stack_goes_with_a_run_that_is_ended(
    stack: Repository, gate: Gate, client: docker.DockerClient, number: signal.Signals
) -> None:
    stack.put("tests/smoke/test_stack.py", gate.test)
    with started(stack, *RUN) as run:
        label = f"{PROJECT_LABEL}={gate.project()}"
        assert len(things(client, label)) == 6
        run.send(number, to_all=number == signal.SIGINT)
        run.end()
    assert what_stays(lambda: things(client, label)) == []


def test_what_a_dead_owner_left_is_removed_by_the_next_run(
    stack: Repository, client: docker.DockerClient
) -> None:
    labels = {**owner_labels(KIND), OWNER_LABEL: str(owner_of(NO_PROCESS))}
    left = client.volumes.create(labels=labels)
    kept = client.volumes.create(labels=owner_labels(KIND))
    try:
        stack.put("compose.yaml", COMPOSE.replace("driver: bridge", ""))
        assert stack.nox(*RUN).code == 0
        names = [volume.name for volume in client.volumes.list()]
        assert left.name not in names
        assert kept.name in names
    finally:
        kept.remove()


def test_an_external_network_is_refused_with_the_reason(stack: Repository) -> None:
    network = "networks: {default: {name: traefik-public, external: true}}"
    ipam = "networks: {default: {ipam: {config: [{subnet: 10.213.7.0/24}]}}}"
    stack.put("compose.yaml", COMPOSE.replace(ipam, network))
    ended = stack.nox(*RUN)
    assert_red(ended, "stack", "the network `default` is external")
    assert projects(stack)  # asked for its model,
    assert "up --detach" not in ended.output  # and not started


def test_what_only_the_compose_file_builds_is_built_as_well(stack: Repository) -> None:
    only = 'import cicd\n\ncicd.project(cicd.Image("app", context="app"))\n'
    stack.put_all({"noxfile.py": only, "front/Dockerfile": DOCKERFILE, "front/serve.py": SERVE})
    built = COMPOSE.replace(WEB, WEB.replace("image: miniature/app", "build: front"))
    stack.put("compose.yaml", built)
    ended = stack.nox(*RUN)
    assert ended.code == 0, ended.output
    assert "web=" in stack.records()["stack"].outcome.facts["images"]


def test_it_is_the_image_that_is_tried_and_not_the_sources_beside_it(stack: Repository) -> None:
    mounted = COMPOSE.replace('HEALTH: "200"}', 'HEALTH: "200"}\n        volumes: ["./app:/srv"]')
    stack.put("compose.yaml", mounted.replace("http://127.0.0.1:8000/", "file:///srv/serve.py"))
    ended = stack.nox(*RUN)
    assert_red(ended, "stack", "`api` is unhealthy", "No such file or directory")
    assert "/app is not mounted, the image itself is tried" in ended.output


@pytest.mark.parametrize("listed", ["app/requirements.txt", "tests/smoke/requirements.txt"])
def test_smoke_tests_import_what_the_backend_has_or_what_they_list(
    stack: Repository, listed: str
) -> None:
    backend = 'cicd.Backend("app", install="requirements", tests="pytest", postgres=None)'
    stack.put("noxfile.py", f'import cicd\n\ncicd.project({backend}, cicd.Image("api"))\n')
    stack.put("app/requirements.txt", "pytest\n")
    stack.put(listed, "pytest\n# writes TOML\ntomli-w==1.2.0  # the newest\n")
    stack.put("tests/smoke/test_stack.py", "import tomli_w\n\ndef test_it():\n    tomli_w.dumps\n")
    ended = stack.nox(*RUN)
    assert ended.code == 0, ended.output
    assert "1 test ·" in ended.end


def test_a_build_outside_of_the_repository_is_refused(stack: Repository) -> None:
    stack.put("compose.yaml", COMPOSE.replace(WEB, f"      far:\n        build: ../far\n{WEB}"))
    assert_red(stack.nox(*RUN), "stack", "`far`", "not a folder of this repository")


def test_a_compose_file_without_our_images_is_refused(stack: Repository) -> None:
    stack.put("compose.yaml", "services: {db: {image: 'postgres:15'}}\n")
    said = "compose.yaml starts none of the images of this repository"
    assert_red(stack.nox(*RUN), "stack", said)


def test_a_compose_file_that_cannot_be_read_is_red(stack: Repository) -> None:
    stack.put("compose.yaml", "services: {api: {build: app, prots: [1]}}\n")
    assert_red(stack.nox(*RUN), "stack", "compose.yaml: ", "prots")


def test_variables_that_are_not_set_are_red_with_the_file_that_sets_them(
    stack: Repository,
) -> None:
    stack.put("compose.yaml", COMPOSE.replace('"200"', '"${STATUS:?is not set}"'))
    stack.put(".env.example", "STATUS=200\n")
    assert_red(stack.nox(*RUN), "stack", "STATUS", "is not set", "cp .env.example .env")
    assert stack.nox(*RUN, STATUS="200").code == 0


def test_a_secret_of_the_environment_is_hidden_in_the_logs_of_services(stack: Repository) -> None:
    shown = COMPOSE.replace("print('seeded')", "raise SystemExit('it is ${SEED_TOKEN}')")
    stack.put("compose.yaml", shown)
    ended = stack.nox(*RUN, SEED_TOKEN="correct-horse")
    assert_red(ended, "stack", "it is ***")
    assert "correct-horse" not in ended.output
    assert "it is ***" in stack.report("stack", "logs/seed.log")


def test_without_docker_it_is_not_verified_and_red_in_ci(stack: Repository) -> None:
    nowhere = {"DOCKER_HOST": f"unix://{stack.root}/no.sock"}
    ended = stack.nox(*RUN, **nowhere)
    assert ended.code == 0, ended.output
    assert "no Docker engine answers at unix://" in ended.end
    assert_red(stack.nox(*RUN, CI="1", **nowhere), "stack", "no Docker engine answers")


def test_without_compose_it_is_not_verified_and_says_what_to_install(
    stack: Repository, tmp_path: Path
) -> None:
    older = tmp_path / "bin" / "docker"
    older.parent.mkdir()
    older.write_text("#!/bin/sh\necho \"docker: 'compose' is not a docker command.\" >&2\nexit 1\n")
    older.chmod(0o755)
    ended = stack.nox(*RUN, PATH=f"{older.parent}:{stack.env()['PATH']}")
    assert ended.code == 0, ended.output
    assert "Docker Compose is not installed" in ended.end
    assert "docker-compose-plugin" in ended.end
