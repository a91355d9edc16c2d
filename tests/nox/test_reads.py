"""Real nox: a run that read more than is declared is not kept, and says what to declare."""

import json
import subprocess
from collections.abc import Mapping

import pytest
from tests.nox.conftest import Repository
from tests.nox.miniatures import noxfile, package

LIBRARY = {
    ".gitignore": "__pycache__\n.pytest_cache\nlocal.ini\n",
    "shared/schema.json": "{}",
    "lib/pyproject.toml": """\
        [project]
        name = "lib"
        version = "1.0"
        requires-python = ">=3.11"

        [dependency-groups]
        dev = ["pytest>=8", "pytest-cov>=6"]
        """,
}
READS = {
    "../shared/schema.json": "shared/schema.json",
    "local.ini": "lib/local.ini",
    "../../outside.ini": "../outside.ini",
}


def library(**fields: object) -> str:
    given = "".join(f", {name}={value!r}" for name, value in fields.items())
    return noxfile(f'cicd.Backend("lib", postgres=None{given})')


def begin(repository: Repository, files: Mapping[str, str]) -> None:
    """What git cannot list is never kept."""
    repository.put_all(files)
    subprocess.run(("git", "init", "--quiet"), cwd=repository.root, check=True)


@pytest.fixture
def lib(repository: Repository) -> Repository:
    begin(repository, {**LIBRARY, "noxfile.py": library()})
    repository.put("lib/local.ini", "a\n")
    repository.put("../outside.ini", "b\n")
    return repository


def suite_that(*lines: str) -> str:
    return "\n    ".join(("import os\nimport subprocess\n\n\ndef test_it():", *lines)) + "\n"


def test_what_tests_read_elsewhere_is_told_and_kept_once_it_is_declared(lib: Repository) -> None:
    reads = [f"open({path!r}).close()" for path in READS]
    lib.put("lib/tests/test_it.py", suite_that(*reads))
    first = lib.nox("-s", "lib_test")
    told = ", ".join(f'"{path}"' for path in sorted(READS.values()))
    assert f"declare them with reads=({told})" in first.output.split("lib_test  ✓")[-1]
    assert f"reads=({told})" in lib.nox("-s", "why").output
    assert "reused" not in lib.nox("-s", "lib_test").output

    lib.put("noxfile.py", library(reads=tuple(READS.values())))
    assert "not kept" not in lib.nox("-s", "lib_test").output
    assert "reused" in lib.nox("-s", "lib_test").output
    for path in READS:
        lib.put(f"lib/{path}", "changed\n")
        again = lib.nox("-s", "lib_test")
        assert "reused" not in again.output and "not kept" not in again.output


def test_programs_and_the_network_are_told_as_well(lib: Repository) -> None:
    ask = "__import__('socket').socket(type=2).sendto(b'', ('192.0.2.1', 9))"
    lib.put("lib/tests/test_it.py", suite_that('subprocess.run(["git", "status"])', ask))
    said = lib.nox("-s", "lib_test").output
    assert "/git, which is a program whose reads are not seen" in said
    assert "the tests ask the network for 192.0.2.1:9: reuse=False" in said


def test_a_usual_suite_is_kept_at_once(lib: Repository) -> None:
    usual = ("open(__file__).close()", "os.listdir(os.path.dirname(__file__))")
    lib.put("lib/tests/test_it.py", suite_that(*usual))
    assert "not kept" not in lib.nox("-s", "lib_test").output
    assert "reused" in lib.nox("-s", "lib_test").output


def test_a_run_that_read_more_makes_no_test_a_flaky_one(lib: Repository) -> None:
    lib.put("lib/tests/test_it.py", suite_that("assert open('../shared/schema.json').read()"))
    assert "not kept" in lib.nox("-s", "lib_test").output
    lib.put("shared/schema.json", "")
    broken = lib.nox("-s", "lib_test")
    assert broken.code == 1 and "1 of 1 tests failed" in broken.end
    assert "flaky" not in broken.end


@pytest.mark.parametrize("command", [("sh", "-c", "python -m pytest"), ("true",)])
def test_a_command_of_the_users_own_is_not_watched(
    lib: Repository, command: tuple[str, ...]
) -> None:
    lib.put("lib/tests/test_it.py", suite_that("pass"))
    lib.put("noxfile.py", library(tests=command))
    assert "its tests are not watched" in lib.nox("-s", "lib_test").output
    assert "reused" not in lib.nox("-s", "lib_test").output


_ABOUT = {"name": "web", "version": "1.0.0"}
PACKAGE: Mapping[str, str] = {
    **package(test="node --test"),
    ".gitignore": "node_modules\n",
    "web/package-lock.json": json.dumps({**_ABOUT, "lockfileVersion": 3, "packages": {"": _ABOUT}}),
    "shared/schema.json": "{}",
    "web/src/a.test.js": "require('fs').readFileSync('../shared/schema.json');\n",
}


def test_a_package_is_watched_too(repository: Repository) -> None:
    begin(repository, PACKAGE)
    assert 'reads=("shared/schema.json",)' in repository.nox("-s", "web_test").output
    assert "reused" not in repository.nox("-s", "web_test").output
    repository.put("noxfile.py", noxfile('cicd.Frontend("web", reads=("shared",))'))
    assert "not kept" not in repository.nox("-s", "web_test").output
    assert "reused" in repository.nox("-s", "web_test").output
    repository.put("shared/schema.json", "[]")
    assert "reused" not in repository.nox("-s", "web_test").output
