"""hadolint on a Dockerfile, in an environment of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.backend.environment import ensure_tools
from cicd.backend.interpreters import Interpreter, Interpreters
from cicd.images.proofs import hadolint
from cicd.model import Outcome
from cicd.system.state import write_text

if TYPE_CHECKING:
    from pathlib import Path

    from cicd.config.parts import Image
    from cicd.model import Completed
    from cicd.steps.work import Work

_LIMIT_S = 120.0
_TOLD = 10


def lint_dockerfile(work: Work, image: Image) -> Outcome:
    """What hadolint reports of the image's Dockerfile; what does not fail is shown.

    Raises `RemoteError` when it must be fetched and the registry does not answer.
    """
    root = work.place.root
    dockerfile = root / str(image.dockerfile)
    settings = find_lint_settings(work, image)
    tools = ensure_tools(work.place, (hadolint.REQUIREMENT,), _interpreter(work))
    program = tools.program(hadolint.PROGRAM)
    done = _run(work, program, dockerfile, settings)
    if hadolint.is_unreadable(done):
        copy = work.place.reports / "Dockerfile"
        write_text(copy, hadolint.blank_comments(dockerfile.read_text(encoding="utf-8")))
        done = _run(work, program, copy, settings)
    failures, told = hadolint.judge_report(
        done,
        str(image.dockerfile),
        own_settings=str(settings.relative_to(root)) if settings else "",
        repeat=f"nox -s {work.session}",
    )
    for line in told[:_TOLD]:
        work.say(line)
    if len(told) > _TOLD:
        work.say(f"{image.dockerfile}: {len(told) - _TOLD} more remarks of hadolint")
    return Outcome(passed=not failures, failures=failures)


def _run(work: Work, program: Path, dockerfile: Path, settings: Path | None) -> Completed:
    command = hadolint.lint_command(program, dockerfile, settings, work.place.reports)
    return work.place.runner.run(command, timeout_s=_LIMIT_S, quiet=True)


def find_lint_settings(work: Work, image: Image) -> Path | None:
    """hadolint's settings for this image: beside its Dockerfile, in its context, in the root."""
    root = work.place.root
    folders = ((root / str(image.dockerfile)).parent, root / str(image.context))
    return hadolint.find_settings(root, folders)


def _interpreter(work: Work) -> Interpreter:
    return Interpreters(work.place.runner, work.environ, work.place.root).find("", ">=3.9")
