import re
from dataclasses import replace

import pytest
from tests.unit.records.test_records import FAILURE, GAP, GREEN, RED

from cicd.model import Failure, Outcome
from cicd.records.markdown import code, escape, render_markdown
from cicd.records.report import build_report
from cicd.records.slowest import SlowTest
from cicd.records.summary import render_terminal

SLOW = SlowTest(session="backend_test", name="tests/test_a.py::test_b", time_s=1.234)
TESTED = replace(
    GREEN,
    session="backend_test",
    outcome=Outcome(metrics={"tests": 212, "skipped": 3, "coverage_percent": 93.47}),
)
IMAGE = replace(GREEN, session="api_image", outcome=Outcome(metrics={"size_bytes": 120e6}))
BEFORE = {
    "backend_test": {"coverage_percent": 93.0},
    "api_image": {"size_bytes": 100e6},
}
NASTY = [
    "<script>alert(1)</script>",
    "a | b",
    "`code` and ``more``",
    "**bold** _it_ [link](http://x) ![img](http://x) @someone #12",
    "one\n| two | three |\n# heading\n",
    "back\\slash | bar",
    "```\n<b>out of the block</b>",
    "\x1b[31mred\x1b[0m \x00 \u202e",
]


def test_the_verdict_stands_first_then_the_table_the_failures_and_the_slowest_tests() -> None:
    report = build_report([GREEN, RED, GAP], duration_s=15.04, slowest=[SLOW])
    assert render_markdown(report) == (
        "## ❌ Red in 15.0 s: backend_test\n"
        "\n"
        "|  | session | time | tests | coverage | size |  |\n"
        "|---|---|---:|---|---|---|---|\n"
        "| ✓ | `backend_lint` | 0.9 s |  |  |  | 41 files |\n"
        "| ✗ | `backend_test` | 0.9 s |  |  |  | 1 of 212 tests failed |\n"
        "| – | `api_image` | 0.9 s |  |  |  | no engine |\n"
        "\n"
        "### NOT VERIFIED\n"
        "\n"
        "- `api_image`: no engine\n"
        "\n"
        "### Failures\n"
        "\n"
        "`backend_test` `backend/tests/test_orders.py:88` **test_two_buyers**\n"
        "\n"
        "```text\n"
        "assert stock == 0, was -1\n"
        "```\n"
        "\n"
        "```text\n"
        "repeat:  nox -s backend_test -- tests/test_orders.py::test_two_buyers\n"
        "```\n"
        "\n"
        "### Slowest tests\n"
        "\n"
        "| time | session | test |\n"
        "|---:|---|---|\n"
        "| 1.23 s | `backend_test` | `tests/test_a.py::test_b` |\n"
    )


def test_a_green_run_says_so_and_no_more() -> None:
    assert render_markdown(build_report([GREEN], duration_s=1)) == (
        "## ✅ Green in 1.0 s\n"
        "\n"
        "|  | session | time | tests | coverage | size |  |\n"
        "|---|---|---:|---|---|---|---|\n"
        "| ✓ | `backend_lint` | 0.9 s |  |  |  | 41 files |\n"
    )


def test_numbers_are_held_against_those_of_the_default_branch() -> None:
    text = render_markdown(build_report([TESTED, IMAGE], duration_s=1, before=BEFORE))
    assert "| 212, 3 skipped | 93.4 % (+0.5) |" in text
    assert "| 120.0 MB (+20.0 MB) |" in text


def test_without_an_earlier_run_no_change_is_told() -> None:
    text = render_markdown(build_report([TESTED, IMAGE], duration_s=1))
    assert "| 93.4 % |" in text and "| 120.0 MB |" in text


def test_what_did_not_change_is_not_told() -> None:
    same = {"backend_test": {"coverage_percent": 93.47}, "api_image": {"size_bytes": 120e6}}
    text = render_markdown(build_report([TESTED, IMAGE], duration_s=1, before=same))
    assert "| 93.4 % |" in text and "| 120.0 MB |" in text


def test_a_session_that_did_not_run_stands_in_the_table() -> None:
    text = render_markdown(build_report([GREEN], required=["frontend_test"], duration_s=1))
    assert "| ✗ | `frontend_test` | | | | | did not run |" in text


