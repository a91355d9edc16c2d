"""Removes what a stack is made of: at its end, and for owners that are dead."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from cicd.images.stack.states import PROJECT_LABEL
from cicd.system.owned import is_orphan, kind_filter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import docker

KIND = "stack"


def remove_project(client: docker.DockerClient, project: str) -> tuple[str, ...]:
    """Removes a stack's containers, networks and volumes; returns what could not be removed."""
    return _remove(client, f"{PROJECT_LABEL}={project}", lambda labels: True)


def sweep_stacks(client: docker.DockerClient) -> tuple[str, ...]:
    """Removes the stacks whose owner is certainly dead; returns what could not be removed."""
    return _remove(client, kind_filter(KIND), is_orphan)


def _remove(
    client: docker.DockerClient, label: str, chosen: Callable[[Mapping[str, str]], bool]
) -> tuple[str, ...]:
    """Containers first: what they use cannot be removed before."""
    import docker

    left = []
    for kind, thing, labels in _things(client, {"label": label}):
        if not chosen(labels):
            continue
        with contextlib.suppress(docker.errors.NotFound):
            try:
                thing.remove(**({"force": True, "v": True} if kind == "container" else {}))
            except docker.errors.APIError as error:
                # Somebody else may be removing it at this moment.
                if "already in progress" not in str(error):
                    left.append(f"{kind} {thing.name}: {error.explanation or error}")
    return tuple(left)


def _things(
    client: docker.DockerClient, filters: dict[str, Any]
) -> Iterator[tuple[str, Any, Mapping[str, str]]]:
    for container in client.containers.list(all=True, filters=filters, ignore_removed=True):
        yield "container", container, container.labels
    for network in client.networks.list(filters=filters):
        yield "network", network, network.attrs.get("Labels") or {}
    for volume in client.volumes.list(filters=filters):
        yield "volume", volume, volume.attrs.get("Labels") or {}
