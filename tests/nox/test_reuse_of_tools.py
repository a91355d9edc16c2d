"""Verdicts stand as long as the tools that earned them are the same."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import uv
from tests.nox import miniatures
from tests.nox.conftest import Repository, locked

pytestmark = pytest.mark.network
_PYPROJECT = """\
    [project]
    name = "library"
    version = "1.0"
    requires-python = ">=3.11"
    dependencies = ["idna>=3"]

    [dependency-groups]
    dev = ["pytest>=8"]
    """
_TEST = """\
    import idna


    def test_that_holds():
        assert idna.encode("a.example")
    """
LIBRARY = {
    ".gitignore": ".cicd/\n",
    "noxfile.py": miniatures.library(),
    "backend/pyproject.toml": _PYPROJECT,
    "backend/tests/test_library.py": _TEST,
}


@pytest.fixture(scope="module")
def library_home(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    return with_git(locked(tmp_path_factory.mktemp("library"), LIBRARY))


def with_git(repository: Repository) -> Repository:
    subprocess.run(("git", "init", "--quiet"), cwd=repository.root, check=True)
    return repository


@pytest.fixture
def library(library_home: Repository) -> Repository:
    """A backend whose lock has pytest, and no pytest-cov."""
    library_home.put_all(library_home.files)
    forget_verdicts(library_home)
    return library_home


def forget_verdicts(repository: Repository) -> None:
    shutil.rmtree(repository.root / ".cicd" / "verdicts", ignore_errors=True)


def is_reused(repository: Repository, session: str, **env: str) -> bool:
    ended = repository.nox("-s", session, **env)
    assert ended.code == 0, ended.output
    return repository.records()[session].reused is not None


def install(repository: Repository, requirement: str) -> None:
    """By hand, into the environment that sessions share."""
    (environment,) = environments(repository)
    command = (uv.find_uv_bin(), "pip", "install", "--quiet", "--python", environment, requirement)
    subprocess.run(command, check=True)


def environments(repository: Repository) -> list[Path]:
    return sorted((repository.root / ".cicd" / "environments").glob("backend-*[0-9]"))


@pytest.fixture
def restored(library: Repository) -> Iterator[Repository]:
    yield library
    for environment in environments(library):
        shutil.rmtree(environment)


def test_a_second_run_reuses_a_verdict_and_a_package_changed_by_hand_runs_again(
    restored: Repository,
) -> None:
    assert not is_reused(restored, "backend_test")
    assert is_reused(restored, "backend_test")
    own = restored.records()["backend_test"].decided.packages["idna"]
    install(restored, "idna==3.6")
    why = restored.nox("-s", "backend_test", "--", "--why")
    assert f"changed by hand: idna {own} → 3.6" in why.output
    assert is_reused(restored, "backend_test")
    install(restored, f"idna=={own}")
    assert is_reused(restored, "backend_test")


def test_a_lock_is_trusted_where_no_environment_is_except_for_what_we_add(
    restored: Repository,
) -> None:
    pytest_cov_is_locked = _PYPROJECT.replace('"pytest>=8"', '"pytest>=8", "pytest-cov"')
    assert not is_reused(restored, "backend_test")
    clear_environments(restored)
    assert not is_reused(restored, "backend_test")
    restored.put("backend/pyproject.toml", pytest_cov_is_locked)
    lock = (uv.find_uv_bin(), "lock", "--quiet")
    subprocess.run(lock, cwd=restored.root / "backend", check=True)
    assert not is_reused(restored, "backend_test")
    clear_environments(restored)
    assert is_reused(restored, "backend_test")
    assert environments(restored) == []


def clear_environments(repository: Repository) -> None:
    shutil.rmtree(repository.root / ".cicd" / "environments")


def test_without_a_lock_what_is_installed_decides(repository: Repository) -> None:
    unlocked = {name: text for name, text in LIBRARY.items() if "pyproject" not in name}
    with_git(repository).put_all(
        {**unlocked, "backend/requirements.txt": "idna>=3\npytest\npytest-cov\n"}
    )
    assert not is_reused(repository, "backend_test")
    assert is_reused(repository, "backend_test")
    install(repository, "idna==3.6")
    assert not is_reused(repository, "backend_test")
    clear_environments(repository)
    assert not is_reused(repository, "backend_test")
    assert is_reused(repository, "backend_test")


def test_a_tool_that_the_project_brings_none_of_is_looked_at(restored: Repository) -> None:
    assert not is_reused(restored, "backend_lint")
    assert is_reused(restored, "backend_lint")
    (tools,) = (restored.root / ".cicd" / "environments").glob("tools-*[0-9a-f]")
    command = (uv.find_uv_bin(), "pip", "install", "--quiet", "--python", tools, "mccabe==0.6.1")
    subprocess.run(command, check=False)
    subprocess.run((*command[:-1], "flake8==7.1.0"), check=True)
    assert not is_reused(restored, "backend_lint")


def test_a_node_that_comes_first_on_path_runs_again(repository: Repository) -> None:
    with_git(repository).put_all(miniatures.package(lint="node check.js"))
    repository.put(".gitignore", ".cicd/\nnode_modules/\n")
    repository.put("web/check.js", "process.exit(0)\n")
    lock = '{"name": "web", "version": "1.0.0", "lockfileVersion": 3, "packages": {"": {"name": '
    repository.put("web/package-lock.json", lock + '"web", "version": "1.0.0"}}}\n')
    assert not is_reused(repository, "web_lint")
    assert is_reused(repository, "web_lint")
    program = repository.root.parent / "bin" / "node"
    program.parent.mkdir()
    node = shutil.which("node") or "node"
    program.write_text(
        f'#!/bin/sh\n[ "$1" = --version ] && echo v99.0.0 && exit\nexec {node} "$@"\n'
    )
    program.chmod(0o755)
    path = os.pathsep.join((str(program.parent), os.environ["PATH"]))
    assert not is_reused(repository, "web_lint", PATH=path)
    assert is_reused(repository, "web_lint", PATH=path)
