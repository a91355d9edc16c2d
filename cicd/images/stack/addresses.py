"""What the smoke tests are told: where the services answer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cicd.images.stack.states import State

_NOT_HTTP = (1433, 1521, 3306, 4222, 5432, 5672, 6379, 9092, 11211, 27017)
"""Where databases, queues and caches listen."""


def address_env(states: Iterable[State], *, host: str, front: str, project: str) -> dict[str, str]:
    """`<SERVICE>_URL`, http:// or tcp://, for each service with a published port, and
    `<SERVICE>_<PORT>_URL` for each port, `STACK_URL` for the front; the name of the project."""
    env = {"CICD_STACK_PROJECT": project}
    for state in states:
        numbers = (name.partition("/") for name in state.ports if name.endswith("/tcp"))
        for target in sorted(int(number) for number, _, _ in numbers):
            scheme = "tcp" if target in _NOT_HTTP else "http"
            url = f"{scheme}://{host}:{state.ports[f'{target}/tcp']}"
            word = re.sub(r"\W|-", "_", state.service).upper()
            env.setdefault(f"{word}_{target}_URL", url)
            env.setdefault(f"{word}_URL", url)
            if state.service == front:
                env.setdefault("STACK_URL", url)
    return env
