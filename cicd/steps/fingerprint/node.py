"""Which Node and which package manager a frontend's sessions run with."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from cicd.cache.probe import Question
from cicd.config.files import files_of, folder_of, join
from cicd.config.node import lock_root
from cicd.steps.fingerprint.answers import answered
from cicd.steps.fingerprint.surroundings import relevant
from cicd.system.signature import signature

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from cicd.config.parts import Frontend
    from cicd.steps.snapshot import Snapshot
    from cicd.tree import Tree

_CHOOSING = (
    "package.json",
    ".yarnrc.yml",
    "pnpm-lock.yaml",
    "yarn.lock",
    "bun.lock",
    "bun.lockb",
)
"""The files by which a package manager's version is chosen; npm is the one of its Node."""


def known_node(snapshot: Snapshot, part: Frontend) -> Mapping[str, str] | None:
    """The exact versions, by "node" and the package manager's name; None when they cannot be
    known before a session has run. `part` is completed."""
    question = node_question(snapshot.tree, part, snapshot.root, snapshot.environ)

    def ask() -> Mapping[str, str] | None:
        from cicd.steps.fingerprint.node_asked import ask_node

        return ask_node(snapshot, part, question)

    return answered(snapshot, question, ask)


def node_question(tree: Tree, part: Frontend, root: Path, environ: Mapping[str, str]) -> Question:
    """All that the choice of a Node and a package manager is given."""
    given = {"wanted": str(part.node), "manager": str(part.package_manager), "root": str(root)}
    return Question("node", {**given, **_where(tree, part, root), **relevant(environ)})


def _where(tree: Tree, part: Frontend, root: Path) -> dict[str, str]:
    """A shim answers for its folder, and what is not npm is chosen by the lock."""
    folder, above = folder_of(part.path), str(lock_root(tree, part))
    where = {"folder": folder, "lock root": above}
    if part.package_manager == "npm":
        return where
    files = files_of(tree)
    folders = dict.fromkeys((folder, folder_of(above)))
    names = [name for one in folders for base in _CHOOSING if (name := join(one, base)) in files]
    return {**where, **{name: signature(os.path.join(root, name)) for name in names}}
