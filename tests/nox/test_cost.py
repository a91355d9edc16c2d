"""Listing stays cheap: held by what is imported and done, since a time cannot be."""

import os
import subprocess
import sys

from tests.conftest import ROOT
from tests.nox.conftest import Repository

HEAVY = {
    "docker",
    "testcontainers",
    "psycopg",
    "yaml",
    "filelock",
    "platformdirs",
    "requests",
    "cicd.cache.entry",
    "cicd.cache.store",
    "cicd.steps.reuse",
    "cicd.steps.snapshot",
    "cicd.steps.verbs",
    "cicd.steps.work",
    "cicd.backend",
    "cicd.frontend",
    "cicd.database",
    "cicd.images",
    "cicd.notify",
    "cicd.github",
    "cicd.records",
    "cicd.system.process",
    "cicd.model",
}
LIST = """
import runpy, sys
sys.argv = ["nox", "-l"]
try:
    runpy.run_module("nox", run_name="__main__")
except SystemExit:
    pass
print(*sorted(sys.modules), sep="\\n", file=sys.stderr)
"""


def test_listing_imports_nothing_heavy() -> None:
    listed = subprocess.run(
        (sys.executable, "-c", LIST), cwd=ROOT, env=os.environ, capture_output=True, text=True
    )
    assert "backend_test" in listed.stdout
    assert HEAVY & set(listed.stderr.splitlines()) == set()


def test_completing_writes_nothing_and_plans_nothing(repository: Repository) -> None:
    repository.put("backend/pyproject.toml", '[project]\nname = "app"\n')
    repository.put("backend/app.py", "")
    said = repository.root / "said"
    asked = {"_ARGCOMPLETE": "1", "_ARGCOMPLETE_STDOUT_FILENAME": str(said)}
    repository.nox(COMP_LINE="nox -s ", COMP_POINT="7", COMP_TYPE="9", **asked)
    assert "backend_lint" in said.read_text()
    assert not (repository.root / ".cicd").exists()


def test_listing_writes_nothing(repository: Repository) -> None:
    repository.put("pyproject.toml", '[project]\nname = "app"\n')
    repository.put("app.py", "")
    assert "app_test" not in repository.sessions()
    # Python itself keeps the bytecode of the noxfile, unless it is told not to.
    written = {path.name for path in repository.root.iterdir()} - {"__pycache__"}
    assert written == {"app.py", "noxfile.py", "pyproject.toml"}
