import os
import sys
from pathlib import Path

import pytest

from cicd.backend.interpreters import Interpreters
from cicd.errors import MissingError
from cicd.system.place import Place

OWN = ".".join(map(str, sys.version_info[:2]))


def pretended(path: Path, version: str, code: int = 0) -> Path:
    """A program that answers the question for its version."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'#!/bin/sh\n[ {code} = 0 ] && echo {version} && echo "$0"\nexit {code}\n')
    path.chmod(0o755)
    return path


def interpreters(place: Place, **environ: str) -> Interpreters:
    bare = {"HOME": str(place.root / "nobody"), "PATH": "", **environ}
    return Interpreters(place.runner, bare, place.root)


def test_the_interpreter_that_runs_us_is_found_without_being_run(place: Place) -> None:
    found = interpreters(place).find(OWN)
    assert found.minor == OWN
    assert found.path.samefile(Path(sys._base_executable))  # type: ignore[attr-defined]


def test_a_shim_that_refuses_is_passed_over(place: Place) -> None:
    shims, real = place.root / "shims", place.root / "real"
    pretended(shims / "python3.77", "", code=127)
    wanted = pretended(real / "python3.77", "3.77.1")
    path = os.pathsep.join(map(str, (shims, real)))
    found = interpreters(place, PATH=path).find("3.77")
    assert (found.version, found.path) == ("3.77.1", wanted)


def test_a_name_that_promises_another_version_is_passed_over(place: Place) -> None:
    pretended(place.root / "a" / "python3.77", "3.76.4")
    wanted = pretended(place.root / "b" / "python3", "3.77.0")
    path = os.pathsep.join((str(place.root / "a"), str(place.root / "b")))
    assert interpreters(place, PATH=path).find("3.77").path == wanted


@pytest.mark.parametrize(
    ("variable", "below"),
    [
        ("PYENV_ROOT", "versions"),
        ("ASDF_DATA_DIR", "installs/python"),
        ("MISE_DATA_DIR", "installs/python"),
    ],
)
def test_the_newest_patch_of_a_version_folder_is_taken(
    place: Place, variable: str, below: str
) -> None:
    root = place.root / "kept"
    for patch in ("2", "10", "9"):
        pretended(root / below / f"3.77.{patch}" / "bin" / "python3.77", f"3.77.{patch}")
    pretended(root / below / "3.77.11t" / "bin" / "python3.77", "3.77.11")
    assert interpreters(place, **{variable: str(root)}).find("3.77").version == "3.77.10"


def test_an_exact_version_is_not_replaced_by_a_neighbour(place: Place) -> None:
    root = place.root / "kept"
    for patch in ("1", "12"):
        pretended(root / "versions" / f"3.77.{patch}" / "bin" / "python3.77", f"3.77.{patch}")
    assert interpreters(place, PYENV_ROOT=str(root)).find("3.77.1").version == "3.77.1"


def test_an_answer_is_remembered(place: Place) -> None:
    program = pretended(place.root / "bin" / "python3.77", "3.77.1")
    here = interpreters(place, PATH=str(program.parent))
    found = here.find("3.77")
    program.unlink()
    assert here.find("3.77") == found


def test_without_a_wish_the_one_that_runs_us_is_taken_if_it_may(place: Place) -> None:
    assert interpreters(place).find("", ">=3.11").minor == OWN


def test_without_a_wish_the_newest_that_may_is_taken(place: Place) -> None:
    for minor in ("3.8", "3.9"):
        pretended(place.root / "bin" / f"python{minor}", f"{minor}.1")
    path = str(place.root / "bin")
    assert interpreters(place, PATH=path).find("", ">=3.8,<3.10").minor == "3.9"


def test_a_version_that_is_not_to_be_had_is_missing_with_all_that_was_tried(place: Place) -> None:
    root = place.root / "kept"
    pretended(root / "versions" / "3.76.0" / "bin" / "python3.76", "3.76.0")
    with pytest.raises(MissingError) as caught:
        interpreters(place, PYENV_ROOT=str(root)).find("3.77")
    message = str(caught.value)
    assert message.startswith("Python 3.77 is not on this machine. Tried:")
    assert f"{root / 'versions'}  has 3.76.0" in message
    assert "uv python install 3.77" in message


def test_a_substitute_is_one_that_the_project_allows(place: Place) -> None:
    substitute = interpreters(place).substitute(">=3.11")
    assert substitute is not None
    assert substitute.minor == OWN
    assert interpreters(place).substitute(">=4") is None
