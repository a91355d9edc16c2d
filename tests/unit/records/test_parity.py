"""What two records of one session are said to differ in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from cicd.model import Failure, Outcome, Verdict
from cicd.records.decided import Decided
from cicd.records.parity import compare, differing_variables
from cicd.records.record import Ran, Record

DECIDED = Decided(
    arguments=("-k", "orders"),
    versions={"cicd": "1.0", "python": "CPython 3.13.0", "node": "20.18.0"},
    packages={"pytest": "9.2.0", "sqlalchemy": "2.1.9"},
    platform={"system": "Linux", "machine": "x86_64", "libc": "glibc 2.36"},
    database={
        "version": "15.18",
        "provider": "container",
        "locale": "C.UTF-8",
        "image": "sha256:36c626401df06744b77d81",
    },
    images={"python:3.13-slim": "sha256:9522c36f22dd568b249a"},
    options={"postgres": "15", "tests": "pytest"},
    environment=("HOME", "PATH"),
    inputs="f4faddb7",
    files={"backend/app.py": "1", "backend/orders.py": "2"},
)
HERE = Record(
    session="backend_test",
    run="20261123T004623-11019-8def28",
    part="backend",
    verb="test",
    started_at="2026-11-23T00:46:23+00:00",
    verdict=Verdict.PASSED,
    duration_s=4.0,
    outcome=Outcome(
        headline="152 tests",
        metrics={"tests": 152, "skipped": 1, "duration_s": 2.0, "coverage_percent": 98.65},
        facts={"commit": "5e11cea", "hadolint": "2.15"},
    ),
    commands=(
        Ran(command="/usr/bin/uv sync", return_code=0, duration_s=1.0),
        Ran(
            command=".cicd/environments/backend-3.13/bin/python -m pytest -n 4 --junitxml="
            ".cicd/runs/20261123T004623-11019-8def28/reports/junit.xml tests",
            return_code=0,
            duration_s=1.0,
        ),
    ),
    decided=DECIDED,
)


def there(**changes: Any) -> Record:
    """The same record, but for some of what decided it."""
    return replace(HERE, decided=replace(DECIDED, **changes))


def line(other: Record, here: Record = HERE, *read: str) -> str:
    (one,) = compare([here], [other], frozenset(read))
    return one.render()


def outcome(**changes: Any) -> Record:
    return replace(HERE, outcome=replace(HERE.outcome, **changes))


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (there(arguments=()), "arguments -k orders here, none there"),
        (
            there(database={**DECIDED.database, "version": "15.12", "image": "sha256:0"}),
            "PostgreSQL 15.18 here, 15.12 there (and 1 more)",
        ),
        (
            there(database={**DECIDED.database, "provider": "embedded"}),
            "PostgreSQL's provider container here, embedded there",
        ),
        (
            there(versions={**DECIDED.versions, "python": "CPython 3.12.4"}),
            "Python 3.13.0 here, 3.12.4 there",
        ),
        (
            there(versions={**DECIDED.versions, "python": "PyPy 3.13.0"}),
            "Python 3.13.0 here, PyPy 3.13.0 there",
        ),
        (
            there(versions={**DECIDED.versions, "node": "22.1.0"}),
            "Node 20.18.0 here, 22.1.0 there",
        ),
        (there(versions={**DECIDED.versions, "cicd": "1.1"}), "cicd 1.0 here, 1.1 there"),
        (
            there(packages={**DECIDED.packages, "pytest": "9.1.0"}),
            "pytest 9.2.0 here, 9.1.0 there",
        ),
        (
            there(packages={**DECIDED.packages, "pytest-randomly": "3.1"}),
            "pytest-randomly none here, 3.1 there",
        ),
        (
            there(images={"python:3.13-slim": "sha256:0000"}),
            "python:3.13-slim sha256:9522c36f22dd here, sha256:0000 there",
        ),
        (there(options={"postgres": "15"}), "option tests pytest here, none there"),
        (
            there(inputs="0", files={**DECIDED.files, "backend/app.py": "0"}),
            "inputs: backend/app.py is not the same",
        ),
        (
            there(inputs="0", files={"backend/orders.py": "0"}),
            "inputs: backend/app.py is only here, and 1 more",
        ),
        (there(inputs="0", files={}), "inputs f4faddb7 here, 0 there"),
        (
            there(platform={**DECIDED.platform, "machine": "aarch64"}),
            "machine x86_64 here, aarch64 there",
        ),
        (
            there(environment=("HOME", "PATH", "PYTHONHASHSEED")),
            "variable PYTHONHASHSEED not set here, set there",
        ),
        (outcome(facts={"hadolint": "2.14"}), "hadolint 2.15 here, 2.14 there"),
        (outcome(metrics={"tests": 151}), "152 tests here, 151 there"),
        (
            outcome(metrics={"tests": 152, "coverage_percent": 98.5}),
            "98.7 % covered here, 98.5 % there",
        ),
    ],
)
def test_one_thing_that_differs_is_named(other: Record, said: str) -> None:
    (compared,) = compare([HERE], [other])
    assert compared.render() == f"backend_test: {said}"
    assert compared.decides


def test_the_same_is_equal() -> None:
    (compared,) = compare([HERE], [HERE])
    assert (compared.render(), compared.decides) == ("backend_test: equal", False)


def test_what_cannot_change_a_verdict_does_not_count() -> None:
    later = replace(
        HERE,
        run="20261124T000000-1-aaaaaa",
        started_at="2026-11-24T00:00:00+00:00",
        duration_s=99.0,
        outcome=replace(
            HERE.outcome,
            facts={"commit": "9c02"},
            metrics={**HERE.outcome.metrics, "duration_s": 80.0, "coverage_percent": 98.7},
        ),
        commands=(
            Ran(
                command="/elsewhere/bin/python3.13 -m pytest -n 8 -p cicd_shard "
                "--cicd-shard=1/2 --junitxml="
                ".cicd/runs/20261124T000000-1-aaaaaa/reports/junit.xml tests",
                return_code=0,
                duration_s=9.0,
            ),
        ),
        decided=replace(DECIDED, strict=True, environment=("CI", "GITHUB_RUN_ID", "PATH")),
    )
    assert line(later) == "backend_test: equal"


def test_a_verdict_is_told_beside_the_first_difference() -> None:
    red = replace(there(database={**DECIDED.database, "version": "15.12"}), verdict=Verdict.FAILED)
    said = "backend_test: PostgreSQL 15.18 here, 15.12 there; passed here, failed there"
    assert line(red) == said


def test_another_test_that_fails_counts_though_the_numbers_are_the_same() -> None:
    red = [
        replace(
            HERE,
            verdict=Verdict.FAILED,
            outcome=Outcome(passed=False, failures=(Failure(title=name, path="tests/a.py"),)),
        )
        for name in ("test_a", "test_b")
    ]
    said = "backend_test: fails only here: tests/a.py test_a (and 1 more)"
    assert line(red[1], red[0]) == said


def test_arguments_say_nothing_where_a_session_does_not_read_them() -> None:
    one, two = (replace(each, verb="lint") for each in (HERE, there(arguments=())))
    assert line(two, one) == "backend_test: equal"


def test_another_command_line_of_a_tool_is_named() -> None:
    commands = (replace(HERE.commands[1], command="python -m pytest --junitxml=x tests"),)
    said = "backend_test: pytest called with --junitxml=.cicd/runs/*/reports/junit.xml here"
    assert line(replace(HERE, commands=commands)).startswith(said)


def test_a_variable_counts_when_the_repository_reads_it() -> None:
    other = there(environment=("HOME", "PATH", "FEATURE"))
    assert differing_variables([HERE], [other]) == {"FEATURE"}
    assert line(other) == "backend_test: equal"
    assert line(other, HERE, "FEATURE") == "backend_test: variable FEATURE not set here, set there"


def test_strictness_counts_where_something_was_not_verified() -> None:
    gap = replace(HERE, verdict=Verdict.NOT_VERIFIED)
    strict = replace(there(strict=True), verdict=Verdict.FAILED)
    said = "backend_test: CI not set here, set there; not verified here, failed there"
    assert line(strict, gap) == said


def test_a_session_that_one_side_has_is_a_difference() -> None:
    lint = replace(HERE, session="backend_lint")
    compared = compare([HERE, lint], [HERE])
    assert [one.render() for one in compared] == [
        "backend_test: equal",
        "backend_lint: did not run there",
    ]
    assert compared[1].decides


def test_a_proof_that_is_reused_does_not_differ_from_the_one_that_was_made() -> None:
    made = replace(
        HERE, verb="image", outcome=Outcome(facts={"database": "PostgreSQL 15.18 (container)"})
    )
    facts = {"database": "PostgreSQL 15.18 (container)", "reused_from": "2026-11-23"}
    decided = replace(
        DECIDED, versions={"cicd": "1.0"}, packages={}, database={}, options={"tests": "pytest"}
    )
    assert line(replace(made, outcome=Outcome(facts=facts), decided=decided), made) == (
        "backend_test: equal"
    )
    other = Outcome(facts={"database": "PostgreSQL 15.12 (container)"})
    assert "15.12 (container) there" in line(replace(made, outcome=other, decided=decided), made)


def test_another_image_of_the_same_content_is_told_and_does_not_decide() -> None:
    one, two = (outcome(facts={"image_id": f"sha256:{n}"}) for n in "12")
    (compared,) = compare([one], [two])
    assert not compared.decides
    said = "the image that was built sha256:1 here, sha256:2 there"
    assert compared.render() == f"backend_test: equal in all that decides; {said}"


def test_a_share_of_the_tests_is_not_compared_by_its_numbers() -> None:
    (compared,) = compare([HERE], [outcome(metrics={"tests": 40}, facts={"shard": "1/4"})])
    assert not compared.decides
    assert "share of the tests all here, 1/4 there" in compared.render()


@pytest.mark.parametrize("verdict", [Verdict.FAILED, None])
def test_a_red_share_is_no_parity_with_a_green_run(verdict: Verdict | None) -> None:
    share = replace(outcome(facts={"shard": "1/4"}), verdict=verdict)
    (compared,) = compare([HERE], [share])
    assert compared.decides
    assert f"passed here, {verdict or 'not finished'} there" in compared.render()


def test_a_green_share_says_nothing_of_a_run_that_is_red_elsewhere() -> None:
    (compared,) = compare(
        [replace(HERE, verdict=Verdict.FAILED)], [outcome(facts={"shard": "1/4"})]
    )
    assert not compared.decides


def test_a_test_that_fails_in_a_share_alone_is_told() -> None:
    red = [
        replace(
            HERE,
            verdict=Verdict.FAILED,
            outcome=Outcome(facts=facts, passed=False, failures=(Failure(title=name),)),
        )
        for name, facts in (("test_a", {}), ("test_b", {"shard": "1/4"}))
    ]
    assert line(red[1], red[0]).startswith("backend_test: fails only there: test_b")


def test_the_same_share_is_compared_by_its_numbers() -> None:
    one, two = (outcome(metrics={"tests": n}, facts={"shard": "1/4"}) for n in (5, 6))
    assert line(two, one) == "backend_test: 5 tests here, 6 there"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"platform": {"system": "Linux", "machine": "x86_64"}},
            "libc glibc 2.36 here, none there",
        ),
        ({"versions": {"cicd": "1.0", "python": "3.13.0"}}, "Node 20.18.0 here, none there"),
        ({"database": {}}, "PostgreSQL 15.18 here, none there"),
    ],
)
def test_what_one_side_alone_has_differs(changes: dict[str, Any], said: str) -> None:
    (compared,) = compare([HERE], [there(**changes)])
    assert compared.decides
    assert said in compared.render(every=True)


def test_what_a_red_session_did_not_come_to_hides_no_cause() -> None:
    red = replace(there(versions={"cicd": "1.0"}, inputs="0", files={}), verdict=Verdict.FAILED)
    assert line(red).startswith("backend_test: inputs f4faddb7 here, 0 there; passed here")


def test_shares_that_were_joined_are_compared_as_a_whole() -> None:
    joined = outcome(metrics={"tests": 151}, facts={"shard": "1/2, 2/2"})
    assert line(joined) == "backend_test: 152 tests here, 151 there"
    missing = outcome(metrics={"tests": 151}, facts={"shard": "1/3, 3/3"})
    assert "share of the tests" in line(missing)


def test_a_record_of_an_earlier_version_is_compared_by_what_it_has() -> None:
    old = replace(HERE, decided=Decided())
    (compared,) = compare([HERE], [old])
    said = "cannot be compared: what decided it was not recorded there"
    assert compared.decides and compared.render().startswith(f"backend_test: {said}")
    red = replace(old, verdict=Verdict.FAILED)
    assert "passed here, failed there" in line(red)


def test_every_difference_can_be_told() -> None:
    other = there(arguments=(), inputs="0", files={})
    (compared,) = compare([HERE], [other])
    assert compared.render().endswith("none there (and 1 more)")
    assert compared.render(every=True).endswith("none there; inputs f4faddb7 here, 0 there")
