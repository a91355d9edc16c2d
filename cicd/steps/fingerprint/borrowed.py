"""The tools that a project brings none of: `cicd` has them in environments of their own."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from cicd.cache.probe import Question
from cicd.steps.fingerprint.answers import answered, keep_answer
from cicd.steps.fingerprint.used import note_use

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from cicd.backend.environment import Environment
    from cicd.config.parts import Backend
    from cicd.steps.snapshot import Snapshot
    from cicd.steps.work import Work


def borrowed_environments(
    snapshot: Snapshot, part: Backend, verb: str, environment: Path
) -> tuple[Path, ...]:
    """Those that the last session of this verb used, with what is in `environment` now. None
    where none is remembered: then nobody has kept a verdict that hangs on one."""
    question = _question(part, verb, environment)
    answer = answered(snapshot, question, lambda: _here.get(question.name))
    names = (answer or {}).get("environments", "").split()
    return tuple(environment.parent / name for name in names)


def remember_borrowed(
    work: Work, part: Backend, verb: str, environment: Environment, used: Iterable[Environment]
) -> None:
    """What a session has found is what the next one is told."""
    names = dict.fromkeys(one.path.name for one in used)
    for name in names:
        note_use(environment.path.with_name(name))
    answer = {"environments": " ".join(names)}
    question = _question(part, verb, environment.path)
    _here[question.name] = answer
    keep_answer(work.place.state, question, answer, [os.path.dirname(environment.python)])


_here: dict[str, dict[str, str]] = {}
"""What sessions of this process have borrowed: known also when it cannot be written down."""


def _question(part: Backend, verb: str, environment: Path) -> Question:
    given = {"part": part.path, "verb": verb, "environment": str(environment)}
    return Question("borrowed", given)
