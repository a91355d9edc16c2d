"""What is installed and no lock tells is part of the key; what a lock tells is not."""

import json
import sys
from pathlib import Path

import pytest

from cicd.backend.environment import Environment
from cicd.backend.interpreters import Interpreter
from cicd.cache.elements import Unknown
from cicd.config.parts import Backend, Frontend
from cicd.steps.fingerprint.borrowed import _question
from cicd.steps.fingerprint.answers import keep_answer
from cicd.steps.fingerprint.installed import installed_by_node, installed_by_python
from cicd.steps.fingerprint.used import note_use
from cicd.steps.snapshot import Snapshot, take_snapshot
from cicd.steps.subject import Subject
from cicd.system import node_packages
from cicd.system.python_packages import STAMP, write_made

LOCKED = Backend("api", name="api", install="uv")
UNLOCKED = Backend("api", name="api", install="requirements")
PLACE = "lib/python3.13/site-packages"


@pytest.fixture
def snapshot(tmp_path: Path) -> Snapshot:
    (tmp_path / "api").mkdir()
    return take_snapshot(tmp_path, {})


def put(environment: Path, *names: str) -> None:
    for name in names:
        (environment / PLACE / f"{name}.dist-info").mkdir(parents=True)


def make(root: Path, *asked_for: str, added: tuple[str, ...] = (), name: str = "api-3.13") -> Path:
    """An environment as it is after an installation."""
    environment = root / ".cicd" / "environments" / name
    put(environment, *asked_for)
    before = {one.rpartition("-")[0]: one.rpartition("-")[2] for one in asked_for}
    put(environment, *added)
    (environment / "bin").mkdir()
    (environment / "bin" / "python").symlink_to(sys.executable)
    write_made(environment, before)
    (environment / STAMP).write_text("key")
    return environment


def upgrade(environment: Path, old: str, new: str) -> None:
    (environment / PLACE / f"{old}.dist-info").rename(environment / PLACE / f"{new}.dist-info")


def elements(root: Path, part: Backend, verb: str = "test") -> dict[str, str] | str:
    subject = Subject(session=f"api_{verb}", verb=verb, part=part, parts=(part,))
    found = installed_by_python(take_snapshot(root, {}), subject, part, "3.13")
    return found.reason if isinstance(found, Unknown) else dict(found)


def test_what_a_lock_lists_is_told_by_the_lock(snapshot: Snapshot) -> None:
    make(snapshot.root, "pytest-8.1")
    assert elements(snapshot.root, LOCKED) == {}


def test_a_lock_is_trusted_where_nothing_is_installed(snapshot: Snapshot) -> None:
    assert elements(snapshot.root, LOCKED) == {}


def test_without_a_lock_every_version_counts(snapshot: Snapshot) -> None:
    environment = make(snapshot.root, "django-5.1", added=("coverage-7.6",))
    before = elements(snapshot.root, UNLOCKED)
    assert before == {"installed django": "5.1", "installed coverage": "7.6"}
    upgrade(environment, "django-5.1", "django-5.2")
    assert elements(snapshot.root, UNLOCKED) != before


def test_without_a_lock_and_an_environment_nothing_is_known(snapshot: Snapshot) -> None:
    expected = "what api needs is not installed yet, and no lock tells versions"
    assert elements(snapshot.root, UNLOCKED) == expected


def test_what_we_add_to_a_lock_counts(snapshot: Snapshot) -> None:
    make(snapshot.root, "pytest-8.1", added=("pytest_cov-6.0", "coverage-7.6"))
    assert elements(snapshot.root, LOCKED) == {
        "installed pytest-cov": "6.0",
        "installed coverage": "7.6",
    }


def test_a_package_that_somebody_changed_is_named(snapshot: Snapshot) -> None:
    environment = make(snapshot.root, "pytest-8.1", "idna-3.1")
    upgrade(environment, "pytest-8.1", "pytest-8.2")
    assert elements(snapshot.root, LOCKED) == {"changed by hand": "pytest 8.1 → 8.2"}
    put(environment, "ipdb-1.0")
    (environment / PLACE / "idna-3.1.dist-info").rmdir()
    expected = "idna 3.1 → none, ipdb none → 1.0, pytest 8.1 → 8.2"
    assert elements(snapshot.root, LOCKED) == {"changed by hand": expected}


def test_another_commit_of_the_same_version_counts(snapshot: Snapshot) -> None:
    environment = make(snapshot.root, "library-1.0")
    source = environment / PLACE / "library-1.0.dist-info" / "direct_url.json"
    source.write_text(json.dumps({"url": "x", "vcs_info": {"commit_id": "0123456789abcdef"}}))
    found = elements(snapshot.root, UNLOCKED)
    assert found == {
        "installed library": "1.0 (0123456789ab)",
        "changed by hand": "library 1.0 → 1.0 (0123456789ab)",
    }