@pytest.mark.parametrize("said", NASTY)
def test_nothing_that_a_tool_says_is_read_as_markdown(said: str) -> None:
    failure = Failure(title=said, path=said, detail=said, repeat=said, fix=said)
    record = replace(
        RED, reason=said, outcome=Outcome(headline=said, passed=False, failures=(failure,))
    )
    gap = replace(GAP, reason=said)
    slow = replace(SLOW, name=said)
    text = render_markdown(build_report([record, gap], duration_s=1, slowest=[slow]))
    outside = without_code(text)
    assert "\x1b" not in text and "\x00" not in text
    assert not re.search(r"(?<!\\)<(?!br>)", outside)
    assert not re.search(r"(?<!\\)[\[@]", outside)
    assert [line for line in outside.splitlines() if line.startswith("#")] == [
        "## ❌ Red in 1.0 s: backend_test",
        "### NOT VERIFIED",
        "### Failures",
        "### Slowest tests",
    ]
    rows = [line for line in without_blocks(text).splitlines() if line.startswith("|")]
    cells = [len(re.findall(r"(?<!\\)(?:\\\\)*\|", row)) for row in rows]
    assert cells == [8, 8, 8, 8, 4, 4, 4]


def without_code(text: str) -> str:
    """What is left to be read as Markdown, by the rules of code blocks and code spans."""
    spans = re.compile(r"(?<![\\`])(`+)(?!`)(.*?[^`])\1(?!`)")
    return "\n".join(spans.sub("", line) for line in without_blocks(text).splitlines())


def without_blocks(text: str) -> str:
    return re.sub(r"^(`{3,})text\n.*?\n\1$", "", text, flags=re.M | re.S)


def test_code_has_a_fence_that_its_text_does_not_have() -> None:
    assert code("a `b` ``c``") == "``` a `b` ``c`` ```"
    assert code("a|b", in_table=True) == "a\\|b"


def test_an_underscore_within_a_word_stays() -> None:
    assert escape("test_a __init__") == "test_a \\_\\_init\\_\\_"


def many(count: int) -> str:
    failures = tuple(
        replace(FAILURE, title=f"test {number} " + "ü" * 200) for number in range(count)
    )
    records = [
        replace(RED, session=f"s{number}", outcome=Outcome(failures=failures))
        for number in range(count)
    ]
    return render_markdown(build_report(records, duration_s=1, slowest=[SLOW]), limit_bytes=20_000)


def test_what_has_no_room_is_left_out_from_the_end_and_counted() -> None:
    text = many(30)
    assert len(text.encode()) <= 20_000
    assert text.startswith("## ❌ Red in 1.0 s: s0, s1")
    assert text.count("\n| ✗ |") == 30
    assert re.search(r"_Left out for want of room: \d+ failures, 1 slow tests\._\n$", text)


def test_what_has_room_is_whole() -> None:
    assert "Left out" not in many(3)


def test_a_summary_with_no_room_at_all_still_has_the_verdict() -> None:
    text = render_markdown(build_report([GREEN, RED], duration_s=1), limit_bytes=0)
    assert text.startswith("## ❌ Red in 1.0 s: backend_test\n")
    assert "Left out" in text


def test_the_terminal_tells_the_same_when_asked_for_all_of_it() -> None:
    report = build_report([TESTED, IMAGE], duration_s=1, before=BEFORE, slowest=[SLOW])
    told = render_terminal(report, detailed=True)
    assert "93.4 % (+0.5)" in told and "120.0 MB (+20.0 MB)" in told
    assert "      1.23 s  backend_test  tests/test_a.py::test_b" in told
    assert told.endswith("\n\nGreen in 1.0 s\n")
    assert "Slowest" not in render_terminal(report)


def test_a_run_that_is_over_took_as_long_as_lies_between_its_records() -> None:
    assert build_report([replace(RED, duration_s=2.5), GREEN]).title.startswith("Red in 3.5 s")


def test_github_makes_no_link_and_no_picture_of_what_a_tool_says() -> None:
    assert escape("see https://x.org") == "see https&#58;//x.org"
    assert escape("see www.x.org :smile:") == "see www&#46;x.org &#58;smile&#58;"
    assert escape("tests/a.py::test_a no") == "tests/a.py::test_a no"


def test_a_small_build_has_the_same_size_in_all_of_its_row() -> None:
    outcome = Outcome(headline="1 kB", metrics={"build_bytes": 345})
    text = render_markdown(build_report([replace(GREEN, outcome=outcome)], duration_s=1))
    assert "| 1 kB | 1 kB |" in text
