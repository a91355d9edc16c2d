"""Compose files: their names, and the variables they hand to the services of an application."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicd.config.files import Files


_COMPOSE = r"(docker-)?compose[\w.-]*\.ya?ml|[\w.-]*(docker-)?compose\.ya?ml"


def is_compose(name: str) -> bool:
    base = name.rpartition("/")[2]
    return "compose" in base and bool(re.fullmatch(_COMPOSE, base))


def service_variables(files: Files, name: str) -> Iterator[tuple[str, str, str]]:
    """Name, value and "file:line" of each variable of a service that is not a server itself.

    A file that is not YAML has none. Services count when they are built here, or share
    their settings with those (`environment: &common`).
    """
    for key, service in mapping_pairs(value_of(read_root(files.text(name)), "services")):
        image = str(getattr(value_of(service, "image"), "value", ""))
        if value_of(service, "build") is None and _is_server(image):
            continue
        for variable, value, line in _environment(value_of(service, "environment")):
            yield variable, value, f"{name}:{line}"


def _is_server(image: str) -> bool:
    words = ("postgres", "postgis", "pgvector", "redis", "mysql", "mariadb", "pgadmin", "adminer")
    return any(word in image for word in words)


def read_root(text: str) -> Any:
    """The document with its lines; None for a text that is not YAML."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return yaml.compose(text, Loader=loader)
    except yaml.YAMLError:
        return None


def mapping_pairs(node: Any) -> list[tuple[str, Any]]:
    """The entries of a mapping, over those that `<<` merges in: one mapping, or several of
    which the first counts most."""
    import yaml

    own: dict[str, Any] = {}
    merged: dict[str, Any] = {}
    for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
        if key.value != "<<":
            own[str(key.value)] = value
            continue
        several = value.value if isinstance(value, yaml.SequenceNode) else (value,)
        for each in reversed(several):
            merged |= mapping_pairs(each)
    return list((merged | own).items())


def value_of(node: Any, key: str) -> Any:
    return next((value for name, value in mapping_pairs(node) if name == key), None)


def _environment(node: Any) -> Iterator[tuple[str, str, int]]:
    """`environment:` as a mapping, or as a list of NAME=value."""
    import yaml

    for name, value in mapping_pairs(node):
        yield name, str(getattr(value, "value", "")), value.start_mark.line + 1
    for item in node.value if isinstance(node, yaml.SequenceNode) else ():
        name, _, value = str(item.value).partition("=")
        yield name.strip(), value, item.start_mark.line + 1
