"""The fields of an image that its Dockerfile, its service and its folder tell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cicd.config.files import folder_of, join, parent, upward
from cicd.config.finding import DEFAULT, Finding
from cicd.config.skipped import is_tooling

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicd.config.compose_service import ComposeService
    from cicd.config.dockerfile import Dockerfile, Instruction, Stage
    from cicd.config.files import Files

_HOST = r"(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\]|\$\{?\w+\}?)"
_ASKED = re.compile(rf"(?<!/dev/tcp/)(?:https?://)?{_HOST}(?::[^/\s\"'`]+)?(/[^\s\"'`|;&)\]>,]*)")
_ROOT = re.compile(rf"https?://{_HOST}(?::[^/\s\"'`|;&)\]>,]+)?(?=[\s\"'`|;&)\],]|$)")
SILENT_PORTS = frozenset(
    (22, 25, 53, 1433, 1521, 1883, 3306, 4222, 5432, 5672, 6379, 9042, 9092, 11211, 27017)
)
"""Ports of services that do not speak HTTP."""
_ASKED_PORT = re.compile(rf"https?://{_HOST}:(\d+)")
_MOUNTED = re.compile(r"--mount=(?=\S*type=bind)(?!\S*\bfrom=)\S*?\b(?:source|src)=([^,\s]+)")
_NO_PATH = re.compile(r"[*?\[$]|://|^<<|^\.$|^/$")


def find_context(
    files: Files, name: str, parsed: Dockerfile, service: ComposeService | None
) -> Finding:
    """What the compose file says; else the nearest folder, from the Dockerfile's own upward, that
    has what the Dockerfile copies."""
    if service and (told := service.context()):
        return told
    folder = parent(name)
    copied = [path for stage in parsed.stages for path in _copied(stage)]
    if not copied:
        while folder and is_tooling(folder.rpartition("/")[2]):
            folder = parent(folder)
        return Finding(folder, "its folder")
    counted = {above: _count(files, above, copied) for above in upward(folder)}
    best = max(counted, key=lambda above: counted[above])
    return Finding(best, "its folder" if best == folder else f"what {name} copies")


def find_port(
    name: str, parsed: Dockerfile, target: str | None, service: ComposeService | None
) -> Finding:
    """EXPOSE of the Dockerfile, narrowed down by the ports of its service; the service's port
    where the Dockerfile names none, at last that of a health check."""
    exposed = [
        (int(word.partition("/")[0]), f"{name}:{each.line}")
        for stage in parsed.chain(target)
        for each in stage.those("EXPOSE")
        for word in each.text.split()
        if (number := word.partition("/")[0]).isdigit()
        and int(number) not in SILENT_PORTS
        and word.partition("/")[2] in ("", "tcp")
    ]
    told = service.ports() if service else None
    if told and not SILENT_PORTS.isdisjoint(told.value):
        told = None
    if told and told.value[0] not in [port for port, _ in exposed]:
        return Finding(told.value[0], told.origin)
    chosen = [each for each in exposed if told and each[0] in told.value] or exposed
    return Finding(*chosen[0]) if chosen else _asked_port(name, parsed, target, service)


def _asked_port(
    name: str, parsed: Dockerfile, target: str | None, service: ComposeService | None
) -> Finding:
    """The port that a health check asks."""
    checks = [each for stage in parsed.chain(target) for each in stage.those("HEALTHCHECK")]
    told = service.health() if service else None
    asked = [(told.value, told.origin)] if told else []
    asked += [(each.arguments, f"{name}:{each.line}") for each in checks]
    for command, origin in asked:
        found = _ASKED_PORT.search(command)
        if found and int(found[1]) not in SILENT_PORTS:
            return Finding(int(found[1]), origin)
    return Finding(None)


def find_health(
    name: str, parsed: Dockerfile, target: str | None, service: ComposeService | None
) -> Finding:
    """The path that a health check asks for, in the compose file or in the Dockerfile."""
    told = service.health() if service else None
    if told and (path := parse_path(told.value)):
        return Finding(path, told.origin)
    for stage in parsed.chain(target):
        for each in reversed(list(stage.those("HEALTHCHECK"))):
            path = parse_path(each.arguments)
            return Finding(path or None, f"{name}:{each.line}" if path else DEFAULT)
    return Finding(None)


def parse_path(command: str) -> str:
    """ "/health" of `curl -f http://localhost:8000/health`; "" where none can be read."""
    if found := _ASKED.search(command):
        return "" if re.search(r"[${}\\]", found[1]) else found[1]
    return "/" if _ROOT.search(command) else ""


def find_backend(
    files: Files,
    name: str,
    context: str,
    parsed: Dockerfile,
    target: str | None,
    backends: list[str],
) -> Finding:
    """The backend in its context that the Dockerfile copies; none for an image of Node or nginx."""
    chain = parsed.chain(target)
    if not chain or re.search(r"\b(node|nginx\S*|caddy|httpd|bun|deno)\b", chain[-1].base):
        return Finding(None)
    inside = [f for f in backends if f == context or not context or f.startswith(f"{context}/")]
    copied = [
        folder_of(join(context, p)) for s in parsed.stages for p in _paths(s.those("COPY", "ADD"))
    ]
    taken = [f for f in inside if any(_touches(f, path) for path in copied)]
    near = [f for f in taken if f == parent(name)] or [f for f in taken if f == context] or taken
    return Finding(near[0] or ".", "its context") if len(near) == 1 else Finding(None)


def _touches(folder: str, path: str) -> bool:
    return (
        not path
        or f"{folder}/".startswith(f"{path}/")
        or path.startswith(f"{folder}/" if folder else "")
    )


def _count(files: Files, folder: str, paths: list[str]) -> int:
    return sum(join(folder, p) in files or bool(files.below(join(folder, p))) for p in paths)


def _copied(stage: Stage) -> Iterator[str]:
    """The sources whose place tells the context: neither `.` nor a pattern."""
    mounted = (path for each in stage.those("RUN") for path in _MOUNTED.findall(each.text))
    paths = (*_paths(stage.those("COPY", "ADD")), *mounted)
    return (folder_of(path) for path in paths if not _NO_PATH.search(path))


def _paths(instructions: Iterator[Instruction]) -> Iterator[str]:
    for each in instructions:
        if "from" in each.flags or "<<" in each.arguments:
            continue
        words = re.findall(r"\"([^\"]+)\"", each.arguments) if "[" in each.arguments[:1] else []
        for path in (words or each.arguments.split())[:-1]:
            yield path.removeprefix("/") or "."
