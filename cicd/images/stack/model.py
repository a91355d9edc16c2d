"""Rewrites a compose model so that its stack meets nothing else on its engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Model = Mapping[str, Any]
"""What `docker compose config --format json` prints: https://compose-spec.io."""

_REPLACED = ("build", "container_name", "develop", "env_file", "labels", "ports", "profiles")
_RESTART = "on-failure:7"
"""Each after twice the time of the last, 13 s in all: what waits for another by failing has found
it by then. A service that is started for ever would let Compose wait for ever."""
_FIXED_ADDRESSES = ("ipv4_address", "ipv6_address", "mac_address", "link_local_ips")


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What is a stack's own. `references` are the images of the services that are built here,
    `address` is where ports are published, on numbers that the system chooses. `covers` are the
    folders, by service, that are not mounted."""

    project: str
    labels: Mapping[str, str]
    references: Mapping[str, str]
    address: str = "127.0.0.1"
    covers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def isolate(model: Model, own: Surroundings) -> dict[str, Any]:
    """The model with its own names, addresses and ports, and with the images just built.

    A service keeps answering other services under its `container_name`.
    """
    return {
        **model,
        "name": own.project,
        "services": {
            name: _service(name, service, own) for name, service in services(model).items()
        },
        "networks": _owned(model.get("networks"), own, without=("name", "ipam")),
        "volumes": _owned(model.get("volumes"), own, without=("name",)),
    }


def services(model: Model) -> Mapping[str, Mapping[str, Any]]:
    return model.get("services") or {}


def _service(name: str, service: Mapping[str, Any], own: Surroundings) -> dict[str, Any]:
    kept = {key: value for key, value in service.items() if key not in _REPLACED}
    kept["labels"] = {**(service.get("labels") or {}), **own.labels}
    if ports := _ports(service, own.address):
        kept["ports"] = ports
    if networks := service.get("networks"):
        alias = service.get("container_name", "")
        kept["networks"] = {key: _joined(value, alias) for key, value in networks.items()}
    if _is_restarted(service):
        kept["restart"] = _RESTART
    if deploy := service.get("deploy"):
        kept["deploy"] = {key: value for key, value in deploy.items() if key != "restart_policy"}
    if covers := own.covers.get(name):
        kept["volumes"] = [v for v in service["volumes"] if v.get("source") not in covers]
    if name in own.references:
        kept.pop("platform", None)
        kept |= {"image": own.references[name], "pull_policy": "never"}
    return kept


def _is_restarted(service: Mapping[str, Any]) -> bool:
    policy = (service.get("deploy") or {}).get("restart_policy", {"condition": "none"})
    word = service.get("restart") or policy.get("condition", "any")
    return word not in ("no", "none")


def _ports(service: Mapping[str, Any], address: str) -> list[dict[str, Any]]:
    """Each port once, whatever numbers and addresses it was published under."""
    wanted = dict.fromkeys(
        (int(port["target"]), str(port.get("protocol", "tcp")))
        for port in service.get("ports") or ()
    )
    return [
        {"target": target, "protocol": protocol, "host_ip": address, "mode": "ingress"}
        for target, protocol in wanted
    ]


def _joined(network: Mapping[str, Any] | None, alias: str) -> dict[str, Any]:
    kept = {k: value for k, value in (network or {}).items() if k not in _FIXED_ADDRESSES}
    return {**kept, "aliases": [*kept.get("aliases", ()), alias]} if alias else kept


def _owned(
    things: Mapping[str, Any] | None, own: Surroundings, *, without: tuple[str, ...]
) -> dict[str, Any]:
    """Networks or volumes that Compose names after the project."""
    return {
        name: {
            **{key: value for key, value in (thing or {}).items() if key not in without},
            "labels": {**((thing or {}).get("labels") or {}), **own.labels},
        }
        for name, thing in (things or {}).items()
    }
