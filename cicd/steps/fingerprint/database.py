"""The exact version of the database that a session would open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.cache.elements import Unknown, digest
from cicd.cache.probe import Question
from cicd.config.parts import Backend
from cicd.steps.fingerprint.answers import answered, is_lost, once
from cicd.steps.fingerprint.surroundings import relevant
from cicd.system.engine_image import read_held, read_registry

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cicd.config.parts import Part
    from cicd.steps.snapshot import Snapshot
    from cicd.steps.subject import Subject
    from cicd.system.engine_image import Held

_OPENING = ("test", "migrations")
_CHOICE = "CICD_DATABASE"
_URL = "CICD_DATABASE_URL"
_CONTAINER = "container"


def database_elements(
    snapshot: Snapshot, subject: Subject, part: Part
) -> Mapping[str, str] | Unknown:
    """Without opening one. Nothing for a session that opens none.

    A container's version is that of its image, which the engine is asked for. Of the others,
    what the last session found is told as long as nothing changed that it hangs on.
    """
    opens = subject.part is None or subject.verb in _OPENING
    if not (opens and isinstance(part, Backend) and part.postgres):
        return {}
    only = snapshot.environ.get(_CHOICE) or part.database or ""
    if _URL in snapshot.environ and only in ("", "given"):
        return _named(_given(snapshot, part), part)
    held = _held(snapshot, part) if only in ("", _CONTAINER) else None
    question = database_question(snapshot.environ, part, held)
    if is_lost(question):
        return Unknown("what the last session found could not be written down")
    answer = answered(snapshot, question, lambda: None)
    if held and held.engine and not held.digest and answer is None:
        wanted = once(snapshot, f"registry {_image(part)}", lambda: _registry(snapshot, part))
        answer = _container(wanted) if wanted else None
    elif held and held.digest:
        if answer is not None and answer["provider"] != _CONTAINER:
            return Unknown(f"{_image(part)} did not start in a container the last time")
        answer = _container(held.digest)
    return _named(answer, part)


def database_question(environ: Mapping[str, str], part: Backend, held: Held | None) -> Question:
    """All that the choice of a provider is given, and what the engine has."""
    given = {
        "part": part.path,
        "postgres": str(part.postgres),
        "only": environ.get(_CHOICE) or part.database or "",
        "url": digest(environ.get(_URL, "")),
        "engine": held.state if held else "not asked",
    }
    return Question("database", {**given, **relevant(environ)})


def asked_engine(environ: Mapping[str, str], part: Backend) -> Held | None:
    """What the engine has now; None where no container would be taken."""
    only = environ.get(_CHOICE) or part.database or ""
    return read_held(environ, _image(part)) if only in ("", _CONTAINER) else None


def _held(snapshot: Snapshot, part: Backend) -> Held:
    return once(snapshot, _image(part), lambda: read_held(snapshot.environ, _image(part)))


def _registry(snapshot: Snapshot, part: Backend) -> str:
    return read_registry(snapshot.environ, _image(part))


def _given(snapshot: Snapshot, part: Backend) -> Mapping[str, str] | None:
    def ask() -> Mapping[str, str] | None:
        from cicd.steps.fingerprint.database_asked import ask_given

        return ask_given(snapshot, part)

    return once(snapshot, f"given {part.path}", ask)


def _container(image: str) -> Mapping[str, str]:
    return {"provider": _CONTAINER, "image": image}


def _named(answer: Mapping[str, str] | None, part: Backend) -> Mapping[str, str] | Unknown:
    if answer is None:
        return Unknown(f"which PostgreSQL {part.path} gets is known once a session has run")
    return {f"database {name}": text for name, text in answer.items()}


def _image(part: Backend) -> str:
    return f"postgres:{part.postgres}"
