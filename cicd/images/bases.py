"""The base images of a build: what the builder will take under their names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cicd.images.local import inspect_images

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from cicd.images.builders import Builder, Docker
    from cicd.system.process import Runner

_ASK_S = 30.0
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def find_bases(
    names: Iterable[str],
    builder: Builder,
    docker: Docker,
    runner: Runner,
    say: Callable[[str], None],
) -> dict[str, str]:
    """The digest of each base image; "" for one that cannot be had, of which the build will say
    why.

    An engine builds on the image that it has, so one that it lacks is pulled first: then it is
    known what is built on. A builder of its own asks the registry each time.
    """
    wanted = list(dict.fromkeys(names))
    if builder.driver != "docker":
        return {name: _in_registry(name, docker, runner) for name in wanted}
    found = inspect_images(docker, wanted, runner, context=builder.context)
    for name in wanted:
        if name not in found:
            say(f"pulling {name}")
            pull = docker.command("pull", "--quiet", name, context=builder.context)
            if runner.run(pull, quiet=True).ok:
                found |= inspect_images(docker, [name], runner, context=builder.context)
    return {name: found[name].digest or found[name].id if name in found else "" for name in wanted}


def _in_registry(name: str, docker: Docker, runner: Runner) -> str:
    words = ("buildx", "imagetools", "inspect", "--format", "{{json .Manifest}}", name)
    asked = runner.run(docker.command(*words), timeout_s=_ASK_S, quiet=True)
    digest = re.search(r'"digest":\s*"(sha256:[0-9a-f]{64})"', asked.output)
    if pinned := _DIGEST.search(name):
        return pinned[0]
    return digest[1] if asked.ok and digest else ""
