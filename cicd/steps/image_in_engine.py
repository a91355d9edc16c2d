"""The proofs of an image that need its engine: what is in it, how it starts and how it ends."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cicd.database.image import render_reason
from cicd.errors import CheckFailed, MissingError, RemoteError
from cicd.images.layers import read_image
from cicd.images.proofs import container, contents, sizes, start
from cicd.images.proofs.contents import Contents
from cicd.images.proofs.leaks import find_leaks
from cicd.images.proofs.tracing import trace_steps
from cicd.model import Outcome
from cicd.steps.image_database import opened_variables
from cicd.system import engine
from cicd.system.owned import sweep_containers
from cicd.system.state import write_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    import docker

    from cicd.config.parts import Image, Part
    from cicd.images.port import Built
    from cicd.steps.work import Work
    from cicd.system.engine import Engine

_ENGINE_S = 600.0
"""An engine packs all of a large image before it sends the first byte."""
_SAVE_BYTES = 1024 * 1024


def prove_in_engine(work: Work, image: Image, built: Built, parts: Sequence[Part]) -> Outcome:
    """Raises `MissingError` when no engine answers, or when it goes away meanwhile."""
    where = engine.find_engine(work.environ)
    if where is None:
        raise MissingError(f"no Docker engine answers at unix://{engine.DEFAULT_SOCKET}")
    with contextlib.closing(_connect(work, where)) as client:
        job = _Job(work=work, image=image, built=built, client=client, where=where)
        seen = _read(job)
        inside = _judge_contents(job, seen)
        started = attempt(lambda: _prove_start(job, seen, parts))
    return Outcome(
        headline=" · ".join(filter(None, (inside.headline, started.headline))),
        passed=inside.passed and started.passed,
        failures=(*inside.failures, *started.failures),
        unverified=(*inside.unverified, *started.unverified),
        metrics={**inside.metrics, **started.metrics},
        facts=started.facts,
    )


def attempt(proof: Callable[[], Outcome]) -> Outcome:
    """What this machine lacks for one proof must not hide what another one finds."""
    try:
        return proof()
    except CheckFailed as failed:
        return failed.outcome
    except (MissingError, RemoteError) as missing:
        return Outcome(unverified=(str(missing),))


@dataclass(frozen=True, kw_only=True)
class _Job:
    """The image in its engine."""

    work: Work
    image: Image
    built: Built
    client: docker.DockerClient
    where: Engine

    @property
    def repeat(self) -> str:
        return f"nox -s {self.work.session}"

    @property
    def last(self) -> Path:
        """What the last run measured."""
        return self.work.place.state / "images" / f"{self.image.name}.sizes.json"


def _connect(work: Work, where: Engine) -> docker.DockerClient:
    import docker
    import requests

    try:
        return engine.connect(where, work.environ, _ENGINE_S)
    except (docker.errors.DockerException, requests.RequestException, OSError) as error:
        said = f"no Docker engine answers at {where.url}"
        raise MissingError(f"{said}: {render_reason(error)}") from error


@contextlib.contextmanager
def _faults_told(job: _Job) -> Iterator[None]:
    """What the docker package raises when the engine goes away, in words."""
    import docker
    import requests

    try:
        yield
    except (docker.errors.DockerException, requests.RequestException, ConnectionError) as error:
        said = f"the Docker engine at {job.where.url} failed while {job.image.name} was proven"
        raise MissingError(f"{said}: {render_reason(error)}") from error


def _read(job: _Job) -> Contents:
    with _faults_told(job):
        for thing in sweep_containers(job.client, container.KIND):
            job.work.say(f"removed what a killed run left: {thing}")
        chunks = job.client.api.get_image(job.built.image_id, chunk_size=_SAVE_BYTES)
        try:
            saved = read_image(chunks, find_leaks)
        except ValueError as error:
            raise MissingError(str(error)) from error
    path = job.work.place.root / str(job.image.dockerfile)
    text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    args = job.image.build_args if isinstance(job.image.build_args, dict) else {}
    target = job.image.target if isinstance(job.image.target, str) else None
    return Contents(
        saved=saved,
        steps=trace_steps(saved.config, text, target, args),
        dockerfile=str(job.image.dockerfile),
        repeat=job.repeat,
    )


def _judge_contents(job: _Job, seen: Contents) -> Outcome:
    last = sizes.read_sizes(job.last)
    as_root = tuple(contents.prove_user(seen))
    failures = (
        *(() if job.image.root else as_root),
        *contents.prove_layers(seen),
        *contents.prove_history(seen),
        *contents.prove_size(seen, job.image.max_mb, last),
    )
    if grown := sizes.explain_growth(seen.sizes, last):
        job.work.say(f"{job.image.name}: {grown}")
    sizes.write_sizes(job.last, seen.sizes)
    headline, metrics = contents.describe_contents(seen)
    if as_root and job.image.root:
        headline = f"{headline} · runs as root"
    return Outcome(headline=headline, passed=not failures, failures=failures, metrics=metrics)


def _prove_start(job: _Job, seen: Contents, parts: Sequence[Part]) -> Outcome:
    image = job.image
    with opened_variables(job.work, image, parts) as variables:
        wish = start.Start(
            name=image.name,
            image_id=job.built.image_id,
            config=seen.saved.config.get("config") or {},
            env=variables.env,
            port=image.port if isinstance(image.port, int) else None,
            health=image.health if isinstance(image.health, str) else None,
            start_s=image.start_s,
            stop_s=image.stop_s,
            dockerfile=seen.dockerfile,
            lines=contents.find_lines(seen.steps),
            repeat=job.repeat,
        )
        with _faults_told(job):
            outcome = start.prove_start(
                job.client, job.where, wish, environ=job.work.environ, show=_keeping(job)
            )
    return replace(
        outcome,
        unverified=(*variables.unverified, *outcome.unverified),
        facts={**variables.facts, **outcome.facts},
    )


def _keeping(job: _Job) -> Callable[[str], None]:
    """What a container printed is shown, and kept with the session's reports."""

    def show(log: str) -> None:
        job.work.say(log)
        write_text(job.work.place.reports / "logs" / f"{job.image.name}.log", f"{log}\n")

    return show
