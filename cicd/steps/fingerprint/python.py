"""Which Python a backend's sessions run with."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from cicd.cache.probe import Question
from cicd.config.pythons import requires_python
from cicd.steps.fingerprint.answers import answered
from cicd.steps.fingerprint.surroundings import relevant

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from cicd.config.parts import Backend
    from cicd.steps.snapshot import Snapshot
    from cicd.tree import Tree


def known_python(snapshot: Snapshot, part: Backend, python: str) -> Mapping[str, str] | None:
    """Implementation and exact version ("python"), and the version in two numbers ("minor");
    None when it cannot be known before a session has run. `part` is completed."""
    question = python_question(snapshot.tree, part, python, snapshot.root, snapshot.environ)

    def ask() -> Mapping[str, str] | None:
        from cicd.steps.fingerprint.python_asked import ask_python

        return ask_python(snapshot, question)

    return answered(snapshot, question, ask)


def python_question(
    tree: Tree, part: Backend, python: str, root: Path, environ: Mapping[str, str]
) -> Question:
    """All that the choice of an interpreter is given."""
    declared = part.pythons if isinstance(part.pythons, tuple) else ()
    given = {
        "wanted": python or next(iter(declared), ""),
        "specifier": requires_python(tree, part)[0],
        "root": str(root),
        "ours": f"{sys.implementation.name} {sys.version}",
        "our program": getattr(sys, "_base_executable", "") or sys.executable,
    }
    return Question("python", {**given, **relevant(environ)})
