"""What the last lines of every red run have in common."""

from tests.nox.conftest import Ended

SCREEN = 24
"""Lines of a terminal."""


def assert_red(ended: Ended, session: str, *said: str) -> None:
    """Red through this session, which says this in its last lines: few, and our own."""
    assert ended.code == 1, ended.output
    for text in said:
        assert text in ended.end
    assert ended.last_line.startswith("Red in ")
    assert ended.last_line.endswith(f"s: {session}")
    assert "Traceback" not in ended.end
    assert "cicd/sessions/" not in ended.output
    assert len(ended.end.splitlines()) <= SCREEN
