"""The key of a session: every element that can change its verdict."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cicd.cache.elements import Elements, Unknown
from cicd.config.resolve import resolve
from cicd.steps.fingerprint.database import database_elements
from cicd.steps.fingerprint.options import option_elements
from cicd.steps.fingerprint.ours import our_elements
from cicd.steps.fingerprint.tools import tool_elements
from cicd.steps.fingerprint.variables import variable_elements

if TYPE_CHECKING:
    from cicd.steps.snapshot import Snapshot
    from cicd.steps.subject import Subject


def fingerprint(
    snapshot: Snapshot, subject: Subject, arguments: Sequence[str]
) -> Elements | Unknown:
    """What the verdict hangs on, as far as it can be known without running anything of the
    project. Raises `SettingsError` for a part that cannot be resolved."""
    parts = subject.parts if subject.part is None else (subject.part,)
    found = [resolve(snapshot.tree, part).part for part in parts]
    values = {
        "session": subject.session,
        "arguments": "\0".join(arguments),
        "inputs": snapshot.contents.key(input_names(snapshot, subject)),
        **our_elements(),
        **variable_elements(snapshot.environ),
    }
    for part in found:
        for more in (
            option_elements(subject, part),
            tool_elements(snapshot, subject, part),
            database_elements(snapshot, subject, part),
        ):
            if isinstance(more, Unknown):
                return more
            values.update({f"{part.path}:{name}": value for name, value in more.items()})
    return Elements(values)


def input_names(snapshot: Snapshot, subject: Subject) -> frozenset[str]:
    """The files whose content decides the verdict."""
    if subject.part is None:
        return frozenset(snapshot.contents.ids)
    from cicd.config.inputs import part_inputs

    return part_inputs(snapshot.tree, subject.part, subject.parts)
