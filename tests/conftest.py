"""What every test may rely on: an environment in which no outer run of cicd is felt."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.nox.running import Door

ROOT = Path(__file__).parent.parent


@pytest.fixture(autouse=True)
def _no_outer_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests run inside a session of cicd, in CI and elsewhere; what they start must not."""
    forget_outer_run(monkeypatch)


def forget_outer_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also for fixtures that live longer than a test: those begin before the one above."""
    for name in list(os.environ):
        if name.startswith(("CICD_", "NOX")) or name in ("CI", "PYTEST_PLUGINS", "PYTEST_ADDOPTS"):
            monkeypatch.delenv(name)
    monkeypatch.delenv("PYTHONPATH", raising=False)


@pytest.fixture
def door() -> Iterator[Door]:
    made = Door()
    yield made
    made.close()
