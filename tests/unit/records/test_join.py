from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cicd.model import Failure, Outcome, Verdict
from cicd.records.decided import Decided
from cicd.records.jobs import JobRecord, own_jobs, prerequisites_of, read_jobs
from cicd.records.join import join_session
from cicd.records.record import Record, render_json

COMMIT = "5e11cea1a8ffcfc2f5b7b5d0bb8ad1d7e8a0a4c4"
FAILED = Failure(title="test_stock", path="tests/test_stock.py", line=3)


def share(
    shard: str,
    *,
    session: str = "api_test",
    verdict: Verdict | None = Verdict.PASSED,
    commit: str = COMMIT,
    failures: tuple[Failure, ...] = (),
    facts: dict[str, str] | None = None,
    **metrics: float,
) -> JobRecord:
    """What one job left; without a shard, all of the session."""
    said = {"commit": commit, "test_names": "n", **({"shard": shard} if shard else {})}
    numbers = {"tests": 10, "failed": len(failures), "skipped": 0, "selected": 10, "collected": 20}
    outcome = Outcome(
        failures=failures, metrics={**numbers, **metrics}, facts={**said, **(facts or {})}
    )
    record = Record(
        session=session,
        run=f"run of {shard}",
        part="api",
        verb="test",
        started_at=f"2026-11-22T10:00:0{shard[:1] or 0}+00:00",
        verdict=verdict,
        duration_s=7.0 + float(shard[:1] or 0),
        outcome=outcome if verdict else Outcome(),
    )
    return JobRecord(record, Path(f"reports/{shard}"))


def join(
    *jobs: JobRecord, measure: Callable[[Sequence[Path]], float | None] = lambda folders: None
) -> Record:
    return join_session("api_test", jobs, commit=COMMIT, run="joined", measure=measure)


def red(record: Record) -> str:
    assert record.verdict is Verdict.FAILED
    assert not record.outcome.passed
    return record.reason


ONE, TWO = share("1/2", tests=12, selected=12), share("2/2", tests=8, selected=8, skipped=1)


def test_shares_that_are_all_green_are_one_green_record_with_their_numbers() -> None:
    joined = join(ONE, TWO)
    assert (joined.verdict, joined.reason) == (Verdict.PASSED, "")
    assert joined.outcome.headline == "20 tests · 1 skipped · 2 shards"
    assert (joined.run, joined.duration_s) == ("joined", 9.0)
    assert {
        name: joined.outcome.metrics[name] for name in ("tests", "skipped", "pass_percent")
    } == {
        "tests": 20,
        "skipped": 1,
        "pass_percent": 100.0,
    }


def test_a_session_that_one_job_ran_stays_as_it_is() -> None:
    whole = share("")
    assert join(whole) == replace(whole.record, run="joined")
    failed = share("", verdict=Verdict.FAILED, failures=(FAILED,))
    assert join(failed) == replace(failed.record, run="joined")
    assert red(join(share("", verdict=None))) == "api_test did not finish"


def test_a_session_that_no_job_ran_is_red() -> None:
    assert red(join()) == "no job ran it"


@pytest.mark.parametrize(("left", "missing"), [(ONE, "2/2"), (TWO, "1/2")])
def test_a_missing_shard_is_red(left: JobRecord, missing: str) -> None:
    assert red(join(left)) == f"shard {missing} is missing: no job ran it"


def test_a_doubled_shard_is_red() -> None:
    assert red(join(ONE, TWO, TWO)) == "shard 2/2 is there 2 times"


def test_a_doubled_session_is_red() -> None:
    assert red(join(share(""), share(""))) == "2 jobs ran all of api_test"


def test_shares_beside_all_of_it_are_red() -> None:
    assert red(join(share(""), ONE, TWO)) == "a job ran all of api_test, and others shares of it"


def test_shards_of_different_numbers_are_red() -> None:
    assert red(join(ONE, share("2/3"))) == "the shards do not belong together: 1/2, 2/3"


def test_a_red_shard_is_red_with_its_failures() -> None:
    failed = share("2/2", verdict=Verdict.FAILED, failures=(FAILED,))
    joined = join(share("1/2"), failed)
    assert red(joined) == "1 of 20 tests failed · 2 shards"
    assert joined.outcome.failures == (FAILED,)


def test_a_shard_that_failed_without_a_failure_tells_its_reason() -> None:
    failed = share("2/2", verdict=Verdict.FAILED)
    failed = replace(failed, record=replace(failed.record, reason="no Python 3.13"))
    assert red(join(share("1/2"), failed)) == "shard 2/2: no Python 3.13"


def test_a_shard_that_was_killed_is_red() -> None:
    joined = join(ONE, share("2/2", verdict=None))
    red(joined)
    assert [failure.title for failure in joined.outcome.failures] == [
        "shard 2/2 is missing: no job ran it",
        "api_test did not finish",
    ]


@pytest.mark.parametrize("jobs", [(share("", commit="b" * 40),), (ONE, share("2/2", commit=""))])
def test_another_commit_is_red(jobs: tuple[JobRecord, ...]) -> None:
    assert "is of another commit" in red(join(*jobs))


def test_what_a_session_itself_wrote_beside_the_commit_does_not_matter() -> None:
    assert join(ONE, replace_commit(TWO, f"{COMMIT}+")).verdict is Verdict.PASSED


