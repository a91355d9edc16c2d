"""Real nox with a real engine: which database it is, what fails, and what stays."""

import os
import signal
import sys
from pathlib import Path

import docker
import pytest
from tests.nox import miniatures
from tests.nox.conftest import Repository, shop, shop_home
from tests.nox.leftovers import processes_of, what_stays
from tests.nox.running import Door, started
from tests.nox.screen import assert_red

from cicd.database.container import ContainerProvider
from cicd.system.owned import OWNER_LABEL
from cicd.database.port import Need, Refusal
from cicd.system.owner import Owner

__all__ = ["shop", "shop_home"]

pytestmark = pytest.mark.engine
TEST = ("-s", "backend_test")
CONTAINER = {"CICD_DATABASE": "container"}
DIES = """\
    import os
    import subprocess

    import shop

    KILL = '''
    import sys
    import docker

    client = docker.from_env()
    for container in client.containers.list(filters={{"label": "cicd.owner"}}):
        ports = container.ports.get("5432/tcp") or [{{}}]
        if ports[0].get("HostPort") == sys.argv[1]:
            container.kill()
    client.close()
    '''


    def test_a_container_that_is_killed():
        subprocess.run([{python!r}, "-c", KILL, os.environ["PGPORT"]], check=True)


    def test_after():
        shop.connect()
    """


@pytest.fixture
def unpullable(tmp_path: Path) -> str:
    """A major whose image no registry has yet."""
    provider = ContainerProvider(cache=tmp_path, environ=os.environ)
    assert isinstance(provider.probe(Need(major="99")), Refusal)
    return "99"


def orphans() -> list[str]:
    """Containers of ours whose owner is dead."""
    client = docker.from_env()
    try:
        found = client.containers.list(
            all=True, filters={"label": OWNER_LABEL}, ignore_removed=True
        )
        owners = {one.name: Owner.parse(one.labels[OWNER_LABEL]) for one in found}
    finally:
        client.close()
    return [str(name) for name, owner in owners.items() if owner and owner.is_dead()]


def test_a_container_is_the_first_choice_and_is_gone_at_the_end(shop: Repository) -> None:
    ended = shop.nox(*TEST)
    assert ended.code == 0, ended.output
    assert "PostgreSQL 15." in ended.end
    assert "(container)" in ended.end
    assert orphans() == []


def test_docker_that_cannot_pull_is_not_verified_and_red_in_ci(
    shop: Repository, unpullable: str
) -> None:
    shop.put("noxfile.py", miniatures.shop(postgres=unpullable))
    ended = shop.nox(*TEST, **CONTAINER)
    assert ended.code == 0, ended.output
    asked = f"database  PostgreSQL {unpullable} was asked for. Tried:"
    refused = f"but postgres:{unpullable} is not here and cannot be pulled: "
    assert f"backend_test: {asked}" in ended.end
    assert refused in ended.end
    strict = shop.nox(*TEST, CI="true", **CONTAINER)
    assert_red(strict, "backend_test", asked, "Docker answers (", refused)


def test_a_container_that_dies_is_the_first_thing_to_know(shop: Repository) -> None:
    shop.put("backend/tests/test_shop.py", DIES.format(python=sys.executable))
    ended = shop.nox(*TEST, **CONTAINER)
    assert_red(ended, "backend_test", "(container) died", "container: PostgreSQL ended by itself")
    assert orphans() == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_a_container_goes_with_a_run_that_is_ended(
    shop: Repository, door: Door, number: signal.Signals
) -> None:
    shop.put("backend/tests/test_shop.py", door.test)
    with started(shop, *TEST, **CONTAINER) as run:
        door.wait_for_knock()
        run.send(number, to_all=number == signal.SIGINT)
        run.end()
    door.wait_until_gone()
    assert what_stays(lambda: processes_of(shop.root)) == []
    assert what_stays(orphans) == []
