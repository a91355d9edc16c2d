"""The public steps: one for each verb, for backends and frontends alike."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from cicd.config.parts import Backend, Frontend
from cicd.errors import CheckFailed, SettingsError
from cicd.model import Command, Failure, Outcome
from cicd.steps import backend, frontend
from cicd.steps.databases import opened_databases
from cicd.steps.work import current_work

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import nox

    from cicd.config.parts import Image, Part, Registry
    from cicd.model import Secret
    from cicd.steps.work import Work


def format(session: nox.Session, part: Part, *, avoid: Sequence[str] = ()) -> Outcome:
    """The formatters of the part agree with every file. `avoid` are folders of other parts."""
    work = current_work(session)
    if isinstance(part, Frontend):
        return _judge(work, frontend.check(work, part, "format"))
    return _judge(work, backend.check(work, part, "format", avoid))


def lint(session: nox.Session, part: Part, *, avoid: Sequence[str] = ()) -> Outcome:
    """The linters of the part find nothing. `avoid` are folders of other parts."""
    work = current_work(session)
    if isinstance(part, Frontend):
        return _judge(work, frontend.check(work, part, "lint"))
    return _judge(work, backend.check(work, part, "lint", avoid))


def types(session: nox.Session, part: Part, *, avoid: Sequence[str] = ()) -> Outcome:
    """The type checkers of the part find nothing. `avoid` are folders of other parts."""
    work = current_work(session)
    if isinstance(part, Frontend):
        return _judge(work, frontend.check(work, part, "types"))
    return _judge(work, backend.check(work, part, "types", avoid))


def migrations(session: nox.Session, part: Backend) -> Outcome:
    """The migrations have one head, go up from nothing, agree with the models, go down and up."""
    work = current_work(session)
    return _judge(work, backend.check_migrations(work, part))


def test(
    session: nox.Session, part: Part, *, python: str = "", arguments: Sequence[str] = ()
) -> Outcome:
    """The tests of the part pass, on a migrated database of their own where it needs one.

    What the user wrote after `--` goes to the test runner; `arguments` go there when that is
    nothing. `python` is one of several versions of a backend ("3.13").
    """
    work = current_work(session)
    if isinstance(part, Frontend):
        return _judge(work, frontend.test(work, part, arguments))
    return _judge(work, backend.test(work, part, python, arguments))


def build(session: nox.Session, part: Frontend) -> Outcome:
    """The production build of the part succeeds."""
    work = current_work(session)
    return _judge(work, frontend.check(work, part, "build"))


def image(
    session: nox.Session,
    image: Image,
    *,
    images: Sequence[Image] = (),
    parts: Sequence[Part] = (),
) -> Outcome:
    """The image is built, in one go with `images`, and every proof of it holds.

    `parts` are those among which its backend is looked for, whose database it is started with:
    `project.parts`. Raises `MissingError` without a Docker engine.
    """
    from cicd.steps.images import build_and_prove

    return build_and_prove(session, image, images or (image,), parts)


def stack(session: nox.Session, images: Sequence[Image], parts: Sequence[Part]) -> Outcome:
    """All services of the compose file are ready with the images just built, and the smoke tests
    pass. Nothing of it is left afterwards. What stands after `--` goes to pytest."""
    from cicd.steps.stacking import run_stack

    return run_stack(session, images, parts)


def push(
    session: nox.Session, images: Sequence[Image], *, registries: Sequence[Registry] = ()
) -> Outcome:
    """What `ci` verified of this content is in the repositories of the images, by digest.

    Raises `CheckFailed` where `ci` was not green for it, `RemoteError` where a registry refuses.
    """
    from cicd.steps.publish import push_images

    return push_images(session, images, registries)


def run(
    session: nox.Session,
    part: Part,
    *argv: str,
    env: Mapping[str, str | Secret | None] | None = None,
) -> Outcome:
    """Runs a command in the part's folder and environment; its exit code is the verdict.

    `env` is added to the environment, None removes a name. Nothing limits the time.
    Raises `CheckFailed` when the code is not 0.
    """
    if not argv:
        raise SettingsError(f'steps.run(session, "{part.path}"): no command was given')
    work = current_work(session)
    if isinstance(part, Frontend):
        around = frontend.surroundings(work, part)
    else:
        around = backend.surroundings(work, part)
    command = Command(argv, cwd=around.folder, env={**around.variables, **(env or {})})
    done = work.place.runner.run(command)
    if not done.ok:
        title = f"{argv[0]} ended with exit code {done.return_code}"
        repeat = f"nox -s {session.name}"
        failure = Failure(title=title, path=part.path, detail=done.output[-500:], repeat=repeat)
        raise CheckFailed(Outcome(headline=title, passed=False, failures=(failure,)))
    return _judge(work, Outcome(unverified=around.unverified))


@contextlib.contextmanager
def database(session: nox.Session, part: Backend) -> Iterator[Mapping[str, str | Secret]]:
    """A migrated database of the part's own, until the block ends.

    Yields the variables that lead there, in every form the project may read: `DATABASE_URL`,
    libpq's `PG*`, and the part's `env`. Raises `MissingError` when no provider can serve.
    """
    work = current_work(session)
    bench = backend.prepare(work, part)
    with opened_databases(bench) as opened:
        found = Outcome(headline=opened.label, unverified=opened.unverified)
        _judge(work, bench.completed(found, database=opened.label))
        yield opened.broker.env


def _judge(work: Work, outcome: Outcome) -> Outcome:
    """A session that does not return what its step found must not be green with it."""
    work.outcomes.append(outcome)
    if not outcome.passed:
        raise CheckFailed(outcome)
    return outcome