def replace_commit(job: JobRecord, commit: str) -> JobRecord:
    facts = {**job.record.outcome.facts, "commit": commit}
    outcome = replace(job.record.outcome, facts=facts)
    return replace(job, record=replace(job.record, outcome=outcome))


GATE = {"coverage_gate": "90"}


def test_coverage_below_its_gate_is_red_though_every_shard_is_green() -> None:
    jobs = (share("1/2", facts=GATE), share("2/2", facts=GATE))
    joined = join(*jobs, measure=lambda folders: 89.96)
    assert red(joined) == "coverage 89.9 % is below 90 %"


def test_coverage_is_judged_by_all_shards_together() -> None:
    jobs = (
        share("1/2", facts=GATE, coverage_percent=50.0),
        share("2/2", facts=GATE, coverage_percent=45.0),
    )
    asked: list[Sequence[Path]] = []
    joined = join(*jobs, measure=lambda folders: asked.append(folders) or 95.0)
    assert joined.verdict is Verdict.PASSED
    assert joined.outcome.headline == "20 tests · 95 % covered · 2 shards"
    assert asked == [[Path("reports/1/2"), Path("reports/2/2")]]


def test_coverage_that_was_asked_for_and_not_measured_is_red() -> None:
    jobs = (share("1/2", facts=GATE), share("2/2", facts=GATE))
    assert red(join(*jobs)) == "coverage was not measured, and 90 % are asked for"


def test_coverage_that_cannot_be_read_is_red() -> None:
    def measure(folders: Sequence[Path]) -> float:
        raise ValueError("coverage.json cannot be joined: it is empty")

    assert red(join(ONE, TWO, measure=measure)) == "coverage.json cannot be joined: it is empty"


@pytest.mark.parametrize(("wanted", "verdict"), [("95", Verdict.PASSED), ("96", Verdict.FAILED)])
def test_the_share_of_passed_tests_is_judged_by_all_of_them(wanted: str, verdict: Verdict) -> None:
    gate = {"pass_gate": wanted}
    joined = join(share("1/2", facts=gate), share("2/2", facts=gate, failures=(FAILED,)))
    assert joined.verdict is verdict


@pytest.mark.parametrize(
    "odd", [{"facts": {"test_names": "m"}}, {"collected": 21}, {"selected": 9}]
)
def test_shards_that_found_other_tests_are_red(odd: dict[str, Any]) -> None:
    assert "did not find the same tests" in red(join(share("1/2"), share("2/2", **odd)))


def test_no_test_in_any_shard_is_red() -> None:
    none = {"tests": 0, "selected": 0, "collected": 0}
    assert red(join(share("1/2", **none), share("2/2", **none))) == "no test was found"


def test_an_empty_shard_among_others_is_right() -> None:
    numbers: dict[str, float] = {"collected": 1}
    one = share("1/2", tests=1, selected=1, **numbers)
    assert join(one, share("2/2", tests=0, selected=0, **numbers)).verdict is Verdict.PASSED


def test_tests_that_are_all_skipped_are_not_verified() -> None:
    joined = join(share("1/2", skipped=10), share("2/2", skipped=10))
    assert joined.verdict is Verdict.NOT_VERIFIED
    assert joined.reason == "all 20 tests were skipped"


def test_records_are_found_in_the_folder_of_each_job(tmp_path: Path) -> None:
    for job in (TWO, ONE):
        folder = tmp_path / "jobs" / f"cicd-{job.shard[0]}" / "records"
        folder.mkdir(parents=True)
        (folder / "api_test.json").write_text(render_json(job.record), encoding="utf-8")
    (folder / "torn.json").write_text("{")
    found = read_jobs(tmp_path)
    assert [job.shard for job in found] == ["1/2", "2/2"]
    assert found[0].reports == tmp_path / "jobs" / "cicd-1" / "reports" / "api_test"


def test_what_came_along_as_a_prerequisite_is_no_second_job() -> None:
    requires = {"contract": ["smoke"], "smoke": ["api_test"], "api_test": []}
    before = prerequisites_of(["contract", "api_test"], requires)
    assert before == {"smoke", "api_test"}
    whole, failed = share(""), share("", verdict=Verdict.FAILED)
    assert own_jobs((ONE, whole, TWO), "api_test", before) == (ONE, TWO)
    assert own_jobs((whole, failed), "api_test", before) == (failed,)
    assert own_jobs((whole, failed), "api_test", ()) == (whole, failed)
    assert own_jobs((), "api_test", before) == ()


@pytest.mark.parametrize("shard", ["", "1/2"])
def test_a_job_that_ran_only_what_was_chosen_is_red(shard: str) -> None:
    one = share(shard)
    chosen = replace(one, record=replace(one.record, decided=Decided(arguments=("-k", "one"))))
    jobs = (chosen, share("2/2")) if shard else (chosen,)
    of = "shard 1/2" if shard else "api_test"
    assert red(join(*jobs)) == f"{of} ran only what `-- -k one` chose"


def test_arguments_that_a_session_does_not_read_choose_nothing() -> None:
    one = share("")
    record = replace(one.record, verb="lint", decided=Decided(arguments=("-k", "one")))
    assert join(replace(one, record=record)).verdict is Verdict.PASSED
