import os
from pathlib import Path

from cicd.backend.interpreter_places import candidates, places, version_folders
from cicd.backend.interpreters import allows


def program(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o755)
    return path


def test_names_that_promise_the_version_come_first(tmp_path: Path) -> None:
    exact = program(tmp_path / "b" / "python3.77")
    any_version = program(tmp_path / "a" / "python3")
    kept = program(tmp_path / "pyenv" / "versions" / "3.77.2" / "bin" / "python3.77")
    path = os.pathsep.join((str(any_version.parent), str(exact.parent), "", str(exact.parent)))
    environ = {"PATH": path, "PYENV_ROOT": str(tmp_path / "pyenv"), "HOME": str(tmp_path / "x")}
    found = [path for path in candidates("3.77", environ) if path.is_relative_to(tmp_path)]
    assert found == [exact, kept, any_version]


def test_a_home_that_is_set_for_ci_does_not_hide_the_real_one(tmp_path: Path) -> None:
    (tmp_path / ".pyenv" / "versions").mkdir(parents=True)
    (tmp_path / ".local/share/mise/installs/python").mkdir(parents=True)
    found = version_folders({"HOME": str(tmp_path)})
    assert tmp_path / ".pyenv" / "versions" in found
    assert tmp_path / ".local/share/mise/installs/python" in found


def test_what_requires_python_allows() -> None:
    assert allows(">=3.11", "3.11.7")
    assert not allows(">=3.12,<4", "3.11.7")
    assert allows("", "3.8.1")
    assert allows("what is this", "3.8.1")


def test_every_candidate_lies_where_changes_are_seen(tmp_path: Path) -> None:
    program(tmp_path / "bin" / "python3.77")
    program(tmp_path / "pyenv" / "versions" / "3.77.2" / "bin" / "python3.77")
    paths = {"PATH": str(tmp_path / "bin"), "PYENV_ROOT": str(tmp_path / "pyenv")}
    environ = {**paths, "HOME": str(tmp_path / "x")}
    looked_at = places("3.77", environ)
    assert set(candidates("3.77", environ)) <= set(looked_at)
    assert tmp_path / "bin" / "python3" in looked_at, "which is not there yet"
    assert tmp_path / "pyenv" / "versions" in looked_at, "where another one may appear"
    assert tmp_path / "x" / ".asdf" / "installs" / "python" in looked_at
