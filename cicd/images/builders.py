"""Who builds: Docker's command line on this machine, and the BuildKit that it talks to."""

from __future__ import annotations

import json
import os
import re
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from cicd.errors import MissingError, SettingsError
from cicd.model import Command
from cicd.system.engine import DEFAULT_SOCKET, find_engine

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cicd.system.process import Runner

_GET_BUILDX = (
    "install buildx: package docker-buildx-plugin of Docker, docker-buildx of Debian and Ubuntu\n"
    "(https://docs.docker.com/go/buildx/)"
)
_ASK_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Builder:
    """A builder, and what it can do.

    `docker` is the program. `name` is what `--builder` is given, "" for the one in use.
    Without buildx the engine's own BuildKit builds one image at a time. `context` names the
    Docker context of another engine that it builds in; "" when the image arrives in the engine
    of this machine.
    """

    docker: str
    name: str = ""
    driver: str = "docker"
    has_buildx: bool = False
    context: str = ""
    annotates: bool = False
    rewrites_times: bool = False
    keeps_content: bool = False
    """Whether images lie in containerd's store: with platforms and digests as in a registry."""
    on_github: bool = False
    """Whether GitHub's cache is there, as in a workflow."""

    @property
    def delivers(self) -> bool:
        """Whether what it builds comes as a file, to be loaded into the engine of this machine."""
        return self.rewrites_times or (bool(self.context) and self.keeps_content)

    @property
    def keeps_index(self) -> bool:
        """Whether an image of several manifests can lie in the engine of this machine."""
        return self.has_buildx and self.keeps_content and not self.context

    def caches(self, cache: str) -> bool:
        """Whether it can read or write this cache: an engine's classic store cannot, and
        GitHub's is only there in a workflow."""
        if cache.startswith("type=gha") and not self.on_github:
            return False
        return self.driver != "docker" or self.keeps_content


@dataclass(frozen=True, slots=True, kw_only=True)
class Docker:
    """Docker's command line, which reaches an engine with the variables in `env`."""

    program: str
    env: Mapping[str, str]
    address: str

    def command(self, *words: str, context: str = "") -> Command:
        chosen = ("--context", context) if context else ()
        env: Mapping[str, str | None] = {"DOCKER_HOST": None} if context else self.env
        return Command((self.program, *chosen, *words), env=env)


def require_docker(environ: Mapping[str, str]) -> Docker:
    """The engine of this machine and a program to reach it; whether it answers is not asked.

    Raises `MissingError` where there is neither a socket nor a program.
    """
    engine = find_engine(environ)
    if engine is None:
        raise MissingError(f"no Docker engine answers at unix://{DEFAULT_SOCKET}")
    program = next(_programs(environ), "")
    if not program:
        raise MissingError(
            f"the command `docker` is not on PATH (an engine is at {engine.url})",
            fix="install it with buildx (https://docs.docker.com/engine/install/)",
        )
    found = engine.origin == "found" and engine.url != f"unix://{DEFAULT_SOCKET}"
    return Docker(
        program=program, env={"DOCKER_HOST": engine.url} if found else {}, address=engine.url
    )


def uses_engine(environ: Mapping[str, str]) -> bool:
    """Whether the builder in use is the engine's own, as buildx has written it down: asking
    buildx takes longer than all the rest when there is nothing to build."""
    if environ.get("BUILDX_BUILDER"):
        return False
    docker = Path(environ.get("DOCKER_CONFIG") or Path(environ.get("HOME", "~"), ".docker"))
    current = Path(environ.get("BUILDX_CONFIG") or docker / "buildx") / "current"
    try:
        return json.loads(current.read_text()).get("Name") in ("", "default")
    except FileNotFoundError:
        return True
    except (OSError, ValueError, AttributeError):
        return False


def require_builder(
    docker: Docker, name: str | None, environ: Mapping[str, str], runner: Runner
) -> Builder:
    """The builder of this name, or the one in use.

    Raises `MissingError` where only the legacy builder is left, and `SettingsError` for a
    name that no builder has.
    """
    for program in _programs(environ):
        if found := _inspected(replace(docker, program=program), name, runner):
            return replace(found, on_github="ACTIONS_RUNTIME_TOKEN" in environ)
    if name:
        raise MissingError(f'the builder "{name}" needs buildx, which is not here', fix=_GET_BUILDX)
    for program in _programs(environ):
        said = runner.run(Command((program, "--version")), timeout_s=_ASK_S, quiet=True).output
        # From 23 on, the program leaves BuildKit to buildx.
        if (18, 9) <= parse_version(said) < (23,):
            return Builder(docker=program)
    raise MissingError(
        f"{docker.program} has no buildx, and its legacy builder is not enough", fix=_GET_BUILDX
    )


