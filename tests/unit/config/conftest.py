"""Miniature repositories, written to disk and handed over as a tree."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cicd.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    MakeTree = Callable[[Mapping[str, str]], Tree]


@pytest.fixture
def make_tree(tmp_path: Path) -> MakeTree:
    """Files by name and content, in a repository whose folder is called `shop`."""

    def make(contents: Mapping[str, str]) -> Tree:
        root = tmp_path / "shop"
        for name, content in contents.items():
            file = root / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content, encoding="utf-8")
        return Tree(root, tuple(contents))

    return make
