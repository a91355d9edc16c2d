import io

import pytest
from tests.unit.github.runner import Obeyed, obey

from cicd.github.commands import Channel, render_command


def test_a_command_is_rendered_as_the_runner_reads_it() -> None:
    line = render_command("error", "wrong", file="a.py", line=3, title="t")
    assert line == "::error file=a.py,line=3,title=t::wrong"


def test_what_has_no_value_is_left_out() -> None:
    assert render_command("error", "wrong", file="", line=None) == "::error::wrong"


@pytest.mark.parametrize(
    "text", ["100 % of it", "two\nlines\r\n", "a,b:c=d", "::error::x", "%0A stays", "x::y,file=z"]
)
def test_text_comes_out_as_it_went_in_and_forges_nothing(text: str) -> None:
    line = render_command("error", text, title=text)
    assert "\n" not in line and "\r" not in line
    assert obey(line) == [Obeyed("error", text, {"title": text})]


def test_escapes_are_those_of_githubs_toolkit() -> None:
    assert render_command("error", "%\r\n:,", title="%\r\n:,") == (
        "::error title=%25%0D%0A%3A%2C::%25%0D%0A:,"
    )


def test_while_the_channel_is_ours_nobody_else_is_obeyed() -> None:
    screen = io.StringIO()
    channel = Channel(screen)
    screen.write("::warning::before\n")
    with channel.kept_to_us():
        screen.write("::error::forged\n::endgroup::\n##[error]forged\n::stop-commands::mine\n")
        channel.mask("s3cret")
        screen.write("::error::forged, and the last line does not end")
    screen.write("::warning::after\n")
    assert obey(screen.getvalue()) == [
        Obeyed("warning", "before"),
        Obeyed("add-mask", "s3cret"),
        Obeyed("warning", "after"),
    ]


def test_each_session_has_a_word_of_its_own() -> None:
    screen = io.StringIO()
    channel = Channel(screen)
    for _ in range(2):
        with channel.kept_to_us():
            pass
    words = {line for line in screen.getvalue().splitlines() if "stop-commands" in line}
    assert len(words) == 2


def test_a_screen_that_is_closed_is_no_error() -> None:
    screen = io.StringIO()
    screen.close()
    Channel(screen).mask("s3cret")