@pytest.mark.parametrize("broken", ["stamp", "interpreter", "packages"])
def test_a_broken_environment_is_none(snapshot: Snapshot, broken: str) -> None:
    environment = make(snapshot.root, "django-5.1")
    upgrade(environment, "django-5.1", "django-5.2")
    if broken == "stamp":
        (environment / STAMP).unlink()
    elif broken == "interpreter":
        (environment / "bin" / "python").unlink()
        (environment / "bin" / "python").symlink_to("nowhere")
    else:
        (environment / "cicd-packages.json").write_text("{")
    assert elements(snapshot.root, LOCKED) == {}
    assert isinstance(elements(snapshot.root, UNLOCKED), str)


def test_a_tool_that_the_project_brings_none_of_counts_with_all_that_it_needs(
    snapshot: Snapshot,
) -> None:
    environment = make(snapshot.root, "idna-3.1")
    tools = make(snapshot.root, added=("flake8-7.5.0", "pyflakes-3.4.0"), name="tools-1")
    borrow(snapshot, environment, "lint", tools)
    assert elements(snapshot.root, LOCKED, "lint") == {
        "installed tool flake8": "7.5.0",
        "installed tool pyflakes": "3.4.0",
    }
    assert elements(snapshot.root, LOCKED, "format") == {}
    upgrade(tools, "pyflakes-3.4.0", "pyflakes-3.4.1")
    found = elements(snapshot.root, LOCKED, "lint")
    assert isinstance(found, dict)
    assert found["changed by hand"] == "pyflakes 3.4.0 → 3.4.1"


def borrow(snapshot: Snapshot, environment: Path, verb: str, tools: Path) -> None:
    used = Environment(path=environment, interpreter=Interpreter("3.13.0", Path("python")))
    question = _question(LOCKED, verb, environment)
    keep_answer(snapshot.state, question, {"environments": tools.name}, [used.bin])


WEB = Frontend("web", name="web", package_manager="npm", node="20")


def modules(root: Path, **versions: str) -> None:
    for name, version in versions.items():
        folder = root / "web" / "node_modules" / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text(json.dumps({"name": name, "version": version}))


def install(root: Path, lock: bool, **versions: str) -> None:
    modules(root, **versions)
    (root / "web" / "node_modules" / ".package-lock.json").write_text(json.dumps(versions))
    if lock:
        (root / "web" / "package-lock.json").write_text("{}")
    made = node_packages.made_path(root / ".cicd", "web")
    node_packages.write_made(made, root / "web", {".": versions})


def of_web(root: Path) -> dict[str, str] | str:
    found = installed_by_node(take_snapshot(root, {}), WEB)
    return found.reason if isinstance(found, Unknown) else dict(found)


def test_a_dependency_that_somebody_changed_is_named(tmp_path: Path) -> None:
    install(tmp_path, True, eslint="9.1.0", react="19.0.0")
    assert of_web(tmp_path) == {}
    modules(tmp_path, eslint="9.2.0")
    assert of_web(tmp_path) == {"changed by hand": "eslint 9.1.0 → 9.2.0"}
    modules(tmp_path, eslint="9.1.0")
    assert of_web(tmp_path) == {}


def test_a_dependency_that_is_gone_is_named_and_none_at_all_is_a_fresh_clone(
    tmp_path: Path,
) -> None:
    install(tmp_path, True, eslint="9.1.0")
    (tmp_path / "web/node_modules/eslint/package.json").unlink()
    assert of_web(tmp_path) == {"changed by hand": "eslint 9.1.0 → none"}
    (tmp_path / "web/node_modules").rename(tmp_path / "aside")
    assert of_web(tmp_path) == {}


def test_without_a_lock_all_that_npm_installed_counts(tmp_path: Path) -> None:
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "package.json").write_text("{}")
    expected = "web has no lock file, and what it gets is not installed yet"
    assert of_web(tmp_path) == expected
    install(tmp_path, False, eslint="9.1.0")
    before = of_web(tmp_path)
    assert isinstance(before, dict) and list(before) == ["installed packages"]
    install(tmp_path, False, eslint="9.2.0")
    assert of_web(tmp_path) != before


def test_an_environment_that_was_used_and_is_gone_is_not_guessed(snapshot: Snapshot) -> None:
    environment = make(snapshot.root, "pytest-8.1", added=("pytest_cov-6.0",))
    note_use(environment)
    known = elements(snapshot.root, LOCKED)
    (environment / STAMP).write_text("another key")
    expected = "the environment of api was removed or made anew meanwhile"
    assert elements(snapshot.root, LOCKED) == expected
    (environment / STAMP).unlink()
    assert elements(snapshot.root, LOCKED) == expected
    (environment / STAMP).write_text("key")
    assert elements(snapshot.root, LOCKED) == known
