import io

from cicd.system.console import Screen


def test_an_output_without_our_signs_gets_plainer_ones() -> None:
    written = io.BytesIO()
    stream = io.TextIOWrapper(written, encoding="ascii", newline="")
    screen = Screen(stream)
    screen.write("✓ 3 · 4 …\n")
    screen.write("日\n")
    screen.flush()
    assert written.getvalue() == b"+ 3 | 4 .\n\\u65e5\n"


def test_an_output_that_is_closed_is_no_error() -> None:
    stream = io.StringIO()
    stream.close()
    screen = Screen(stream)
    screen.write("nobody reads this")
    screen.flush()
