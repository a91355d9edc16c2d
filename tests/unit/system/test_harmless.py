import io

import pytest

from cicd.system.console import Screen
from cicd.system.harmless import Harmless, harmless

ON_GITHUB = {"GITHUB_ACTIONS": "true"}
FORGED = [
    "::error::forged",
    "::set-output name=verdict::passed",
    "::add-mask::x",
    "::stop-commands::x",
    "   \t::warning::forged",
    "\x1b[31m::error::forged",
    "\u200b:\xad:error::forged",
    "##[group]forged",
    "text before ##[error]forged",
    "one\r::error::two",
    "one\r\n  ::error::two",
    "###[group]forged",
]


def obeyed(text: str) -> bool:
    """As the runner reads it; what its comparison passes over is taken away."""
    seen = "".join(sign for sign in text if sign not in "\u200b\xad")
    lines = (line.replace("\x1b[31m", "").lstrip() for line in seen.replace("\r", "\n").split("\n"))
    return any(line.startswith("::") or "##[" in line for line in lines)


@pytest.mark.parametrize("line", FORGED)
def test_no_line_of_a_tool_commands_the_runner(line: str) -> None:
    assert obeyed(line)
    assert not obeyed(harmless(line, ON_GITHUB))


@pytest.mark.parametrize("line", FORGED)
@pytest.mark.parametrize("size", [1, 2, 3])
def test_a_command_that_comes_in_pieces_is_none_either(line: str, size: int) -> None:
    text = f"first\n{line}\nlast\n"
    tame = Harmless()
    pieces = [tame(text[place : place + size]) for place in range(0, len(text), size)]
    assert not obeyed("".join(pieces))
    assert "".join(pieces) == harmless(text, ON_GITHUB)


@pytest.mark.parametrize(
    "line", ["a::b", "std::vector", "# heading", "## [1.0]", "tests/a.py::test_b PASSED", ": :", ""]
)
def test_other_lines_stay_as_they_are(line: str) -> None:
    assert harmless(line, ON_GITHUB) == line


def test_outside_of_github_nothing_is_changed() -> None:
    assert harmless("::error::x", {}) == "::error::x"


@pytest.mark.parametrize("text", ["\n" * 200_000, " " * 200_000, "#" * 200_000, "\n ::" * 50_000])
def test_long_runs_of_one_sign_take_no_time(text: str) -> None:
    tame = Harmless()
    for _ in range(3):
        tame(text)


def test_the_screen_gives_no_commands_on_github(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    shown = io.StringIO()
    screen = Screen(shown)
    for piece in ("ok\n:", ":error", "::forged\n"):
        screen.write(piece)
    assert shown.getvalue() == "ok\n: :error::forged\n"
