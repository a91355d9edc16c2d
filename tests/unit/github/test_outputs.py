import re
from pathlib import Path

import pytest

from cicd.github.outputs import SUMMARY_BYTES, append_summary, summary_room, write_outputs


def read_outputs(text: str) -> dict[str, str]:
    """As the runner reads the file."""
    found: dict[str, str] = {}
    lines = iter(text.split("\n"))
    for line in lines:
        if begun := re.fullmatch(r"(\w+)<<(.+)", line):
            value = []
            while (each := next(lines)) != begun[2]:
                value.append(each)
            found[begun[1]] = "\n".join(value)
        elif line:
            name, _, found[name] = line.partition("=")
    return found


@pytest.mark.parametrize("value", ["passed", "", "two\nlines", "end_\nverdict=passed\nend_", "a=b"])
def test_a_value_comes_out_as_it_went_in(tmp_path: Path, value: str) -> None:
    file = tmp_path / "output"
    file.write_text("before=1\n")
    write_outputs(file, {"verdict": value, "other": "x"})
    assert read_outputs(file.read_text()) == {"before": "1", "verdict": value, "other": "x"}


def test_what_ends_a_value_cannot_be_guessed(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_outputs(tmp_path / name, {"verdict": "passed"})
    assert (tmp_path / "a").read_text() != (tmp_path / "b").read_text()


def test_a_summary_is_added_to_what_the_step_has_written(tmp_path: Path) -> None:
    file = tmp_path / "summary"
    assert summary_room(file) == SUMMARY_BYTES - 1
    append_summary(file, "one")
    append_summary(file, "two")
    assert file.read_text() == "one\ntwo\n"
    assert summary_room(file) == SUMMARY_BYTES - 9
