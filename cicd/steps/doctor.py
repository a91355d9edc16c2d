"""`doctor`: what was found in the repository and on this machine, and what is missing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cicd.backend.fields import words
from cicd.backend.interpreters import Interpreters
from cicd.config.migrations import extensions
from cicd.config.parts import Backend, Frontend
from cicd.config.pythons import requires_python
from cicd.config.resolve import resolve
from cicd.database.catalog import VARIABLE, survey
from cicd.database.port import Need
from cicd.errors import MissingError
from cicd.frontend.runtime import describe_node, managed_folders
from cicd.steps.databases import find_providers
from cicd.steps.doctor_images import describe_engine, describe_image
from cicd.steps.work import current_work
from cicd.system.console import show

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import nox

    from cicd.config.found import Found
    from cicd.config.parts import Image, Part
    from cicd.steps.work import Work

_UNSAID = {"path", "name"}


def print_findings(session: nox.Session, parts: Sequence[Part], images: Sequence[Image]) -> None:
    """Prints every part with its values and their origins, then this machine. Writes nothing."""
    work = current_work(session)
    found = [resolve(work.tree, part) for part in parts]
    show("\nFound in this repository\n")
    for each in found:
        show("\n".join(_part(each)) + "\n")
    for image in images:
        show("\n".join(describe_image(work, image)) + "\n")
    if not found and not images:
        show("  no backend and no frontend: no pyproject.toml, requirements.txt, manage.py,\n")
        show("  alembic.ini or package.json that is a project of its own\n")
    show("\nThis machine\n")
    lines = (*_machine(work, found), *(describe_engine(work, images) if images else ()))
    for line in dict.fromkeys(lines):
        show(work.masks.apply(f"  {line}\n"))


def _part(found: Found) -> Iterator[str]:
    part = found.part
    kind = "backend " if isinstance(part, Backend) else "frontend"
    yield (
        f"  {kind}  {part.name}  {part.path}/" if part.path != "." else f"  {kind}  {part.name}  ./"
    )
    for field, origin in found.origins.items():
        value = getattr(part, field)
        if field in _UNSAID or (origin == "default" and not value):
            continue
        yield f"    {field:<17} {_value(value)}  ({origin})"
    for note in found.notes:
        yield f"    note: {note}"


def _value(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name}={text}" if "{" in text else name for name, text in value.items())
    if isinstance(value, tuple):
        return " ".join(map(str, value)) or "none"
    return "none" if value is None else str(value)


def _machine(work: Work, found: Iterable[Found]) -> Iterator[str]:
    """One line for each thing that a part needs; what is missing comes with the way to get it."""
    interpreters = Interpreters(
        work.place.runner, work.environ, work.place.root, may_download=False
    )
    for each in found:
        if isinstance(each.part, Backend):
            yield from _pythons(work, each.part, interpreters)
            yield from _databases(work, each.part)
        else:
            yield from _node(work, each.part)


def _pythons(work: Work, part: Backend, interpreters: Interpreters) -> Iterator[str]:
    specifier, _ = requires_python(work.tree, part)
    for wanted in words(part.pythons) or ("",):
        label = f"python {wanted}" if wanted else f"python {specifier or 'of any version'}"
        try:
            yield f"{label:<15} {interpreters.find(wanted, specifier).version} found"
        except MissingError as missing:
            yield _missing(label, missing)


def _databases(work: Work, part: Backend) -> Iterator[str]:
    if not part.postgres:
        return
    need = Need(major=str(part.postgres), extensions=extensions(work.tree, part))
    only = work.environ.get(VARIABLE) or part.database
    choice = survey(need, find_providers(work), only)
    label = f"postgresql {part.postgres}"
    for number, candidate in enumerate(choice.candidates):
        verb = "will be taken" if number == 0 else "could be taken"
        yield f"{label:<15} {verb}: {candidate.provider} ({_short(candidate.identity)})"
    for refusal in choice.refusals:
        yield f"{label:<15} not {refusal.provider}: {refusal.reason}"


def _node(work: Work, part: Frontend) -> Iterator[str]:
    label = f"node {part.node or 'of any version'}"
    path, managed = work.environ.get("PATH", ""), managed_folders(work.environ)
    yield f"{label:<15} {describe_node(str(part.node), work.place, path=path, managed=managed)}"


def _missing(label: str, error: MissingError) -> str:
    first, *rest = str(error).splitlines()
    return "\n  ".join((f"{label:<15} missing: {first}", *(f"{'':<15} {line}" for line in rest)))


def _short(identity: str) -> str:
    """A digest's first twelve digits tell it from every other one here."""
    return re.sub(r"(sha256:[0-9a-f]{12})[0-9a-f]+", r"\1", identity)
