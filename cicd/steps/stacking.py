"""The step of the whole application: its images together, and the smoke tests."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cicd.config.resolve_image import resolve_image
from cicd.errors import CheckFailed
from cicd.images.stack.addresses import address_env
from cicd.images.stack.client import opened_host
from cicd.images.stack.file import find_compose
from cicd.images.stack.leftovers import sweep_stacks
from cicd.images.stack.mounts import find_covers
from cicd.images.stack.reporting import start_failure, write_logs
from cicd.images.stack.run import started_stack, suspects, wait_until_ready
from cicd.images.stack.services import find_front, read_builds
from cicd.model import Outcome
from cicd.steps.smoke import SmokeTests, find_smoke_tests, run_smoke_tests
from cicd.steps.stack_images import stack_images
from cicd.steps.stack_trial import Trial, read_trial
from cicd.steps.work import current_work
from cicd.system.console import show

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import nox

    from cicd.config.parts import Image, Part
    from cicd.images.stack.run import Stack
    from cicd.images.stack.states import State
    from cicd.model import Failure
    from cicd.steps.work import Work


def run_stack(session: nox.Session, images: Sequence[Image], parts: Sequence[Part]) -> Outcome:
    """Every service of the compose file is ready, with the images just built, and the smoke
    tests pass. Nothing of it is left afterwards.

    What stands after `--` goes to pytest. Raises `MissingError` without an engine or Compose,
    `SettingsError` for a compose file that cannot stand alone, `CheckFailed` for what is red.
    """
    work = current_work(session)
    contexts = [str(resolve_image(work.tree, image).image.context) for image in images]
    file = find_compose(work.tree, contexts)
    with opened_host(work.environ) as host:
        sweep_stacks(host.client)
        trial = read_trial(work, file, host)
        references = stack_images(work, trial.model, images, str(file))
        outcome = _run(trial, references, parts)
        outcome = replace(outcome, facts={**outcome.facts, **_facts(references)})
    work.outcomes.append(outcome)
    if not outcome.passed:
        raise CheckFailed(outcome)
    return outcome


def _facts(references: Mapping[str, str]) -> dict[str, str]:
    return {"images": " ".join(f"{name}={image}" for name, image in references.items())}


def _run(trial: Trial, references: Mapping[str, str], parts: Sequence[Part]) -> Outcome:
    work = trial.work
    tests = find_smoke_tests(work, trial.file, parts)
    for name, folders in find_covers(trial.model, read_builds(trial.model)).items():
        work.say(f"{name}: {', '.join(folders)} is not mounted, the image itself is tried")
    about = (trial.host, trial.compose, trial.model, references, work.environ, _left(work))
    with started_stack(work.place.runner, *about) as stack:
        failures = _start_failures(trial, stack)
        outcome = _refused(failures) if failures else _tested(trial, stack, tests)
        if not outcome.passed:
            _show_logs(work, stack)
    return outcome


def _left(work: Work) -> Callable[[str], None]:
    return lambda thing: work.say(f"could not be removed: {thing}")


def _start_failures(trial: Trial, stack: Stack) -> tuple[Failure, ...]:
    late = wait_until_ready(stack) if stack.up.ok else suspects(stack)
    if late or stack.up.ok:
        return tuple(trial.failure(stack, state) for state in late)
    return (start_failure(stack.up, file=str(trial.file), repeat=trial.repeat),)


def _refused(failures: tuple[Failure, ...]) -> Outcome:
    return Outcome(headline=failures[0].title, passed=False, failures=failures)


def _tested(trial: Trial, stack: Stack, tests: SmokeTests | None) -> Outcome:
    states = stack.states()
    said, healthy = _counted(states)
    if tests is None:
        return _untested(said, healthy)
    front = find_front(trial.model)
    project = trial.compose.project
    env = address_env(states, host=trial.host.address, front=front, project=project)
    found = run_smoke_tests(trial.work, tests, {**trial.host.env, **trial.compose.passwords, **env})
    died = tuple(trial.failure(stack, s, " while the tests ran") for s in stack.broken(states))
    return replace(
        found,
        headline=died[0].title if died else f"{found.headline} · {said}",
        passed=found.passed and not died,
        failures=(*died, *found.failures),
        metrics={**found.metrics, "services": len(states), "healthy": healthy},
    )


def _counted(states: Sequence[State]) -> tuple[str, int]:
    healthy = sum(state.health == "healthy" for state in states)
    ended = sum(state.status == "exited" for state in states)
    unasked = len(states) - healthy - ended
    words = [f"{healthy} service{'s' * (healthy != 1)} healthy"]
    words += [f"{unasked} without a health check"] if unasked else []
    words += [f"{ended} job{'s' * (ended != 1)} done"] if ended else []
    return ", ".join(words), healthy


def _untested(said: str, healthy: int) -> Outcome:
    """Without smoke tests it is health that was checked, where somebody checks it."""
    gap = "no service has a health check, and there are no smoke tests: nothing was asked"
    return Outcome(
        headline=f"{said}; there are no smoke tests in tests/smoke",
        unverified=() if healthy else (gap,),
        metrics={"healthy": healthy},
    )


def _show_logs(work: Work, stack: Stack) -> None:
    """The ends on the screen, all of it in `.cicd/reports/<session>/logs`."""
    ends = write_logs(stack, stack.states(), work.place.reports / "logs")
    for service, end in ends.items():
        work.say(f"the log of {service}:" if end else f"{service} printed nothing")
        show(work.masks.apply(f"{end}\n" if end else ""))
