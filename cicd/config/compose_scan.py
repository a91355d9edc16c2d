"""The services that compose files build, read line by line: a listing has no time for YAML.
Only a file that merges mappings (`<<: *app`) is read as YAML."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from cicd.config.compose import is_compose, mapping_pairs, read_root, value_of
from cicd.config.files import folder_of, join, parent
from cicd.config.skipped import may_be

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicd.config.files import Files

_MAIN = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
_KEY = re.compile(r"""(\s*)(["']?)([\w.-]+)\2\s*:\s*(.*)""")
_INLINE = re.compile(r"""(context|dockerfile|target)\s*:\s*["']?([^,"'}\s]+)""")
_ITEM = re.compile(r"\s*-\s+(\S.*)")
_DEFAULT = re.compile(r"\$\{\w+:?-([^}]*)\}")
_MERGED = re.compile(r"^\s*<<\s*:", re.M)
_LISTENING = ("ports", "expose", "healthcheck")
_DEVELOPMENT = frozenset(("dev", "devel", "development", "debug", "local"))


class Service(NamedTuple):
    """A service with a `build`. `dockerfile` is a file of the tree; `args` are its arguments as
    they are written, to tell builds apart. `listens`: it has ports or
    a health check; `aside`: it belongs to a profile, so `compose up` leaves it out; `early`: it
    is built of a stage for development, which is no `target`: none is published."""

    name: str
    file: str
    line: int
    context: str = ""
    dockerfile: str = ""
    target: str | None = None
    args: tuple[str, ...] = ()
    listens: bool = False
    aside: bool = False
    early: bool = False


def scan_services(files: Files) -> list[Service]:
    """The services that are built from a Dockerfile of the tree, the best of each one first.

    What `compose up` would take counts before what other files say, production before
    development.
    """
    names = [n for base in files.bases() if is_compose(base) for n in _in_tree(files, base)]
    found = [
        service
        for name in sorted(names, key=_rank)
        for service in _completed(files, _services(name, files.text(name)))
    ]
    return sorted(found, key=lambda each: (each.aside, _rank(each.file)[0] == 3, each.early))


def _in_tree(files: Files, base: str) -> list[str]:
    return [join(f, base) for f in files.folders(base) if may_be(f, everywhere=False)]


def _rank(name: str) -> tuple[int, int, str]:
    base = name.rpartition("/")[2]
    plain = 0 if base in _MAIN else 1 if "prod" in base else 3
    if plain == 3 and not re.search("dev|test|override|local|debug|ci", base):
        plain = 2
    return plain, name.count("/"), name


def is_development(target: str | None) -> bool:
    return (target or "").lower() in _DEVELOPMENT


def _services(name: str, text: str) -> Iterator[Service]:
    return _read(name, text) if _MERGED.search(text) else _scan(name, text)


def _read(name: str, text: str) -> Iterator[Service]:
    services = value_of(read_root(text), "services")
    for key, node in mapping_pairs(services):
        build = value_of(node, "build")
        plain = {each: _text(value_of(build, each)) for each in ("context", "dockerfile", "target")}
        yield Service(
            name=key,
            file=name,
            line=node.start_mark.line,
            context=plain["context"] or _text(build) or ("." if build else ""),
            dockerfile=plain["dockerfile"],
            target=plain["target"] or None,
            args=_arguments(value_of(build, "args")),
            listens=any(_listens(value_of(node, key)) for key in _LISTENING),
            aside=value_of(node, "profiles") is not None,
        )


def _listens(node: Any) -> bool:
    return node is not None and _text(value_of(node, "disable")) != "true"


def _arguments(node: Any) -> tuple[str, ...]:
    pairs = tuple(f"{name}={_text(value)}" for name, value in mapping_pairs(node))
    return pairs or tuple(_text(each) for each in getattr(node, "value", ()))


def _text(node: Any) -> str:
    """A plain value of YAML."""
    value = getattr(node, "value", None)
    return _DEFAULT.sub(r"\1", value) if isinstance(value, str) else ""


def _scan(name: str, text: str) -> Iterator[Service]:
    """Keys by their indentation; flow style, anchors and `extends` are not understood here."""
    service, indents, path = None, list[int](), list[str]()
    for number, line in enumerate(text.splitlines(), start=1):
        match = _KEY.match(line)
        if service and path[2:] == ["build", "args"] and (item := _ITEM.fullmatch(line)):
            service = service._replace(args=(*service.args, item[1]))
        if not match or not line.strip() or line.lstrip().startswith(("#", "-")):
            continue
        depth, key, value = len(match[1]), match[3], _value(match[4])
        while indents and indents[-1] >= depth:
            indents.pop()
            path.pop()
        indents.append(depth)
        path.append(key)
        if path[0] != "services" or len(path) < 2:
            continue
        if len(path) == 2:
            if service:
                yield service
            service = Service(name=key, file=name, line=number)
        elif service:
            service = _told(service, tuple(path[2:]), value, match[4])
    if service:
        yield service


def _told(service: Service, path: tuple[str, ...], value: str, raw: str) -> Service:
    if path == ("build",):
        inline = dict(_INLINE.findall(raw)) if raw.lstrip().startswith("{") else {}
        return service._replace(
            context=inline.get("context", "" if inline else value) or ".",
            dockerfile=inline.get("dockerfile", ""),
            target=inline.get("target"),
        )
    if path == ("build", "context"):
        return service._replace(context=value)
    if path == ("build", "dockerfile"):
        return service._replace(dockerfile=value)
    if path[:2] == ("build", "args") and path[2:]:
        return service._replace(args=(*service.args, f"{path[2]}={value}"))
    if path == ("build", "target"):
        return service._replace(target=value)
    if path[0] in _LISTENING and len(path) == 1 and "disable" not in raw:
        return service._replace(listens=True)
    return service._replace(aside=True) if path == ("profiles",) else service


def _value(text: str) -> str:
    plain = re.split(r"(?:^|\s)#", text, maxsplit=1)[0].strip().strip("\"'")
    return _DEFAULT.sub(r"\1", plain)


def _completed(files: Files, services: Iterator[Service]) -> Iterator[Service]:
    """Those whose Dockerfile is there, with its place in the tree."""
    for service in services:
        if not service.context or "$" in service.context or ":" in service.context:
            continue
        context = resolve_path(parent(service.file), service.context)
        given = service.dockerfile
        bases = (given,) if given else ("Dockerfile", "Containerfile", "dockerfile")
        for base in bases:
            file = None if context is None else resolve_path(context, base)
            if file and file in files:
                found = service._replace(context=context or "", dockerfile=file)
                early = is_development(service.target)
                yield found._replace(target=None, early=True) if early else found
                break


def resolve_path(folder: str, path: str) -> str | None:
    """A path as a compose file writes it, from the root of the tree; None outside of it."""
    if path.startswith(("/", "~")):
        return None
    pieces = folder.split("/") if folder else []
    for piece in folder_of(path).split("/"):
        if piece == "..":
            if not pieces:
                return None
            pieces.pop()
        elif piece:
            pieces.append(piece)
    return "/".join(pieces)
