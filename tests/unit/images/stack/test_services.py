"""How services are built, which of them may end, and which one people open."""

from pathlib import Path

import pytest

from cicd.images.stack.model import Surroundings, isolate
from cicd.images.stack.mounts import find_covers
from cicd.images.stack.services import Build, find_front, may_end, read_builds

PORT = {"ports": [{"target": 80}]}


def needs(*names: str, condition: str = "service_started") -> dict[str, object]:
    return {"depends_on": {name: {"condition": condition} for name in names}}


def test_services_that_are_built_alike_are_one_build() -> None:
    build = {"context": "/r/app", "dockerfile": "Dockerfile", "args": {"A": "1"}}
    model = {
        "services": {
            "api": {"build": build, "image": "shop/api"},
            "job": {"build": build},
            "seed": {"image": "shop/api"},
            "dev": {"build": {**build, "target": "dev"}},
            "db": {"image": "postgres:15"},
        }
    }
    about = {"context": Path("/r/app"), "dockerfile": Path("/r/app/Dockerfile"), "args": {"A": "1"}}
    assert read_builds(model) == (
        Build(services=("api", "seed", "job"), **about),
        Build(services=("dev",), target="dev", **about),
    )


def test_services_that_differ_in_their_arguments_are_built_each() -> None:
    build = {"context": "/r", "dockerfile": "Dockerfile"}
    model = {"services": {n: {"build": {**build, "args": {"APP": n}}} for n in ("shop", "admin")}}
    assert [(each.services, each.args) for each in read_builds(model)] == [
        (("shop",), {"APP": "shop"}),
        (("admin",), {"APP": "admin"}),
    ]


def test_a_dockerfile_may_lie_outside_of_its_context() -> None:
    model = {"services": {"api": {"build": {"context": "/r", "dockerfile": "/docker/api"}}}}
    assert read_builds(model)[0].dockerfile == Path("/docker/api")


@pytest.mark.parametrize(
    ("services", "may"),
    [
        ({"a": {}}, True),
        ({"a": PORT}, False),
        ({"a": {"healthcheck": {"test": ["CMD", "true"]}}}, False),
        ({"a": {"healthcheck": {"disable": True}}}, True),
        ({"a": PORT, "b": needs("a", condition="service_completed_successfully")}, True),
        ({"a": PORT, "b": needs("a", condition="service_healthy")}, False),
    ],
)
def test_a_job_may_end_and_a_service_may_not(services: dict[str, object], may: bool) -> None:
    assert may_end({"services": services}, "a") is may


@pytest.mark.parametrize(
    ("services", "front"),
    [
        ({}, ""),
        ({"db": {}}, ""),
        ({"api": {**PORT}, "ui": {**PORT, **needs("api")}}, "ui"),
        ({"api": {**PORT}, "shop": {**PORT, **needs("api")}}, "shop"),
        # Nobody depends on anybody: the name tells.
        ({"admin": PORT, "book-frontend": PORT}, "book-frontend"),
        ({"frontend": PORT, "proxy": PORT}, "proxy"),
        # The one that needs more, also through others.
        ({"a": PORT, "z": {**PORT, **needs("y")}, "y": needs("x"), "x": {}}, "z"),
        ({"b": PORT, "a": PORT}, "a"),
        # What needs it cannot be opened.
        ({"api": PORT, "worker": needs("api")}, "api"),
    ],
)
def test_the_front_is_the_service_that_people_open(services: dict[str, object], front: str) -> None:
    assert find_front({"services": services}) == front


def test_the_sources_of_an_image_are_not_laid_over_it(tmp_path: Path) -> None:
    (tmp_path / "api" / "src").mkdir(parents=True)
    (tmp_path / "api" / "nginx.conf").touch()
    sources = (".", "api", "api/src", "api/nginx.conf", "seeds")
    mounts = [{"type": "bind", "source": str(tmp_path / name)} for name in sources]
    data = {"type": "volume", "source": "data"}
    model = {
        "services": {
            "api": {"build": {"context": str(tmp_path / "api")}, "volumes": [*mounts, data]},
            "db": {"image": "postgres:15", "volumes": mounts},
        }
    }
    covers = find_covers(model, read_builds(model))
    assert covers == {"api": tuple(mount["source"] for mount in mounts[:3])}
    own = Surroundings(project="p1", labels={}, references={}, covers=covers)
    found = isolate(model, own)["services"]
    assert found["api"]["volumes"] == [*mounts[3:], data]
    assert found["db"]["volumes"] == mounts
