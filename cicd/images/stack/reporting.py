"""Words what is wrong with a stack."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cicd.errors import RemoteError
from cicd.images.stack.file import service_line
from cicd.model import Failure
from cicd.output import last_lines

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from cicd.images.stack.run import Stack
    from cicd.images.stack.states import State
    from cicd.model import Completed

_SHOWN = 2
"""Of its log; with what its health check said, as many lines as the summary shows."""
_UNREACHED = re.compile(
    r"pull access denied|manifest (?:for .* not found|unknown)|failed to resolve reference|"
    r"error pulling image|no such host|TLS handshake|connection refused|i/o timeout|"
    r"toomanyrequests|Get \"https?://",
    re.IGNORECASE,
)


def service_failure(
    stack: Stack, state: State, *, file: str, text: str, repeat: str, when: str = ""
) -> Failure:
    """One container that is not as it should be, with what its health check said last and the
    end of its log. `text` is that of the compose file `file`."""
    said = last_lines(state.said, 1)
    log = last_lines(stack.log(state, _SHOWN), _SHOWN) or "(it printed nothing)"
    return Failure(
        title=f"{state.render()}{when}",
        path=file,
        line=service_line(text, state.service),
        detail="\n".join(filter(None, (said and f"health check: {said}", log))),
        repeat=repeat,
    )


def start_failure(up: Completed, *, file: str, repeat: str) -> Failure:
    """Compose failed, and no container says why. Raises `RemoteError` for an image that cannot
    be pulled."""
    said = last_lines(up.output, 3)
    if _UNREACHED.search(said):
        raise RemoteError(f"an image of the stack cannot be pulled:\n{said}")
    title = "the stack did not start in time" if up.timed_out else "Compose cannot start the stack"
    return Failure(title=title, path=file, detail=said, repeat=repeat)


def write_logs(stack: Stack, states: Iterable[State], folder: Path) -> dict[str, str]:
    """Writes the log of each container to `<folder>/<service>.log`, and returns their ends."""
    ends: dict[str, str] = {}
    folder.mkdir(parents=True, exist_ok=True)
    for state in states:
        log = stack.log(state)
        with (folder / f"{state.service}.log").open("a", encoding="utf-8") as file:
            file.write(log)
        ends[state.service] = ends.get(state.service, "") + last_lines(log, 40)
    return ends
