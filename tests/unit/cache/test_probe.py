"""Answers about this machine, as long as nothing that they hang on has changed."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from cicd.cache.probe import Question, gather, recall, remember

QUESTION = Question("python", {"wanted": "3.13", "PATH": "/usr/bin"})
ANSWER = {"python": "CPython 3.13.2"}


@pytest.fixture
def program(tmp_path: Path) -> Path:
    made = tmp_path / "bin" / "python3.13"
    made.parent.mkdir()
    made.write_text("3.13.2")
    return made


@pytest.fixture
def folder(tmp_path: Path, program: Path) -> Path:
    later = tmp_path / "bin" / "python"
    made = tmp_path / "probes"
    assert remember(made, QUESTION, ANSWER, gather([program, later, program.parent / "managed"]))
    return made


def test_an_answer_is_told_as_long_as_nothing_changes(folder: Path) -> None:
    assert recall(folder, QUESTION) == ANSWER


def test_another_question_has_no_answer(folder: Path) -> None:
    assert recall(folder, Question("python", {"wanted": "3.13", "PATH": "/bin"})) is None
    assert recall(folder, Question("node", QUESTION.given)) is None


def upgraded_in_place(program: Path) -> None:
    before = program.stat()
    program.write_text("3.13.3")
    os.utime(program, ns=(before.st_atime_ns, before.st_mtime_ns))


def replaced(program: Path) -> None:
    aside = program.with_name("aside")
    aside.write_text("3.13.3")
    aside.replace(program)


def linked_elsewhere(program: Path) -> None:
    program.rename(program.with_name("other"))
    program.with_name("other2").write_text("3.13.4")
    program.symlink_to("other2")


def found_earlier(program: Path) -> None:
    program.with_name("python").write_text("3.13.5")


def gone(program: Path) -> None:
    program.unlink()


@pytest.mark.parametrize(
    "change", [upgraded_in_place, replaced, linked_elsewhere, found_earlier, gone]
)
def test_it_is_forgotten_when_a_program_is_another_one(
    folder: Path, program: Path, change: Callable[[Path], None]
) -> None:
    change(program)
    assert recall(folder, QUESTION) is None


def test_what_appears_in_a_folder_is_seen(tmp_path: Path, program: Path) -> None:
    remember(tmp_path / "probes", QUESTION, ANSWER, gather([program.parent]))
    assert recall(tmp_path / "probes", QUESTION) == ANSWER
    (program.parent / "python3.14").touch()
    assert recall(tmp_path / "probes", QUESTION) is None


def cut_off(text: str) -> str:
    return text[: len(text) // 2]


def altered(text: str) -> str:
    return text.replace("3.13.2", "3.13.9")


def of_the_future(text: str) -> str:
    return json.dumps({**json.loads(text), "schema": 2})


def of_another_shape(text: str) -> str:
    return "[1, 2]"


@pytest.mark.parametrize("spoil", [cut_off, altered, of_the_future, of_another_shape])
def test_a_file_that_is_not_as_it_was_written_is_no_answer(
    folder: Path, spoil: Callable[[str], str]
) -> None:
    (file,) = folder.iterdir()
    file.write_text(spoil(file.read_text()))
    assert recall(folder, QUESTION) is None


def test_a_file_under_another_questions_name_is_no_answer(folder: Path) -> None:
    (file,) = folder.iterdir()
    other = Question("python", {"wanted": "3.12"})
    file.rename(folder / f"{other.name}.json")
    assert recall(folder, other) is None


def test_what_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "probes").write_text("no folder")
    assert not remember(tmp_path / "probes", QUESTION, ANSWER, {})
    assert recall(tmp_path / "probes", QUESTION) is None


def test_of_many_answers_the_oldest_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cicd.cache.probe._MOST", 10)
    asked = [Question("python", {"wanted": str(number)}) for number in range(30)]
    for number, question in enumerate(asked):
        remember(tmp_path, question, ANSWER, {})
        os.utime(tmp_path / f"{question.name}.json", (number, number))
    assert len(list(tmp_path.iterdir())) <= 11
    assert recall(tmp_path, asked[-1]) == ANSWER
    assert recall(tmp_path, asked[0]) is None
