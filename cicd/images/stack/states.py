"""How the containers of a stack are: ready, on their way, or broken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import docker

PROJECT_LABEL = "com.docker.compose.project"
_SERVICE_LABEL = "com.docker.compose.service"
_STEADY_S = 2.0
"""A program that cannot start has ended by then, mostly; who wants to know has a health check."""
_STEADY_AGAIN_S = 10.0
"""After so long the engine itself counts a container that it restarts as started:
https://docs.docker.com/engine/containers/start-containers-automatically/."""


class Standing(Enum):
    READY = "ready"
    WAITING = "waiting"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """One container, as the engine tells. `health` is "" without a health check; `said` is what
    the last health check printed. `ports` are the published ones by "8000/tcp". `ran_s` is the
    time since it was started last, `restarts` how often the engine started it again."""

    service: str
    container: str
    status: str
    exit_code: int = 0
    health: str = ""
    said: str = ""
    ports: Mapping[str, int] = field(default_factory=dict)
    ran_s: float = 0.0
    restarts: int = 0

    def standing(self, *, may_end: bool) -> Standing:
        """`may_end`: it is a job, for which an end with code 0 is the good one."""
        if self.status == "exited" and self.exit_code == 0 and may_end:
            return Standing.READY
        if self.status in ("exited", "dead", "removing"):
            return Standing.BROKEN
        if self.status != "running":
            return Standing.WAITING
        known = {"healthy": Standing.READY, "unhealthy": Standing.BROKEN, "": self._steadiness()}
        return known.get(self.health, Standing.WAITING)

    def _steadiness(self) -> Standing:
        steady_s = _STEADY_AGAIN_S if self.restarts else _STEADY_S
        return Standing.READY if self.ran_s >= steady_s else Standing.WAITING

    def render(self) -> str:
        """What is wrong with it, in a line."""
        if self.status in ("exited", "dead"):
            return f"`{self.service}` ended with exit code {self.exit_code}"
        if self.restarts or self.status == "restarting":
            return f"`{self.service}` ended and was started again"
        if self.health == "unhealthy":
            return f"`{self.service}` is unhealthy"
        if self.health == "starting":
            return f"`{self.service}` did not become healthy in time"
        return f"`{self.service}` is {self.status}"


def read_states(client: docker.DockerClient, project: str) -> tuple[State, ...]:
    """All containers of a stack, in the order of their services' names."""
    filters: dict[str, Any] = {"label": f"{PROJECT_LABEL}={project}"}
    found = client.containers.list(all=True, filters=filters, ignore_removed=True)
    now = datetime.now(UTC)
    states = (parse_state(container.attrs, now) for container in found)
    return tuple(sorted(states, key=lambda state: (state.service, state.container)))


def parse_state(attrs: Mapping[str, Any], now: datetime) -> State:
    """Reads what the engine tells of a container:
    https://docs.docker.com/reference/api/engine/version/v1.41/#operation/ContainerInspect."""
    state = attrs["State"]
    health = state.get("Health") or {}
    checks = health.get("Log") or []
    return State(
        service=attrs["Config"]["Labels"][_SERVICE_LABEL],
        container=attrs["Id"],
        status=state["Status"],
        exit_code=state["ExitCode"],
        # "none" is how an engine says that an image's own check was switched off.
        health="" if health.get("Status") == "none" else health.get("Status", ""),
        said=checks[-1]["Output"].strip() if checks else "",
        ports=_ports(attrs["NetworkSettings"].get("Ports") or {}),
        ran_s=(now - _moment(state["StartedAt"])).total_seconds(),
        restarts=attrs["RestartCount"],
    )


def _moment(text: str) -> datetime:
    """ "2026-11-22T21:00:01.123456789Z": to the second, which every Python reads."""
    return datetime.fromisoformat(text[:19]).replace(tzinfo=UTC)


def _ports(published: Mapping[str, Any]) -> dict[str, int]:
    return {name: int(places[0]["HostPort"]) for name, places in published.items() if places}
