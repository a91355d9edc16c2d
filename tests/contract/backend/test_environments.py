"""Real uv, and small packages from the registry (or from uv's cache)."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from cicd.backend.environment import Environment, ensure_environment
from cicd.backend.interpreters import Interpreter
from cicd.backend.uv import uv_command
from cicd.config.parts import Backend
from cicd.errors import CheckFailed, RemoteError, SettingsError
from cicd.model import Command, Completed
from cicd.system.place import Place
from cicd.system.process import Runner
from cicd.system.python_packages import STAMP

pytestmark = pytest.mark.network
Write = Callable[..., Path]
UV = Backend("backend", name="backend", install="uv", tests=None)
PYPROJECT = """\
[project]
name = "shop"
version = "1"
requires-python = ">=3.11"
dependencies = ["idna"]
[project.optional-dependencies]
names = ["iniconfig"]
[dependency-groups]
dev = ["pluggy"]
"""


@dataclass
class Counting:
    """A runner that remembers what it ran."""

    inner: Runner
    commands: list[Command] = field(default_factory=list)

    def run(
        self, command: Command, *, timeout_s: float | None = None, quiet: bool = False
    ) -> Completed:
        self.commands.append(command)
        return self.inner.run(command, timeout_s=timeout_s, quiet=quiet)


@pytest.fixture
def locked(place: Place, write: Write) -> Place:
    write({"backend/pyproject.toml": PYPROJECT})
    lock(place)
    return place


def lock(place: Place) -> None:
    done = place.runner.run(uv_command("lock", cwd=place.root / "backend"), quiet=True)
    assert done.ok, done.errors


def installed(place: Place, environment: Environment) -> set[str]:
    names = "from importlib.metadata import distributions as d; print(*(x.name for x in d()))"
    done = place.runner.run(Command((str(environment.python), "-c", names)), quiet=True)
    return set(done.output.split())


def test_what_the_lock_lists_is_installed(locked: Place, python: Interpreter) -> None:
    part = replace(UV, extras=("names",), groups=("dev",))
    environment = ensure_environment(locked, part, python)
    assert environment.path == locked.state / "environments" / f"backend-{python.minor}"
    assert installed(locked, environment) >= {"idna", "iniconfig", "pluggy"}
    assert environment.version("idna")
    assert not (locked.root / "backend" / ".venv").exists()


def test_a_second_call_runs_nothing(locked: Place, python: Interpreter) -> None:
    first = ensure_environment(locked, UV, python)
    counting = Counting(locked.runner)
    assert ensure_environment(replace(locked, runner=counting), UV, python) == first
    assert counting.commands == []


def test_a_change_of_the_lock_is_installed(locked: Place, python: Interpreter) -> None:
    before = installed(locked, ensure_environment(locked, UV, python))
    assert "iniconfig" not in before
    project = locked.root / "backend" / "pyproject.toml"
    project.write_text(PYPROJECT.replace('["idna"]', '["iniconfig"]'))
    lock(locked)
    after = installed(locked, ensure_environment(locked, UV, python))
    assert "iniconfig" in after
    assert "idna" not in after


def test_an_installation_that_was_interrupted_is_repeated(
    locked: Place, python: Interpreter
) -> None:
    @dataclass
    class Interrupted:
        inner: Runner

        def run(
            self, command: Command, *, timeout_s: float | None = None, quiet: bool = False
        ) -> Completed:
            self.inner.run(command, timeout_s=timeout_s, quiet=quiet)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ensure_environment(replace(locked, runner=Interrupted(locked.runner)), UV, python)
    assert not (locked.state / "environments" / f"backend-{python.minor}" / STAMP).exists()
    assert "idna" in installed(locked, ensure_environment(locked, UV, python))


def test_sessions_at_the_same_time_install_once(locked: Place, python: Interpreter) -> None:
    counting = Counting(locked.runner)
    place = replace(locked, runner=counting)
    threads = [
        threading.Thread(target=ensure_environment, args=(place, UV, python)) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([command for command in counting.commands if "sync" in command.argv]) == 1


def test_a_lock_out_of_date_is_red_with_the_fix(locked: Place, python: Interpreter) -> None:
    project = locked.root / "backend" / "pyproject.toml"
    project.write_text(PYPROJECT.replace('"idna"', '"idna", "pluggy"'))
    with pytest.raises(CheckFailed) as caught:
        ensure_environment(locked, UV, python)
    (failure,) = caught.value.outcome.failures
    assert failure.title == "backend/uv.lock is out of date with backend/pyproject.toml"
    assert failure.fix == "uv lock"


def test_a_member_of_a_workspace_is_installed_from_the_lock_above(
    place: Place, write: Write, python: Interpreter
) -> None:
    member = PYPROJECT.replace('name = "shop"', 'name = "{}"')
    write(
        {
            "pyproject.toml": '[tool.uv.workspace]\nmembers = ["backend", "other"]\n',
            "backend/pyproject.toml": member.format("shop"),
            "other/pyproject.toml": member.format("other").replace('"idna"', '"pluggy"'),
        }
    )
    lock(place)
    names = installed(place, ensure_environment(place, UV, python))
    assert "idna" in names
    (place.root / "other" / "pyproject.toml").write_text(member.format("other"))
    with pytest.raises(CheckFailed, match="uv.lock is out of date with pyproject.toml"):
        ensure_environment(place, UV, python)


def test_what_our_tests_need_is_added_and_changes_nothing_that_is_locked(
    locked: Place, python: Interpreter
) -> None:
    project = locked.root / "backend" / "pyproject.toml"
    project.write_text(PYPROJECT.replace('"idna"', '"pytest==8.3.5"'))
    lock(locked)
    environment = ensure_environment(locked, replace(UV, tests="pytest", workers=2), python)
    assert environment.version("pytest") == "8.3.5"
    assert installed(locked, environment) >= {"pytest-cov", "pytest-xdist"}


def test_requirements_files_are_installed_and_followed(
    place: Place, write: Write, python: Interpreter
) -> None:
    write(
        {
            "backend/requirements.txt": "-r base.txt\npluggy\n",
            "backend/base.txt": "idna==3.10\n",
        }
    )
    part = replace(UV, install="requirements", requirements=("requirements.txt",))
    environment = ensure_environment(place, part, python)
    assert environment.version("idna") == "3.10"
    assert environment.notes == ("backend/requirements.txt does not pin every version",)
    write({"backend/base.txt": "idna==3.7\n"})
    assert ensure_environment(place, part, python).version("idna") == "3.7"


def test_a_requirement_that_does_not_exist_is_red_with_the_words_of_uv(
    place: Place, write: Write, python: Interpreter
) -> None:
    write({"backend/requirements.txt": "idna==99999\n"})
    part = replace(UV, install="requirements", requirements=("requirements.txt",))
    with pytest.raises(CheckFailed) as caught:
        ensure_environment(place, part, python)
    (failure,) = caught.value.outcome.failures
    assert failure.path == "backend/requirements.txt"
    assert "idna==99999" in failure.detail


def test_a_registry_that_does_not_answer_is_not_the_code_s_fault(
    place: Place, write: Write, python: Interpreter
) -> None:
    index = "--index-url http://127.0.0.1:9/simple\n"
    write({"backend/requirements.txt": f"{index}no-such-package-anywhere\n"})
    part = replace(UV, install="requirements", requirements=("requirements.txt",))
    with pytest.raises(RemoteError, match="a package registry did not answer"):
        ensure_environment(place, part, python)


@pytest.mark.parametrize(
    "build",
    [
        "",
        '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n',
        '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n',
    ],
    ids=["none", "setuptools", "hatchling"],
)
def test_an_application_that_is_no_package_gets_its_dependencies(
    place: Place, write: Write, python: Interpreter, build: str
) -> None:
    write(
        {
            "backend/pyproject.toml": PYPROJECT + build,
            "backend/api/a.py": "",
            "backend/web/b.py": "",
        }
    )
    part = replace(UV, install="project", extras=("names",), groups=("dev",))
    environment = ensure_environment(place, part, python)
    names = installed(place, environment)
    assert names >= {"idna", "iniconfig", "pluggy"}
    assert "shop" not in names
    assert environment.notes[0].startswith("backend has no lock file")


def test_a_package_is_installed_editable(place: Place, write: Write, python: Interpreter) -> None:
    build = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
    write({"backend/pyproject.toml": PYPROJECT + build, "backend/shop/__init__.py": "x = 1\n"})
    part = replace(UV, install="project", extras=("names",), groups=("dev",))
    environment = ensure_environment(place, part, python)
    assert installed(place, environment) >= {"shop", "idna", "iniconfig", "pluggy"}
    where = Command((str(environment.python), "-c", "import shop; print(shop.__file__)"))
    output = place.runner.run(where, quiet=True).output
    assert output.strip() == str(place.root / "backend" / "shop" / "__init__.py")


def test_a_build_that_fails_is_red(place: Place, write: Write, python: Interpreter) -> None:
    build = '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n'
    write({"backend/pyproject.toml": PYPROJECT + build, "backend/setup.py": "1 / 0\n"})
    with pytest.raises(CheckFailed) as caught:
        ensure_environment(place, replace(UV, install="project"), python)
    assert "ZeroDivisionError" in caught.value.outcome.failures[0].detail


def test_a_pylock_is_installed(place: Place, write: Write, python: Interpreter) -> None:
    write({"backend/pyproject.toml": PYPROJECT})
    export = uv_command("export", "-q", "-o", "pylock.toml", cwd=place.root / "backend")
    assert place.runner.run(export, quiet=True).ok
    environment = ensure_environment(place, replace(UV, install="pylock"), python)
    assert installed(place, environment) >= {"idna", "pluggy"}


# Written by hand, since to lock these tools ask addresses that a mirror may not have. The
# hashes are those of SIMPLE; the tools themselves say when they are not.
POETRY_LOCK = """\
[[package]]
name = "idna"
version = "3.10"
description = ""
optional = false
python-versions = ">=3.6"
groups = ["main"]
files = [
    {file = "idna-3.10-py3-none-any.whl", hash = "sha256:946d195a0d259cbba61165e88e65941f16e9b36ea6ddb97f00452bae8b1287d3"},
]

