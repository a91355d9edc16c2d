"""What tests of workflows share: the files, a second repository, and the judges of others."""

import io
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import uv
from tests.conftest import ROOT, forget_outer_run
from tests.github import second
from tests.github.judges import Parser
from tests.lacking import lacking
from tests.nox.conftest import Repository

from cicd.errors import CicdError
from cicd.frontend.runtime import Node, find_node
from cicd.system.place import Place
from cicd.system.process import LocalRunner
from cicd.system.state import cache_folder


@pytest.fixture(scope="session")
def node(tmp_path_factory: pytest.TempPathFactory) -> Node:
    """The machine's, or the one from PyPI."""
    root = tmp_path_factory.mktemp("node")
    runner = LocalRunner(root, environ=os.environ, out=io.StringIO())
    cache = cache_folder(os.environ)
    place = Place(root=root, state=root, cache=cache, reports=root, runner=runner)
    try:
        return find_node(">=20.6", place, path=os.environ["PATH"], uv=uv.find_uv_bin())
    except CicdError as error:
        lacking(f"GitHub's parser needs Node: {error}")


@pytest.fixture(scope="session")
def parser(node: Node, tmp_path_factory: pytest.TempPathFactory) -> Parser:
    """GitHub's own parser, installed by its lock."""
    folder = tmp_path_factory.mktemp("parser") / "parser"
    shutil.copytree(Path(__file__).parent / "parser", folder)
    command = [*node.npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    subprocess.run(command, cwd=folder, env={**os.environ, "PATH": node.path}, check=True)
    return Parser(node.program, folder / "check.mjs")


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This library as others install it."""
    folder = tmp_path_factory.mktemp("wheel")
    command = (uv.find_uv_bin(), "build", "--quiet", "--wheel", "--out-dir", folder, ROOT)
    subprocess.run(command, check=True)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="session")
def _alone() -> Iterator[None]:
    """For fixtures that run nox and live longer than a test."""
    with pytest.MonkeyPatch.context() as patch:
        forget_outer_run(patch)
        yield


@pytest.fixture(scope="session")
def stall_home(_alone: None, wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """The smallest second repository."""
    return second.stall(tmp_path_factory.mktemp("stall") / "stall", wheel)


@pytest.fixture
def stall(stall_home: Repository, tmp_path: Path) -> Repository:
    """A copy of it that a test may change."""
    root = tmp_path / "stall"
    shutil.copytree(stall_home.root, root, symlinks=True)
    return Repository(root)


@pytest.fixture(scope="session")
def caller(stall_home: Repository) -> Path:
    """The workflow that `nox -s github_workflow` writes, in its place below a repository."""
    return stall_home.root / second.WORKFLOW
