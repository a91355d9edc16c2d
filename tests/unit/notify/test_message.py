from cicd.model import Failure, Outcome, Verdict
from cicd.notify.message import About, render_message
from cicd.records.judgement import judge
from cicd.records.record import Record

ABOUT = About(
    repository="owner/shop",
    branch="main",
    commit="5e11cea1a8ffcfc2f5b7b5d0bb8ad1d7e8a0a4c4",
    subject="Sell a book once",
    author="Ada Lovelace",
    link="https://github.com/owner/shop/actions/runs/7",
)
FAILURE = Failure(
    title="test_two_buyers_one_book",
    path="backend/tests/test_orders.py",
    line=88,
    detail="assert stock == 0, was -1",
)


def record(
    session: str,
    verdict: Verdict | None = Verdict.FAILED,
    *failures: Failure,
    reason: str = "",
) -> Record:
    return Record(
        session=session,
        run="20261122T182327-1-b8ae9a",
        part="",
        verb="",
        started_at="2026-11-22T18:23:28.103+00:00",
        verdict=verdict,
        reason=reason,
        outcome=Outcome(failures=failures),
    )


def test_a_red_message_has_all_that_one_needs_to_act() -> None:
    records = [
        record("backend_lint", Verdict.PASSED, Failure(title="allowed")),
        record("backend_test", Verdict.FAILED, FAILURE, Failure(title="another")),
    ]
    message = render_message(ABOUT, judge(records, ["frontend_lint"]), records)
    assert message.red
    assert message.title == "owner/shop: main is red"
    assert message.body.splitlines() == [
        "commit: 5e11cea1a8ff Sell a book once",
        "author: Ada Lovelace",
        "failed: backend_test, frontend_lint",
        "error: backend_test: backend/tests/test_orders.py:88 test_two_buyers_one_book",
        "assert stock == 0, was -1",
        "https://github.com/owner/shop/actions/runs/7",
    ]


def test_a_green_message_has_no_errors() -> None:
    records = [record("backend_test", Verdict.PASSED, Failure(title="allowed"))]
    message = render_message(ABOUT, judge(records), records)
    assert not message.red
    assert message.title == "owner/shop: main is green again"
    assert message.body.splitlines() == [
        "commit: 5e11cea1a8ff Sell a book once",
        "author: Ada Lovelace",
        "https://github.com/owner/shop/actions/runs/7",
    ]


def test_without_a_finding_the_session_says_why_it_is_red() -> None:
    told = record("backend_test", reason="no tests were collected\nin backend/tests")
    killed = record("backend_test", None)
    assert "error: backend_test: no tests were collected\nin backend/tests" in body(told)
    assert "error: backend_test: did not finish" in body(killed)
    assert "error: backend_test: did not run" in body(required=["backend_test"])


def test_what_is_not_known_is_left_out() -> None:
    bare = About(repository="shop", branch="main", commit="5e11cea")
    message = render_message(bare, judge([record("a", Verdict.PASSED)]), [])
    assert message.body == "commit: 5e11cea"


def test_a_message_is_short_whatever_was_printed() -> None:
    long = Failure(title="t" * 5000, detail="\n".join(["d" * 5000] * 500))
    names = [f"part_{number}_test" for number in range(200)]
    records = [record(name, Verdict.FAILED, long) for name in names]
    about = About(repository="r" * 500, branch="b", commit="c" * 40, subject="s" * 900)
    message = render_message(about, judge(records), records)
    assert len(message.title) + len(message.body) < 1500
    assert "part_7_test and 192 more" in message.body


def test_colours_and_control_signs_do_not_arrive() -> None:
    odd = Failure(title="\x1b[31mred\x1b[0m\ttape", detail="a\rb\x00c\x07\n\n\n  d")
    shown = body(record("backend_test", Verdict.FAILED, odd))
    assert "error: backend_test: red tape\na\nb c\nd" in shown


def test_a_subject_cannot_add_a_line() -> None:
    about = About(repository="shop", branch="main\nauthor: x", commit="5e11cea", subject="a\x0bb")
    message = render_message(about, judge([record("a", Verdict.PASSED)]), [])
    assert "\n" not in message.title and message.body == "commit: 5e11cea a b"


def test_secrets_are_masked_before_texts_are_cut() -> None:
    """Cut first, the half of a secret that is left would be shown."""
    secret = "hunter2" * 40
    told = record("backend_test", reason=f"no login with {secret}")
    shown = render_message(
        ABOUT, judge([told]), [told], lambda text: text.replace(secret, "***")
    ).body
    assert "no login with ***" in shown and "hunter2" not in shown


def body(*records: Record, required: list[str] | None = None) -> str:
    return render_message(ABOUT, judge(records, required or ()), records).body
