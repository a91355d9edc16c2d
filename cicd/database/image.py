"""The image of a container: whether it is here, whether it can be had, and having it."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd.errors import RemoteError

if TYPE_CHECKING:
    from collections.abc import Callable

    import docker

_PULL_S = 600.0
_REPORT_S = 2.0
IN_REGISTRY = "not pulled yet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What is known of an image before it is used; without a digest, why there is none."""

    digest: str = ""
    reason: str = ""
    engine_version: str = ""


def find_identity(client: docker.DockerClient, name: str) -> Identity:
    """The image's id when it is here, else the digest of what the registry has."""
    import docker
    import requests

    try:
        return Identity(digest=client.images.get(name).id or "")
    except docker.errors.ImageNotFound:
        pass
    try:
        return Identity(digest=client.images.get_registry_data(name).id)
    except docker.errors.NotFound as error:
        # podman cannot ask its registry; there `open` tries.
        if "no such" not in str(error.explanation).lower() and not error.explanation:
            return Identity(digest=IN_REGISTRY)
        return _refused(client, error)
    except (docker.errors.APIError, requests.RequestException) as error:
        return _refused(client, error)


def _refused(client: docker.DockerClient, error: Exception) -> Identity:
    version = str(client.version().get("Version", "?"))
    return Identity(reason=f"cannot be pulled: {render_reason(error)}", engine_version=version)


def require_image(client: docker.DockerClient, name: str, say: Callable[[str], None]) -> None:
    """Pulls the image when it is not here, and says so. Raises `RemoteError`."""
    import docker
    import requests

    try:
        client.images.get(name)
    except docker.errors.ImageNotFound:
        say(f"pulling {name}")
        try:
            _pull(client, name, say)
        except (docker.errors.APIError, requests.RequestException) as error:
            raise RemoteError(f"{name} cannot be pulled: {render_reason(error)}") from error


def _pull(client: docker.DockerClient, name: str, say: Callable[[str], None]) -> None:
    started = said = time.monotonic()
    repository, tag = name.rsplit(":", 1)
    layers: dict[str, int] = {}
    for line in client.api.pull(repository, tag, stream=True, decode=True):
        if "error" in line:
            raise RemoteError(f"{name} cannot be pulled: {line['error']}")
        layers[line.get("id", "")] = (line.get("progressDetail") or {}).get("current", 0)
        now = time.monotonic()
        if now - started > _PULL_S:
            raise RemoteError(f"{name} was not pulled within {_PULL_S:g} s")
        if now - said > _REPORT_S:
            said = now
            say(f"pulling {name}: {sum(layers.values()) // 1_000_000} MB of {len(layers)} layers")


def render_reason(error: Exception) -> str:
    """The innermost reason of a failure, without addresses of the API."""
    explanation = getattr(error, "explanation", None)
    text = str(explanation or error)
    if "timed out" in text.lower():
        return "no answer in time"
    # requests wraps its causes: ('Connection aborted.', FileNotFoundError(2, 'No such file…'))
    inner = re.findall(r"(?:Error|Exception)\(\d+, '([^']+)'", text)
    text = re.sub(r"\[Errno -?\d+\] ", "", text)
    last = text.rstrip("\"')>").split(": ")[-1]
    return (inner[-1] if inner else last).strip() or type(error).__name__
