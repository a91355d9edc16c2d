"""The images in the engine of this machine, by their local names."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cicd.errors import MissingError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from cicd.images.builders import Docker
    from cicd.system.process import Runner

HOST = "cicd.local"
_ASK_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalImage:
    """What the engine says of an image. `digest` is that of its manifest, or "" where the
    engine does not know it. `ports` and `health` are what it declares."""

    id: str
    digest: str
    ports: tuple[int, ...] = ()
    health: str = ""


def local_name(root: Path, image: str) -> str:
    """The local name of an image, without a tag: two checkouts on one machine differ."""
    own = hashlib.sha256(str(root.resolve()).encode(errors="surrogateescape")).hexdigest()[:8]
    plain = re.sub(r"[^a-z0-9]+", "-", root.name.lower()).strip("-") or "project"
    return f"{HOST}/{plain}-{own}/{re.sub('[^a-z0-9_]+', '-', image.lower())}".rstrip("_-")


def inspect_images(
    docker: Docker, names: Sequence[str], runner: Runner, *, context: str = ""
) -> dict[str, LocalImage]:
    """Those of these names that the engine has. Raises `MissingError` when it does not answer."""
    if not names:
        return {}
    words = ("image", "inspect", "--format", "{{json .}}")
    found: dict[str, LocalImage] = {}
    # One call answers for all of them, in their order, unless one is not there.
    asked = runner.run(
        docker.command(*words, *names, context=context), timeout_s=_ASK_S, quiet=True
    )
    answers = asked.output.splitlines()
    if asked.ok and len(answers) == len(names):
        return {
            name: _parsed(json.loads(answer), name)
            for name, answer in zip(names, answers, strict=True)
        }
    _require_answer(docker, asked.errors)
    for name in names if len(names) > 1 else ():
        found |= inspect_images(docker, [name], runner, context=context)
    return found


def _require_answer(docker: Docker, errors: str) -> None:
    for line in errors.splitlines():
        if not re.search(r"no such (image|object)", line, re.I):
            said = line.removeprefix("Error response from daemon: ").strip()
            more = "" if said.startswith("Cannot connect") else f": {said}"
            raise MissingError(f"no Docker engine answers at {docker.address}{more}")


def _parsed(image: dict[str, Any], name: str) -> LocalImage:
    config = image.get("Config") or {}
    digests = [each.rpartition("@")[2] for each in image.get("RepoDigests") or ()]
    ports = [
        port.partition("/")[0] for port in config.get("ExposedPorts") or () if "udp" not in port
    ]
    test = (config.get("Healthcheck") or {}).get("Test") or ()
    return LocalImage(
        id=image["Id"],
        digest=digests[0] if digests else "",
        ports=tuple(sorted(int(port) for port in ports)),
        health=" ".join(test),
    )


def remove_others(docker: Docker, name: str, keep: Iterable[str], runner: Runner) -> None:
    """Takes the local name off all images but those in `keep`; an image without a name goes."""
    listing = docker.command("image", "ls", "--format", "{{.Repository}}:{{.Tag}}", name)
    asked = runner.run(listing, timeout_s=_ASK_S, quiet=True)
    old = sorted(set(asked.output.split()) - set(keep)) if asked.ok else []
    remove_images(docker, [each for each in old if each.startswith(f"{name}:")], runner)


def remove_images(docker: Docker, names: Sequence[str], runner: Runner) -> None:
    """What somebody uses stays."""
    if names:
        runner.run(docker.command("image", "rm", *names), timeout_s=_ASK_S, quiet=True)
