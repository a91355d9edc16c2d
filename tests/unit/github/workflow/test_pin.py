"""The version of cicd comes from a place that a laptop reads too."""

from collections.abc import Mapping

import pytest

from cicd.github.workflow.caller import CALLER, render_caller
from cicd.github.workflow.calls import find_calls
from cicd.github.workflow.document import read_workflow
from cicd.github.workflow.pin import check_pin, find_install
from cicd.github.workflow.release import read_release

THREE_LINES = "import cicd\n\nproject = cicd.project()\n"


def headed(*dependencies: str) -> str:
    listed = ", ".join(f'"{one}"' for one in dependencies)
    return f"# /// script\n# dependencies = [{listed}]\n# ///\n{THREE_LINES}"


def complaint(files: Mapping[str, str], install: str = "") -> str:
    (call,) = find_calls(
        [read_workflow(CALLER, render_caller(read_release("1.2.3", None), "main", install))]
    )
    failure = check_pin(call, files.get)
    return failure.title if failure else ""


COMMIT = "0123456789" * 4


@pytest.mark.parametrize(
    "pin",
    [
        "nox-cicd==1.2.3",
        "nox_cicd[notify]==1.2.3",
        f"nox-cicd @ git+https://example.com/cicd@{COMMIT}",
        "nox-cicd @ https://example.com/nox_cicd-1.2.3-py3-none-any.whl",
    ],
)
def test_a_script_header_pins(pin: str) -> None:
    assert complaint({"noxfile.py": headed("nox[uv]", pin)}) == ""
    assert find_install({"noxfile.py": headed("nox[uv]", pin)}.get, []) == ""


@pytest.mark.parametrize(
    "loose",
    ["nox-cicd", "nox-cicd>=1", "nox-cicd==1.*", "nox-cicd @ git+https://example.com/cicd@main"],
)
def test_what_can_become_another_version_is_no_pin(loose: str) -> None:
    assert complaint({"noxfile.py": headed("nox", loose)}) == "no version of nox-cicd is pinned"


def test_a_file_that_pips_arguments_cannot_name_is_passed_over() -> None:
    files = {"a b/requirements.txt": "nox-cicd==1.2.3\n", "noxfile.py": THREE_LINES}
    assert find_install(files.get, ["a b/requirements.txt"]) == ""
    files["c/requirements.txt"] = files["a b/requirements.txt"]
    assert find_install(files.get, files) == "-r c/requirements.txt"


def test_three_lines_alone_pin_nothing() -> None:
    assert complaint({"noxfile.py": THREE_LINES}) == "no version of nox-cicd is pinned"


def test_a_header_needs_nox_as_nox_itself_does() -> None:
    found = complaint({"noxfile.py": headed("nox-cicd==1")})
    assert found == "the script header does not list nox"


def test_a_requirements_file_pins_and_is_found() -> None:
    files = {
        "noxfile.py": THREE_LINES,
        "ci/requirements.txt": "# tools\nnox-cicd==1.2.3 \\\n    --hash=sha256:00\n",
        "requirements.txt": "flask==3\n",
    }
    assert find_install(files.get, files) == "-r ci/requirements.txt"
    assert complaint(files, "-r ci/requirements.txt") == ""
    assert complaint(files, "-r requirements.txt") == "no version of nox-cicd is pinned"
    assert complaint(files, "-r gone.txt") == "gone.txt is not there"


def test_a_version_in_the_workflow_alone_is_read_by_no_laptop() -> None:
    assert "no laptop reads it" in complaint({"noxfile.py": THREE_LINES}, "nox-cicd==1.2.3")


def test_what_a_file_is_called_is_no_requirement() -> None:
    files = {"noxfile.py": THREE_LINES, "nox-cicd.txt": "nox-cicd==1.2.3\n"}
    assert complaint(files, "-r nox-cicd.txt") == ""
    assert complaint(files, "--requirement=nox-cicd.txt --quiet") == ""


def test_our_own_repository_is_its_own_version() -> None:
    files = {"noxfile.py": THREE_LINES, "pyproject.toml": '[project]\nname = "nox-cicd"\n'}
    assert find_install(files.get, files) == "--editable ."
    files["./pyproject.toml"] = files["pyproject.toml"]
    assert complaint(files, "--editable .") == ""
