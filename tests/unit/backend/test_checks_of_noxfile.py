"""A noxfile that imports what the project's environment does not have."""

import pytest

from cicd.backend.checkers.port import Finding
from cicd.backend.checks import is_about_the_noxfile

MISSING = 'Cannot find implementation or library stub for module named "cicd"  [import-not-found]'


@pytest.mark.parametrize(
    "text",
    [
        MISSING,
        'error: Import "cicd" could not be resolved (reportMissingImports)',
        "error[unresolved-import] Cannot resolve imported module `nox`",
        "E0401 Unable to import 'cicd' (import-error)",
    ],
)
def test_what_the_noxfile_imports_is_no_finding_of_the_project(text: str) -> None:
    assert is_about_the_noxfile(Finding("./noxfile.py", 1, text))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("shop/orders.py", MISSING),
        ("noxfile.py", 'Name "cidc" is not defined  [name-defined]'),
        ("noxfile.py", 'Cannot find implementation for module named "requests"'),
    ],
)
def test_every_other_finding_counts(path: str, text: str) -> None:
    assert not is_about_the_noxfile(Finding(path, 1, text))
