"""What a compose model says of its services: how they are built, and what they are for."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cicd.images.stack.model import services

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cicd.images.stack.model import Model

_COMPLETED = "service_completed_successfully"
_FRONT = ("proxy", "gateway", "nginx", "caddy", "traefik", "frontend", "front", "web", "ui")


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """How services are built. Paths are absolute; services that name the image that another
    one is built as, and have no `build` of their own, run the same."""

    services: tuple[str, ...]
    context: Path
    dockerfile: Path
    target: str | None = None
    args: Mapping[str, str] = field(default_factory=dict)


def read_builds(model: Model) -> tuple[Build, ...]:
    """What has to be built for the stack, each once."""
    found: dict[object, Build] = {}
    for name, service in services(model).items():
        if build := service.get("build"):
            context = Path(build["context"])
            args = {key: str(value) for key, value in (build.get("args") or {}).items()}
            dockerfile = context / build.get("dockerfile", "Dockerfile")
            key = (context, dockerfile, build.get("target"), tuple(sorted(args.items())))
            names = (*(found[key].services if key in found else ()), *_users(model, name))
            found[key] = Build(
                services=tuple(dict.fromkeys(names)),
                context=context,
                dockerfile=dockerfile,
                target=build.get("target"),
                args=args,
            )
    return tuple(found.values())


def _users(model: Model, name: str) -> tuple[str, ...]:
    image = services(model)[name].get("image")
    others = (
        other
        for other, service in services(model).items()
        if image and service.get("image") == image and not service.get("build")
    )
    return (name, *others)


def may_end(model: Model, name: str) -> bool:
    """Whether a service may end with code 0: a job that others wait for, or one that nobody
    could ask anything, for want of a port and a health check."""
    awaited = any(needs.get(name) == _COMPLETED for needs in _needs(model).values())
    service = services(model)[name]
    checked = not (service.get("healthcheck") or {"disable": True}).get("disable")
    return awaited or not (service.get("ports") or checked)


def find_front(model: Model) -> str:
    """The service that people open, or "": of those with a port that no other depends on, the
    one with the name of a front, else the one that depends on most others."""
    needs = _needs(model)
    needed = {name for each in needs.values() for name in each}
    ported = [name for name, service in services(model).items() if _has_tcp(service)]
    first = [name for name in ported if name not in needed] or ported
    rank = {name: (_front_rank(name), -len(_all_needs(needs, name)), name) for name in first}
    return min(first, key=lambda name: rank[name], default="")


def _has_tcp(service: Mapping[str, Any]) -> bool:
    return any(port.get("protocol", "tcp") == "tcp" for port in service.get("ports") or ())


def _front_rank(name: str) -> int:
    words = name.replace("_", "-").split("-")
    return next((n for n, word in enumerate(_FRONT) if word in words), len(_FRONT))


def _needs(model: Model) -> dict[str, dict[str, str]]:
    """For each service those that it depends on, with the condition."""
    return {
        name: {
            other: str(how.get("condition", ""))
            for other, how in (service.get("depends_on") or {}).items()
        }
        for name, service in services(model).items()
    }


def _all_needs(needs: Mapping[str, Mapping[str, str]], name: str) -> set[str]:
    found: set[str] = set()
    ahead = [name]
    while ahead:
        new = set(needs.get(ahead.pop(), ())) - found
        found |= new
        ahead += new
    return found
