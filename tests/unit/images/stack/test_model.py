"""The model that is started has nothing that another stack could have as well."""

import pytest

from cicd.errors import SettingsError
from cicd.images.stack.model import Surroundings, isolate
from cicd.images.stack.refusals import require_isolated

OWN = Surroundings(project="p1", labels={"owner": "me"}, references={"api": "api:built"})


def service(**about: object) -> dict[str, object]:
    """What becomes of a service of another image than ours."""
    found: dict[str, object] = isolate({"services": {"db": about}}, OWN)["services"]["db"]
    return found


def test_a_model_bears_the_name_of_its_project() -> None:
    assert isolate({"name": "shop", "services": {}}, OWN)["name"] == "p1"


def test_what_is_built_here_becomes_the_image_that_was_built() -> None:
    model = {"services": {"api": {"build": {"context": "/x"}, "image": "a", "platform": "p"}}}
    expected = {"image": "api:built", "pull_policy": "never", "labels": {"owner": "me"}}
    assert isolate(model, OWN)["services"]["api"] == expected


def test_other_services_keep_their_image_and_what_they_are_told() -> None:
    about = {"image": "postgres:15", "environment": {"A": "$$1"}, "command": ["x"]}
    assert service(**about) == {**about, "labels": {"owner": "me"}}


def test_labels_are_added_to_those_that_are_there() -> None:
    assert service(labels={"team": "books"})["labels"] == {"team": "books", "owner": "me"}


@pytest.mark.parametrize("name", ["profiles", "develop", "env_file"])
def test_what_has_done_its_work_is_left_out(name: str) -> None:
    assert name not in service(**{name: ["x"]})


@pytest.mark.parametrize(
    "given",
    [
        {"restart": "always"},
        {"restart": "unless-stopped"},
        {"restart": "on-failure"},
        {"deploy": {"restart_policy": {}}},
        {"deploy": {"restart_policy": {"condition": "on-failure"}}},
    ],
)
def test_what_is_started_again_for_ever_is_so_a_few_times(given: dict[str, object]) -> None:
    found = service(**given)
    assert found["restart"] == "on-failure:7"
    assert found.get("deploy", {}) == {}


@pytest.mark.parametrize(
    "given", [{}, {"restart": "no"}, {"deploy": {"restart_policy": {"condition": "none"}}}]
)
def test_what_is_not_started_again_stays_so(given: dict[str, object]) -> None:
    assert service(**given).get("restart", "no") == "no"


def test_ports_are_published_on_loopback_under_numbers_that_the_system_chooses() -> None:
    given = [
        {"target": 8000, "published": "8000", "protocol": "tcp", "mode": "ingress"},
        {"target": 8000, "published": "80", "protocol": "tcp", "host_ip": "0.0.0.0"},
        {"target": 53, "published": "53", "protocol": "udp"},
    ]
    assert service(ports=given)["ports"] == [
        {"target": 8000, "protocol": "tcp", "host_ip": "127.0.0.1", "mode": "ingress"},
        {"target": 53, "protocol": "udp", "host_ip": "127.0.0.1", "mode": "ingress"},
    ]


def test_a_container_name_becomes_an_alias_under_which_others_find_it() -> None:
    found = service(container_name="shop-db", networks={"default": None, "back": {"priority": 1}})
    assert "container_name" not in found
    assert found["networks"] == {
        "default": {"aliases": ["shop-db"]},
        "back": {"priority": 1, "aliases": ["shop-db"]},
    }


def test_networks_lose_their_fixed_names_and_addresses() -> None:
    fixed = {"name": "shop", "ipam": {"config": [{"subnet": "10.1.0.0/24"}]}, "driver": "bridge"}
    found = isolate({"networks": {"default": fixed, "back": None}}, OWN)["networks"]
    labels = {"labels": {"owner": "me"}}
    assert found == {"default": {"driver": "bridge", **labels}, "back": labels}
    joined = service(networks={"default": {"ipv4_address": "10.1.0.2"}})["networks"]
    assert joined == {"default": {}}


def test_volumes_lose_their_fixed_names() -> None:
    found = isolate({"volumes": {"data": {"name": "shop-data"}}}, OWN)["volumes"]
    assert found == {"data": {"labels": {"owner": "me"}}}


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        ({"networks": {"web": {"external": True}}}, "the network `web` is external"),
        ({"volumes": {"data": {"external": True}}}, "the volume `data` is external"),
        ({"services": {"a": {"network_mode": "host"}}}, "the service `a` has `network_mode: host`"),
        ({"services": {"a": {"network_mode": "container:x"}}}, "of another container"),
        ({"services": {"a": {"external_links": ["redis"]}}}, "a container outside: `redis`"),
        ({"services": {"a": {"build": {"dockerfile_inline": "FROM x"}}}}, "dockerfile_inline"),
    ],
)
def test_what_ties_a_stack_to_others_is_refused_with_the_reason(
    model: dict[str, object], reason: str
) -> None:
    with pytest.raises(SettingsError, match="compose.yaml needs what") as refused:
        require_isolated(model, "compose.yaml")
    assert reason in str(refused.value)


def test_a_service_may_share_the_network_of_another_one_of_the_stack() -> None:
    model = {"services": {"a": {"network_mode": "service:b"}, "b": {}}, "networks": {"n": None}}
    require_isolated(model, "compose.yaml")