[metadata]
lock-version = "2.1"
python-versions = ">=3.11"
content-hash = "99fde81a1951405475c9a11266ce5da4fb20bb602f5186c5ea65f71061012b43"
"""  # noqa: E501
PDM_LOCK = """\
[metadata]
groups = ["default"]
strategy = ["inherit_metadata"]
lock_version = "4.5.0"
content_hash = "sha256:53d7f75c0e5a4daac04c64c7e15dc5f2aba1a362e2c399df9f57916d22c36515"

[[metadata.targets]]
requires_python = ">=3.11"

[[package]]
name = "idna"
version = "3.10"
requires_python = ">=3.6"
summary = ""
groups = ["default"]
files = [
    {file = "idna-3.10-py3-none-any.whl", hash = "sha256:946d195a0d259cbba61165e88e65941f16e9b36ea6ddb97f00452bae8b1287d3"},
]
"""  # noqa: E501
SIMPLE = """\
[project]
name = "shop"
version = "1"
requires-python = ">=3.11"
dependencies = ["idna"]
"""


@pytest.mark.parametrize(
    ("install", "name", "text"),
    [("poetry", "poetry.lock", POETRY_LOCK), ("pdm", "pdm.lock", PDM_LOCK)],
)
def test_the_lock_of_another_tool_is_installed_and_nothing_is_written_beside_it(
    place: Place, write: Write, python: Interpreter, install: str, name: str, text: str
) -> None:
    write({"backend/pyproject.toml": SIMPLE, f"backend/{name}": text})
    environment = ensure_environment(place, replace(UV, install=install), python)
    assert environment.version("idna") == "3.10"
    files = {file.name for file in (place.root / "backend").iterdir()}
    assert files == {"pyproject.toml", name}


@pytest.mark.parametrize(
    ("install", "name", "text"),
    [("poetry", "poetry.lock", POETRY_LOCK), ("pdm", "pdm.lock", PDM_LOCK)],
)
def test_the_lock_of_another_tool_that_is_out_of_date_is_red(
    place: Place, write: Write, python: Interpreter, install: str, name: str, text: str
) -> None:
    changed = SIMPLE.replace('"idna"', '"idna", "pluggy"')
    write({"backend/pyproject.toml": changed, f"backend/{name}": text})
    with pytest.raises(CheckFailed) as caught:
        ensure_environment(place, replace(UV, install=install), python)
    (failure,) = caught.value.outcome.failures
    assert failure.title == f"backend/{name} is out of date with backend/pyproject.toml"
    assert failure.fix == f"{install} lock"


def test_an_unknown_way_to_install_is_a_mistake_in_the_settings(
    place: Place, python: Interpreter
) -> None:
    with pytest.raises(SettingsError, match="install='conda'"):
        ensure_environment(place, replace(UV, install="conda"), python)
