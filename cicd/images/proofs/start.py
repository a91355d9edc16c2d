"""Starts an image, asks until it is healthy, and has it end."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from cicd.images.proofs import container, ending, listeners, readiness
from cicd.images.telling import find_telling
from cicd.model import Failure, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import docker

    from cicd.images.proofs.container import ProofContainer
    from cicd.model import Secret
    from cicd.system.engine import Engine

_LOG_LINES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """How an image is started and ended. `config` is the image's own setting of `Cmd`,
    `Entrypoint` and `StopSignal`; `lines` where these stand in `dockerfile`."""

    name: str
    image_id: str
    config: Mapping[str, Any]
    env: Mapping[str, str | Secret]
    port: int | None
    health: str | None
    start_s: float
    stop_s: float
    dockerfile: str
    lines: Mapping[str, int]
    repeat: str


def prove_start(
    client: docker.DockerClient,
    where: Engine,
    start: Start,
    *,
    environ: Mapping[str, str],
    show: Callable[[str], None],
) -> Outcome:
    """It becomes healthy within its time limit, and ends on its stop signal within the other.

    The first thing that goes wrong is the failure, with what the container's log tells of it;
    `show` is given the log. Raises what the docker package raises when the engine goes away.
    """
    with container.created(
        client, where, start.image_id, env=start.env, port=start.port, environ=environ
    ) as running:
        outcome = _prove(running, start)
        if outcome.passed:
            return outcome
        log = running.log(_LOG_LINES)
        show(f"{start.name} printed:\n{log}" if log else f"{start.name} printed nothing")
        return _with_log(outcome, log)


def _prove(running: ProofContainer, start: Start) -> Outcome:
    import docker

    begun = time.monotonic()
    try:
        running.start()
    except docker.errors.APIError as error:
        return _red(start, f"it cannot be started: {error.explanation}", line=_program_line(start))
    ready = readiness.wait_until_ready(running, _wish(start))
    start_s = time.monotonic() - begun
    if not ready.ok:
        return _red(start, ready.title, fix=ready.fix or _explain_silence(running, start, ready))
    said = f"{ready.title} after {start_s:.1f} s"
    metrics = {"start_s": round(start_s, 3)}
    if ready.ended:
        return Outcome(headline=said, metrics=metrics)
    end = ending.stop(running, start.config, start.stop_s)
    if end.title:
        return _red(start, end.title, detail=end.detail, fix=end.fix, line=_program_line(start))
    return Outcome(
        headline=f"{said} · stopped in {end.stop_s:.1f} s",
        metrics={**metrics, "stop_s": round(end.stop_s, 3)},
    )


def _wish(start: Start) -> readiness.Wish:
    return readiness.Wish(
        name=start.name, port=start.port, health=start.health, start_s=start.start_s
    )


def _explain_silence(running: ProofContainer, start: Start, ready: readiness.Ready) -> str:
    if not ready.silent or start.port is None:
        return ""
    found = listeners.parse_listeners(running.run_inside(*listeners.COMMAND))
    return listeners.explain_listeners(found, start.port, start.name)


def _program_line(start: Start) -> int | None:
    return start.lines.get("CMD") or start.lines.get("ENTRYPOINT")


def _red(
    start: Start, title: str, *, detail: str = "", fix: str = "", line: int | None = None
) -> Outcome:
    failure = Failure(
        title=title,
        path=start.dockerfile,
        line=line,
        detail=detail,
        repeat=start.repeat,
        fix=fix,
    )
    return Outcome(headline=title, passed=False, failures=(failure,))


def _with_log(outcome: Outcome, log: str) -> Outcome:
    last = "\n".join(find_telling(log.splitlines())) or "it printed nothing"
    failures = tuple(
        replace(each, detail="\n".join(filter(None, (each.detail, last))))
        for each in outcome.failures
    )
    return replace(outcome, failures=failures)
