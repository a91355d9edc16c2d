"""Starts a stack, waits until all of it is ready, and takes everything away again."""

from __future__ import annotations

import json
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd.images.stack import leftovers
from cicd.images.stack.model import Surroundings, isolate
from cicd.images.stack.mounts import find_covers
from cicd.images.stack.services import may_end, read_builds
from cicd.images.stack.states import Standing, State, read_states
from cicd.system.aftermath import when_killed
from cicd.system.owned import owner_labels

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from cicd.images.stack.client import Host
    from cicd.images.stack.compose import Compose
    from cicd.images.stack.model import Model
    from cicd.model import Completed
    from cicd.system.process import Runner

UP_S = 900.0
"""Images that are not built here are pulled in this time as well."""
READY_S = 600.0
"""Health checks have limits of their own, which the engine keeps: this one is for the rest."""
_PAUSE_S = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """A stack that was started. `up` is how its start ended."""

    host: Host
    compose: Compose
    model: Model
    up: Completed

    def states(self) -> tuple[State, ...]:
        return read_states(self.host.client, self.compose.project)

    def standing(self, state: State) -> Standing:
        return state.standing(may_end=may_end(self.model, state.service))

    def broken(self, before: Sequence[State] = ()) -> tuple[State, ...]:
        """The containers that cannot get ready, and those that ended since `before`."""
        restarts = {state.container: state.restarts for state in before}
        return tuple(
            state
            for state in self.states()
            if self.standing(state) is Standing.BROKEN
            or (state.container in restarts and _again(state, restarts[state.container]))
        )

    def log(self, state: State, lines: int | None = None) -> str:
        """What a container printed: all of it, or its last lines."""
        container = self.host.client.containers.get(state.container)
        return container.logs(tail="all" if lines is None else lines).decode(errors="replace")


def suspects(stack: Stack) -> tuple[State, ...]:
    """The containers for whose sake a start may have failed."""
    again = tuple(state for state in stack.states() if _again(state, 0))
    return stack.broken() or again


def _again(state: State, restarts: int) -> bool:
    return state.status == "restarting" or state.restarts > restarts


@contextmanager
def started_stack(
    runner: Runner,
    host: Host,
    compose: Compose,
    model: Model,
    references: Mapping[str, str],
    environ: Mapping[str, str],
    left_behind: Callable[[str], None],
) -> Iterator[Stack]:
    """A stack of this model, started in order; nothing of it is left when the block ends.

    `references` are the images of services that are built here. `left_behind` is told what
    could not be removed. Does not raise when the start fails: `up` and the states tell.
    """
    own = Surroundings(
        project=compose.project,
        labels=owner_labels(leftovers.KIND),
        references=references,
        address=host.binding,
        covers=find_covers(model, read_builds(model)),
    )
    command = compose.up_command(json.dumps(isolate(model, own)))
    down = compose.down_argv()
    # Twice: what the engine was creating when we were killed is not listed yet.
    with when_killed(down, down, environ=compose.environ(environ)):
        try:
            up = runner.run(command, timeout_s=UP_S)
            yield Stack(host=host, compose=compose, model=model, up=up)
        finally:
            for line in leftovers.remove_project(host.client, compose.project):
                left_behind(line)


def wait_until_ready(stack: Stack, limit_s: float = READY_S) -> tuple[State, ...]:
    """The containers that do not get ready: none once all are; at once those that are broken."""
    deadline = time.monotonic() + limit_s
    while True:
        states = stack.states()
        standings = [stack.standing(state) for state in states]
        wanted = Standing.BROKEN if Standing.BROKEN in standings else Standing.WAITING
        late = tuple(s for s, how in zip(states, standings, strict=True) if how is wanted)
        if not late or wanted is Standing.BROKEN or time.monotonic() > deadline:
            return late
        time.sleep(_PAUSE_S)
