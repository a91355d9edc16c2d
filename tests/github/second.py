"""Second repositories: they install cicd as others do, and call its workflow with one line."""

import io
import re
import subprocess
import tarfile
from collections.abc import Mapping
from pathlib import Path

import uv
from tests.conftest import ROOT
from tests.nox import miniatures
from tests.nox.conftest import Repository

WORKFLOW = ".github/workflows/ci.yml"
_HEADER = """\
# /// script
# dependencies = ["nox[uv]", "nox-cicd @ {wheel}"]
# ///
"""
_AUTHOR = ("-c", "user.name=someone", "-c", "user.email=someone@localhost")
_STALL = {
    "shop/pyproject.toml": """
        [project]
        name = "shop"
        version = "1.0"
        requires-python = ">=3.11"

        [dependency-groups]
        dev = ["pytest>=8", "pytest-cov>=6"]
        """,
    "shop/price.py": "def in_cents(euros: int) -> int:\n    return euros * 100\n",
    "shop/tests/test_price.py": """
        import price


        def test_a_price_in_cents():
            assert price.in_cents(3) == 300


        def test_what_is_free_stays_free():
            assert price.in_cents(0) == 0
        """,
}


def bookshop(root: Path, wheel: Path, *parts: str) -> Repository:
    """The example of this repository as its last commit has it."""
    command = ("git", "archive", "--format=tar", "HEAD:examples/bookshop")
    packed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(root, filter="data")
    return _founded(Repository(root), wheel, *parts)


def stall(root: Path, wheel: Path) -> Repository:
    """The smallest shop: a backend of three sessions, and no database."""
    made = Repository(root)
    made.put_all(_STALL)
    subprocess.run((uv.find_uv_bin(), "lock", "--quiet"), cwd=root / "shop", check=True)
    return _founded(made, wheel, 'cicd.Backend("shop", postgres=None)')


def _founded(repository: Repository, wheel: Path, *parts: str) -> Repository:
    """With a noxfile and a history; its workflow is written by cicd."""
    header = _HEADER.format(wheel=wheel.as_uri())
    repository.put("noxfile.py", header + miniatures.noxfile(*parts))
    git(repository, "init", "--quiet", "--initial-branch=main")
    git(repository, "remote", "add", "origin", "https://github.com/someone/shop.git")
    ended = repository.nox("-s", "github_workflow")
    assert ended.code == 0, ended.output
    commit(repository)
    return repository


def commit(repository: Repository) -> None:
    git(repository, "add", "--all")
    git(repository, *_AUTHOR, "commit", "--quiet", "--allow-empty", "--message", "As it is")


def git(repository: Repository, *arguments: str) -> None:
    subprocess.run(("git", *arguments), cwd=repository.root, check=True)


def give_inputs(repository: Repository, inputs: Mapping[str, str]) -> None:
    """Writes the inputs of the workflow that is called, instead of those that it has."""
    path = repository.root / WORKFLOW
    text, *_ = re.split(r"^    with:", path.read_text(encoding="utf-8"), flags=re.M)
    lines = "".join(f"      {name}: {value}\n" for name, value in inputs.items())
    path.write_text(f"{text}    with:\n{lines}" if lines else text, encoding="utf-8")


def change(repository: Repository, name: str, old: str, new: str) -> None:
    path = repository.root / name
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")
