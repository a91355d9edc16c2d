"""What in a compose file would tie two stacks together, or to what runs here already."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cicd.errors import SettingsError
from cicd.images.stack.model import services

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cicd.images.stack.model import Model

_SHARED = {"networks": "network", "volumes": "volume", "secrets": "secret", "configs": "config"}


def require_isolated(model: Model, file: str) -> None:
    """Raises `SettingsError` with everything that is outside of the stack and must exist before."""
    found = (*_external(model), *_borrowed(model))
    if found:
        lines = "".join(f"\n  {line}" for line in found)
        raise SettingsError(
            f"{file} needs what a stack of its own cannot have:{lines}",
            fix="put what only the real environment has into a file of its own, "
            "compose.production.yaml: this one then stands alone",
        )


def _external(model: Model) -> Iterator[str]:
    for section, word in _SHARED.items():
        for name, thing in (model.get(section) or {}).items():
            if (thing or {}).get("external"):
                yield f"the {word} `{name}` is external: it would be shared with whoever has it"


def _borrowed(model: Model) -> Iterator[str]:
    for name, service in services(model).items():
        yield from (f"the service `{name}` {reason}" for reason in _reasons(service))


def _reasons(service: Mapping[str, Any]) -> Iterator[str]:
    mode = str(service.get("network_mode", ""))
    if mode == "host":
        yield "has `network_mode: host`: its ports cannot be chosen"
    if mode.startswith("container:"):
        yield f"joins the network of another container: `{mode}`"
    for link in service.get("external_links") or ():
        yield f"is linked to a container outside: `{link}`"
    if "dockerfile_inline" in (service.get("build") or {}):
        yield "is built from a `dockerfile_inline`: no image of this repository is"
