from pathlib import Path

import pytest

from cicd.errors import MissingError, SettingsError
from cicd.model import Secret
from cicd.system.secret_sources import read_secret
from cicd.testing import FakeRunner


def read(source: str, root: Path, runner: FakeRunner | None = None, **environ: str) -> Secret:
    return read_secret(source, environ=environ, runner=runner or FakeRunner(), root=root)


def test_a_secret_comes_from_a_variable_a_file_or_a_command(tmp_path: Path) -> None:
    (tmp_path / "word").write_text("of a file\n")
    runner = FakeRunner()
    runner.answer("vault", "read", output="of a command\n")
    assert read("env:WORD", tmp_path, WORD="of a variable\n") == Secret("of a variable")
    assert read("file:word", tmp_path) == Secret("of a file")
    assert read("cmd:vault read 'a word'", tmp_path, runner) == Secret("of a command")


@pytest.mark.parametrize("source", ["env:NONE", "file:none", "cmd:none at all"])
def test_a_secret_that_is_not_there_is_missing_by_its_place(source: str, tmp_path: Path) -> None:
    with pytest.raises(MissingError):
        read(source, tmp_path)


def test_a_secret_given_as_it_is_is_refused_and_not_shown(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refused:
        read("hunter2", tmp_path)
    assert "hunter2" not in str(refused.value)


def test_a_command_that_fails_says_why_and_shows_no_argument(tmp_path: Path) -> None:
    runner = FakeRunner()
    runner.answer("vault", return_code=2, output="half a word", errors="permission denied")
    with pytest.raises(MissingError, match="cmd:vault ended with 2: permission denied") as failed:
        read("cmd:vault read --token hunter2", tmp_path, runner)
    assert "hunter2" not in str(failed.value) and "half a word" not in str(failed.value)