def parse_version(text: str) -> tuple[int, ...]:
    """The first version in a text: (0, 13, 1) of "buildx v0.13.1+ds1"."""
    found = re.search(r"(\d+)\.(\d+)(?:\.(\d+))?", text)
    return tuple(int(number) for number in found.groups() if number) if found else ()


def _programs(environ: Mapping[str, str]) -> Iterator[str]:
    """Every `docker` on PATH, each once: the first may be one without buildx."""
    seen = set()
    for folder in environ.get("PATH", os.defpath).split(os.pathsep):
        program = shutil.which("docker", path=folder) if folder else None
        if program and (real := os.path.realpath(program)) not in seen:
            seen.add(real)
            yield program


def _inspected(docker: Docker, name: str | None, runner: Runner) -> Builder | None:
    """The builder as buildx describes it; None for a program without buildx."""
    words = ("buildx", "inspect", *([name] if name else []))
    asked = runner.run(docker.command(*words), timeout_s=_ASK_S, quiet=True)
    if not asked.ok:
        if not _buildx_version(docker, runner):
            return None
        raise _uninspected(docker, name, asked.errors.strip() or asked.output.strip(), runner)
    fields = parse_inspected(asked.output)
    driver, endpoint = fields.get("Driver", "docker"), fields.get("Endpoint", "")
    builder = Builder(docker=docker.program, name=name or "", driver=driver, has_buildx=True)
    if driver != "docker":
        rewrites = parse_version(fields.get("BuildKit version", "")) >= (0, 13)
        return replace(builder, rewrites_times=rewrites)
    builder = replace(builder, context=_context(docker, endpoint, runner))
    keeps = any(".worker.containerd." in name for name in fields)
    return _with_content(docker, builder, runner) if keeps else builder


def _buildx_version(docker: Docker, runner: Runner) -> tuple[int, ...]:
    asked = runner.run(docker.command("buildx", "version"), timeout_s=_ASK_S, quiet=True)
    return parse_version(asked.output) if asked.ok else ()


def _with_content(docker: Docker, builder: Builder, runner: Runner) -> Builder:
    """An engine with containerd's store. Its own BuildKit says no version that can be relied on;
    the engine's does: 26 has BuildKit 0.13."""
    words = ("version", "--format", "{{.Server.Version}}")
    asked = runner.run(
        docker.command(*words, context=builder.context), timeout_s=_ASK_S, quiet=True
    )
    return replace(
        builder,
        keeps_content=True,
        annotates=_buildx_version(docker, runner) >= (0, 12),
        rewrites_times=parse_version(asked.output) >= (26,),
    )


def _uninspected(docker: Docker, name: str | None, said: str, runner: Runner) -> Exception:
    if not name or "no builder" not in said:
        return MissingError(f"the builder {name or 'in use'} does not answer: {said}")
    from difflib import get_close_matches

    listed = runner.run(docker.command("buildx", "ls"), timeout_s=_ASK_S, quiet=True).output
    names = [line.split()[0].rstrip("*") for line in listed.splitlines()[1:] if line[:1].strip()]
    close = get_close_matches(name, names, n=1)
    fix = f'did you mean "{close[0]}"?' if close else f"`docker buildx ls` has: {', '.join(names)}"
    return SettingsError(f'there is no builder "{name}"', fix=fix)


def parse_inspected(text: str) -> dict[str, str]:
    """The fields of `docker buildx inspect`; those of its first node where nodes differ."""
    fields: dict[str, str] = {}
    for line in text.splitlines():
        name, colon, value = line.partition(":")
        if colon and value.strip():
            fields.setdefault(name.strip(), value.strip())
    return fields


def _context(docker: Docker, endpoint: str, runner: Runner) -> str:
    """The context of another engine; "" for the one of this machine."""
    if not endpoint or endpoint == "default" or "://" in endpoint:
        return ""
    shown = runner.run(docker.command("context", "show"), timeout_s=_ASK_S, quiet=True)
    return "" if shown.output.strip() == endpoint else endpoint
