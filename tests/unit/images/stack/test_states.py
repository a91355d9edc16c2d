"""What the engine tells of a container, and whether it is ready."""

from datetime import UTC, datetime

import pytest

from cicd.images.stack.addresses import address_env
from cicd.images.stack.states import Standing, State, parse_state

NOW = datetime(2026, 11, 22, 21, 0, 4, tzinfo=UTC)
LABELS = {"com.docker.compose.service": "api"}


def attrs(state: dict[str, object], **ports: object) -> dict[str, object]:
    about = {"Status": "running", "ExitCode": 0, "StartedAt": "2026-11-22T21:00:01.9Z", **state}
    published = {name.replace("_", "/"): places for name, places in ports.items()}
    settings = {"Ports": {name.removeprefix("p"): places for name, places in published.items()}}
    told = {"Id": "c1", "State": about, "Config": {"Labels": LABELS}, "RestartCount": 1}
    return {**told, "NetworkSettings": settings}


def test_a_container_is_read_with_its_ports_and_its_last_health_check() -> None:
    log = [{"Output": "no\n"}, {"Output": "yes\n"}]
    told = attrs(
        {"Health": {"Status": "healthy", "Log": log}}, p80_tcp=[{"HostPort": "32768"}], p81_tcp=None
    )
    assert parse_state(told, NOW) == State(
        service="api",
        container="c1",
        status="running",
        health="healthy",
        said="yes",
        ports={"80/tcp": 32768},
        ran_s=3.0,
        restarts=1,
    )


@pytest.mark.parametrize("health", [None, {"Status": "none", "Log": None}])
def test_a_container_may_have_no_health_check(health: object) -> None:
    assert parse_state(attrs({"Health": health}), NOW).health == ""


@pytest.mark.parametrize(
    ("status", "exit_code", "health", "service", "job"),
    [
        ("running", 0, "healthy", Standing.READY, Standing.READY),
        ("running", 0, "starting", Standing.WAITING, Standing.WAITING),
        ("running", 0, "unhealthy", Standing.BROKEN, Standing.BROKEN),
        ("created", 0, "", Standing.WAITING, Standing.WAITING),
        ("restarting", 1, "", Standing.WAITING, Standing.WAITING),
        ("exited", 0, "", Standing.BROKEN, Standing.READY),
        ("exited", 0, "unhealthy", Standing.BROKEN, Standing.READY),
        ("exited", 1, "", Standing.BROKEN, Standing.BROKEN),
        ("dead", 0, "", Standing.BROKEN, Standing.BROKEN),
    ],
)
def test_a_container_is_ready_on_its_way_or_broken(
    status: str, exit_code: int, health: str, service: Standing, job: Standing
) -> None:
    state = State(service="api", container="c1", status=status, exit_code=exit_code, health=health)
    assert state.standing(may_end=False) is service
    assert state.standing(may_end=True) is job


@pytest.mark.parametrize(
    ("ran_s", "restarts", "standing"),
    [
        (1.9, 0, Standing.WAITING),
        (2.0, 0, Standing.READY),
        (9.9, 1, Standing.WAITING),
        (10.0, 1, Standing.READY),
    ],
)
def test_without_a_health_check_a_service_is_ready_when_it_has_run_for_a_while(
    ran_s: float, restarts: int, standing: Standing
) -> None:
    state = State(service="api", container="c1", status="running", ran_s=ran_s, restarts=restarts)
    assert state.standing(may_end=False) is standing


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ({"status": "exited", "exit_code": 3}, "`api` ended with exit code 3"),
        ({"status": "running", "health": "unhealthy"}, "`api` is unhealthy"),
        ({"status": "running", "health": "starting"}, "`api` did not become healthy in time"),
        ({"status": "created"}, "`api` is created"),
        (
            {"status": "restarting", "exit_code": 1, "restarts": 8},
            "`api` ended and was started again",
        ),
    ],
)
def test_what_is_wrong_is_said_in_a_line(state: dict[str, object], said: str) -> None:
    about: dict[str, object] = {"service": "api", "container": "c1", **state}
    assert State(**about).render() == said  # type: ignore[arg-type]


def test_smoke_tests_are_told_where_each_service_answers() -> None:
    states = [
        State(service="api", container="1", status="running", ports={"9000/tcp": 2, "80/tcp": 1}),
        State(service="api", container="2", status="running", ports={"80/tcp": 9}),
        State(service="book-shop", container="3", status="running", ports={"80/tcp": 3}),
        State(service="db", container="6", status="running", ports={"5432/tcp": 5}),
        State(service="dns", container="4", status="running", ports={"53/udp": 4}),
        State(service="job", container="5", status="exited"),
    ]
    assert address_env(states, host="h", front="book-shop", project="p1") == {
        "CICD_STACK_PROJECT": "p1",
        "STACK_URL": "http://h:3",
        "API_URL": "http://h:1",
        "API_80_URL": "http://h:1",
        "API_9000_URL": "http://h:2",
        "BOOK_SHOP_URL": "http://h:3",
        "BOOK_SHOP_80_URL": "http://h:3",
        "DB_URL": "tcp://h:5",
        "DB_5432_URL": "tcp://h:5",
    }
