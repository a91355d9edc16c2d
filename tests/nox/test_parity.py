"""Two runs of one repository: the same, and with one thing changed at a time."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.nox.conftest import Ended, Repository

NOXFILE = """
import cicd

project = cicd.project(cicd.Backend(".", name="lib", postgres=None, formatter=None, linter=None))


@project.session(part_of="ci")
def contract(session):
    "A session of this repository"
"""
FILES = {
    "noxfile.py": NOXFILE,
    ".gitignore": "there/\n",
    "pyproject.toml": f"""
[project]
name = "lib"
version = "1"
requires-python = ">={sys.version_info[0]}.{sys.version_info[1]}"

[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
""",
    "lib/__init__.py": "import os\n\nSIGN = os.environ.get('SHOP_SIGN', '+')\n",
    "test_lib.py": "import lib\n\n\ndef test_sign():\n    assert lib.SIGN\n\n\n"
    "def test_b():\n    pass\n",
    "README.md": "SHOP_DOCUMENTED is not read by anybody\n",
}


@pytest.fixture(scope="module")
def lib_home(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    made = Repository(tmp_path_factory.mktemp("lib"), FILES)
    made.put_all(FILES)
    for command in ("init", "add ."):
        subprocess.run(("git", *command.split()), cwd=made.root, check=True, capture_output=True)
    assert made.nox("-s", "ci").code == 0
    (last,) = (made.root / ".cicd" / "runs").iterdir()
    shutil.copytree(last, made.root / "there")
    return made


@pytest.fixture
def lib(lib_home: Repository) -> Repository:
    """It ran once; the records of that are in `there`, which stays."""
    lib_home.put_all(FILES)
    return lib_home


def parity(lib: Repository, *arguments: str) -> Ended:
    return lib.nox("-s", "parity", "--", *(arguments or ("there",)))


def line(ended: Ended, session: str = "lib_test") -> str:
    found = re.search(rf"^  {session}: (.*)$", ended.output, re.M)
    assert found, ended.output
    return found[1]


def test_the_same_again_is_in_parity(lib: Repository) -> None:
    assert lib.nox("-s", "ci").code == 0
    ended = parity(lib)
    assert (ended.code, line(ended), line(ended, "contract")) == (0, "equal", "equal")
    assert "all 2 sessions have what decides in common" in ended.output


def test_arguments_are_named(lib: Repository) -> None:
    lib.nox("-s", "lib_test", "--", "-k", "sign")
    ended = parity(lib, "there/records/lib_test.json")
    assert ended.code == 1
    assert line(ended) == "arguments -k sign here, none there (and 2 more)"
    every = parity(lib, "there/records/lib_test.json", "--all")
    assert line(every).endswith("1 tests here, 2 there")


def test_a_file_is_named(lib: Repository) -> None:
    lib.put("lib/__init__.py", "SIGN = '-'\n")
    lib.nox("-s", "ci")
    ended = parity(lib)
    assert (ended.code, line(ended)) == (1, "inputs: lib/__init__.py is not the same")
    assert line(ended, "contract") == "inputs: lib/__init__.py is not the same"


def test_a_variable_is_named_where_the_repository_reads_it(lib: Repository) -> None:
    lib.nox("-s", "ci", SHOP_SIGN="-", SHOP_DOCUMENTED="1", SOMEBODYS_EDITOR="ed")
    ended = parity(lib)
    assert (ended.code, line(ended)) == (1, "variable SHOP_SIGN set here, not set there")
    record = json.loads((newest(lib) / "records" / "lib_test.json").read_text())
    assert "SHOP_DOCUMENTED" in record["decided"]["environment"]
    assert "SOMEBODYS_EDITOR" not in ended.output


def test_versions_and_sessions_are_named(lib: Repository, tmp_path: Path) -> None:
    lib.nox("-s", "ci")
    shutil.copytree(lib.root / "there" / "records", tmp_path / "records")
    record = tmp_path / "records" / "lib_test.json"
    text = record.read_text()
    version = json.loads(text)["decided"]["versions"]["python"].split()[1]
    record.write_text(text.replace(f'"CPython {version}"', '"CPython 3.10.2"'))
    (tmp_path / "records" / "contract.json").unlink()
    ended = parity(lib, str(tmp_path))
    assert ended.code == 1
    assert line(ended) == f"Python {version} here, 3.10.2 there"
    assert line(ended, "contract") == "did not run there"


def test_a_red_run_is_told_beside_its_cause(lib: Repository) -> None:
    lib.put("test_lib.py", "def test_sign():\n    assert False\n\n\ndef test_b():\n    pass\n")
    assert lib.nox("-s", "ci").code == 1
    ended = parity(lib)
    assert ended.code == 1
    assert line(ended).startswith("inputs: test_lib.py is not the same; failed here, passed there")


def test_nothing_to_compare_is_an_error(lib: Repository, repository: Repository) -> None:
    for arguments, said in (
        ((), "name the other run: nox -s parity -- <record, folder or artifact>"),
        (("nowhere",), "nowhere is not there"),
        (("lib",), "there is no record in lib"),
    ):
        ended = lib.nox("-s", "parity", "--", *arguments)
        assert ended.code == 1 and said in ended.output and "Traceback" not in ended.output
    repository.put("noxfile.py", "import cicd\n\ncicd.project()\n")
    ended = repository.nox("-s", "parity", "--", str(lib.root / "there"))
    assert ended.code == 1
    assert "this checkout has no finished run of contract, lib_test" in ended.output


def newest(lib: Repository) -> Path:
    return max(path.parent for path in (lib.root / ".cicd" / "runs").glob("*/records"))


def test_a_later_run_of_one_session_hides_no_run_of_all(lib: Repository) -> None:
    assert lib.nox("-s", "ci").code == 0
    assert lib.nox("-s", "contract").code == 0
    ended = parity(lib)
    assert (ended.code, line(ended), line(ended, "contract")) == (0, "equal", "equal")


def test_what_one_job_left_is_compared_with_what_it_has(lib: Repository, tmp_path: Path) -> None:
    assert lib.nox("-s", "ci").code == 0
    assert lib.nox("-s", "contract", CI="true").code == 0
    shutil.copytree(lib.root / ".cicd" / "artifact", tmp_path / "job")
    assert lib.nox("-s", "ci").code == 0
    ended = parity(lib, str(tmp_path / "job"))
    assert ended.code == 0 and "the session has what decides in common" in ended.output
    assert "lib_test" not in ended.output


def test_the_run_itself_and_a_share_are_told_in_the_last_lines(lib: Repository) -> None:
    assert lib.nox("-s", "ci").code == 0
    ended = parity(lib, ".")
    assert ended.code == 0 and "This is the same run." in ended.output
    record = lib.root / "share.json"
    values = json.loads((newest(lib) / "records" / "lib_test.json").read_text())
    values["run"], values["outcome"]["facts"]["shard"] = "elsewhere", "1/2"
    record.write_text(json.dumps(values))
    ended = parity(lib, "share.json")
    assert ended.code == 0
    assert "Numbers were not compared, of shares of the tests: lib_test." in ended.output
    values["verdict"] = "failed"
    record.write_text(json.dumps(values))
    ended = parity(lib, "share.json")
    record.unlink()
    assert ended.code == 1 and "passed here, failed there" in line(ended)
