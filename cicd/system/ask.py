"""Short questions to other programs, cheap enough for every listing."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Answer(NamedTuple):
    """What a program printed, and what it complained about. `output` is None when it failed or
    is not there; bytes that are no UTF-8 are kept as `surrogateescape` has it."""

    output: str | None
    complaint: str


def read_output(argv: tuple[str, ...]) -> str | None:
    """What a short question to another program prints; None when it fails or is not there."""
    return asking(argv)().output


def asking(argv: tuple[str, ...], environ: Mapping[str, str] | None = None) -> Callable[[], Answer]:
    """Starts the program; the function that is returned waits for its answer, and is called
    once. Without an `environ` the program gets the one of this process."""
    pipe = subprocess.PIPE
    try:
        started = subprocess.Popen(
            argv, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, env=environ
        )
    except OSError as error:
        missing = Answer(None, f"{argv[0]}: {error.strerror or error}")
        return lambda: missing
    return lambda: _wait(started)


def _wait(started: subprocess.Popen[bytes]) -> Answer:
    with started:
        output, errors = started.communicate()
    complaint = errors.decode(errors="surrogateescape").strip()
    if started.returncode:
        return Answer(None, complaint or f"it ended with {started.returncode}")
    return Answer(output.decode(errors="surrogateescape"), complaint)
