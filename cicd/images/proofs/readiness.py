"""Waits until a container does what its image is for."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd.images.proofs import health
from cicd.images.proofs.health import Answer

if TYPE_CHECKING:
    from cicd.images.proofs.container import ProofContainer, State

MOMENT_S = 1.0
"""How long an image without a port must live to count as started."""
_EVERY_S = 0.05
_ANSWER_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is waited for: an answer of `health`, without one any answer of `port`."""

    name: str
    port: int | None
    health: str | None
    start_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """`title` says what it is now, or what went wrong. `ended`: it did its work and ended."""

    ok: bool
    title: str
    fix: str = ""
    ended: bool = False
    silent: bool = False
    """Whether nobody answered at all, though it runs."""


def wait_until_ready(running: ProofContainer, wish: Wish) -> Ready:
    """Until it is healthy, until it cannot become so, or until the time limit."""
    begun = time.monotonic()
    if wish.port is None:
        return _wait_a_moment(running, min(MOMENT_S, wish.start_s))
    answer = Answer(reason="nobody listens there")
    while (left_s := wish.start_s - (time.monotonic() - begun)) > 0:
        state = running.read_state()
        if state.exit_code is not None:
            return _died(state, time.monotonic() - begun)
        if running.address:
            answer = _ask(running.address, wish, min(left_s, _ANSWER_S))
            if done := judge_answer(answer, wish):
                return done
        time.sleep(min(_EVERY_S, max(left_s, 0)))
    return _late(answer, wish)


def _wait_a_moment(running: ProofContainer, moment_s: float) -> Ready:
    begun = time.monotonic()
    code = running.wait(moment_s)
    if code is None:
        return Ready(ok=True, title="running")
    if code == 0:
        return Ready(ok=True, title="ended with 0", ended=True)
    return _died(running.read_state(), time.monotonic() - begun)


def _ask(address: tuple[str, int], wish: Wish, timeout_s: float) -> Answer:
    path = wish.health or "/"
    return health.ask(address, path, host=f"localhost:{wish.port}", timeout_s=timeout_s)


def judge_answer(answer: Answer, wish: Wish) -> Ready | None:
    """The verdict that this answer settles; None when a later one may be another."""
    if wish.health is None:
        return Ready(ok=True, title=f"port {wish.port} answered") if answer.spoke else None
    if answer.is_healthy:
        return Ready(ok=True, title="healthy")
    if answer.is_redirect:
        title = f"{wish.health} is no health address: it redirects to {answer.location or '?'}"
        # Where it leads within the same application, the other address is the one to ask.
        slash = answer.location.partition("?")[0].endswith(f"{wish.health}/")
        fix = f'cicd.Image("{wish.name}", health="{wish.health}/")' if slash else ""
        return Ready(ok=False, title=f"{title} ({answer.status})", fix=fix)
    return None


def _died(state: State, after_s: float) -> Ready:
    reason = f": {state.reason}" if state.reason else ""
    title = f"it ended by itself after {after_s:.1f} s with exit code {state.exit_code}{reason}"
    return Ready(ok=False, title=title)


def _late(answer: Answer, wish: Wish) -> Ready:
    asked = wish.health or f"port {wish.port}"
    if answer.status is not None:
        said = f"{asked} still answered {answer.status}"
    else:
        said = f"{asked} (port {wish.port})" if wish.health else asked
        said = f"{said} never answered: {answer.reason}"
    return Ready(
        ok=False,
        title=f"not healthy within {wish.start_s:g} s: {said}",
        silent=answer.status is None and not answer.spoke,
    )
