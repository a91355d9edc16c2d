"""What sources import from beside their part, though no settings name it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cicd.config.files import files_of
from cicd.config.imports import imported_beside

if TYPE_CHECKING:
    from tests.unit.config.conftest import MakeTree

FILES = {
    "web/src/pages/home.ts": "",
    "web/lib/own.ts": "",
    "shared/types.ts": 'export * from "../deep/a"',
    "shared/money.ts": "",
    "deep/a/index.ts": "",
    "other/o.ts": "",
    "theme.css": "",
}
SHARED = {"shared/types.ts", "shared/money.ts", "deep/a/index.ts"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('import { T } from "../../../shared/types"', SHARED),
        ("const t = await import('../../../shared/types.ts')", SHARED),
        ('jest.mock("./../../../shared/types")', SHARED),
        ('import "../../../shared"', SHARED),
        ('import "../../../theme.css"', {"theme.css"}),
        ('import "../../lib/own"', set()),
        ('import "../../../../outside"', set()),
        ('import "../../../nowhere/x"', set()),
    ],
)
def test_it_is_found_with_what_it_imports_itself(
    make_tree: MakeTree, text: str, found: set[str]
) -> None:
    files = files_of(make_tree({**FILES, "web/src/pages/home.ts": text}))
    assert imported_beside(files, "web", files.below("web")) == found


def test_a_part_that_is_the_repository_has_nothing_beside_it(make_tree: MakeTree) -> None:
    files = files_of(make_tree({"src/a.ts": 'import "../lib/b"', "lib/b.ts": ""}))
    assert imported_beside(files, "", files.names) == frozenset()
