import pytest
from tests.unit.github.runner import obey

from cicd.github.annotations import ROOM, Judged, annotate
from cicd.model import Failure, Verdict


def judged(
    verb: str, count: int = 1, *, session: str = "", verdict: Verdict | None = Verdict.FAILED
) -> Judged:
    session = session or f"backend_{verb}"
    failures = tuple(
        Failure(title=f"{session} {number}", path="backend/app.py", line=number + 1, repeat="again")
        for number in range(count)
    )
    return Judged(session=session, verb=verb, verdict=verdict, failures=failures)


def titles(*sessions: Judged, level: str = "error") -> list[str]:
    obeyed = obey("\n".join(annotate(sessions)))
    return [one.message.splitlines()[0] for one in obeyed if one.name == level]


def test_a_failure_is_marked_at_its_line_with_what_repeats_it() -> None:
    failure = Failure(
        title="test_stock",
        path="backend/tests/test_a.py",
        line=7,
        detail="assert 1 == 2",
        repeat="nox -s backend_test -- tests/test_a.py::test_stock",
        fix="count again",
    )
    one = Judged(session="s", verb="test", verdict=Verdict.FAILED, failures=(failure,))
    (obeyed,) = obey("\n".join(annotate([one])))
    assert obeyed.properties == {
        "file": "backend/tests/test_a.py",
        "line": "7",
        "title": "s: test_stock",
    }
    assert obeyed.message.splitlines() == [
        "test_stock",
        "assert 1 == 2",
        "fix: count again",
        "repeat: nox -s backend_test -- tests/test_a.py::test_stock",
    ]


def test_a_path_begins_at_the_root_of_the_repository() -> None:
    (one,) = obey("\n".join(annotate([judged("lint")], "services/shop")))
    assert one.properties["file"] == "services/shop/backend/app.py"


@pytest.mark.parametrize("path", ["", "/usr/lib/python3/x.py", "../other/x.py"])
def test_what_is_not_in_the_repository_is_no_place(path: str) -> None:
    failure = Failure(title="wrong", path=path, line=1)
    one = Judged(session="s", verb="lint", verdict=Verdict.FAILED, failures=(failure,))
    (obeyed,) = obey("\n".join(annotate([one], "below")))
    assert set(obeyed.properties) <= {"title", "line"} and "file" not in obeyed.properties


def test_tests_come_before_types_before_lint_before_format() -> None:
    verbs = ("format", "lint", "types", "image", "migrations", "test")
    found = titles(*(judged(verb) for verb in verbs))
    order = [title.split()[0].removeprefix("backend_") for title in found]
    assert order == ["migrations", "test", "image", "types", "lint", "format"]


def test_sessions_of_one_kind_take_turns() -> None:
    one, two = judged("test", 30, session="one"), judged("test", 2, session="two")
    assert titles(one, two)[:5] == ["one 0", "two 0", "one 1", "two 1", "one 2"]


def test_ten_are_shown_and_the_rest_is_counted() -> None:
    sessions = (judged("test", 8), judged("lint", 7), judged("format", 3))
    assert len(titles(*sessions)) == ROOM
    assert titles(*sessions, level="notice") == [
        "8 more errors have no annotation: backend_lint 5, backend_format 3"
    ]


def test_ten_need_no_count() -> None:
    assert titles(judged("test", 10), level="notice") == []


def test_what_a_session_allows_is_a_warning() -> None:
    allowed = judged("test", 12, verdict=Verdict.PASSED)
    assert titles(allowed) == []
    assert len(titles(allowed, level="warning")) == ROOM
    assert "2 more warnings" in titles(allowed, level="notice")[0]


def test_a_red_session_without_a_failure_says_its_reason() -> None:
    gone = Judged(session="push", verb="push", verdict=Verdict.FAILED, reason="no\n::error::x")
    killed = Judged(session="killed", verb="", verdict=None)
    gap = Judged(session="gap", verb="image", verdict=Verdict.NOT_VERIFIED, reason="no engine")
    assert titles(gone, killed, gap) == ["no", "did not finish"]
    assert titles(gone, killed, gap, level="warning") == ["no engine"]


def test_a_green_run_has_no_annotation() -> None:
    assert annotate([judged("test", 0, verdict=Verdict.PASSED)]) == ()


def test_nothing_that_a_tool_says_forges_a_command() -> None:
    nasty = "::set-output name=verdict::passed\r\n##[error]x,file=y\x1b[31m%0A::add-mask::z"
    failure = Failure(title=nasty, path=f"a,b:{nasty}", line=1, detail=nasty, repeat=nasty)
    one = Judged(session="s", verb="test", verdict=Verdict.FAILED, failures=(failure,))
    lines = annotate([one])
    assert len(lines) == 1 and "\n" not in lines[0] and "\r" not in lines[0]
    (obeyed,) = obey(lines[0])
    assert (obeyed.name, set(obeyed.properties)) == ("error", {"file", "line", "title"})


def test_what_is_very_long_is_cut() -> None:
    failure = Failure(title="t" * 10_000, detail="d" * 100_000)
    one = Judged(session="s", verb="test", verdict=Verdict.FAILED, failures=(failure,))
    assert len(annotate([one])[0]) < 5000
