"""What we start in an engine bears our name, and is removed once we are dead."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from cicd.system.owner import Owner, current_owner

if TYPE_CHECKING:
    from collections.abc import Mapping

    import docker

OWNER_LABEL = "cicd.owner"
_KIND_LABEL = "cicd.kind"


def owner_labels(kind: str) -> dict[str, str]:
    """What everything of this kind bears that this process starts."""
    return {OWNER_LABEL: str(current_owner()), _KIND_LABEL: kind}


def kind_filter(kind: str) -> str:
    """How an engine is asked for what is of this kind."""
    return f"{_KIND_LABEL}={kind}"


def is_orphan(labels: Mapping[str, str]) -> bool:
    """Whether what bears these labels has an owner that is certainly dead."""
    owner = Owner.parse(labels.get(OWNER_LABEL, ""))
    return owner is not None and owner.is_dead()


def sweep_containers(client: docker.DockerClient, kind: str) -> tuple[str, ...]:
    """Removes the containers of this kind whose owner is certainly dead; tells which."""
    import docker

    removed = []
    filters: dict[str, Any] = {"label": [OWNER_LABEL, kind_filter(kind)]}
    for container in client.containers.list(all=True, filters=filters, ignore_removed=True):
        if is_orphan(container.labels):
            with contextlib.suppress(docker.errors.APIError):
                container.remove(force=True, v=True)
                removed.append(f"container {container.short_id}")
    return tuple(removed)
