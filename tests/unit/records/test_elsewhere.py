"""Records of another run, in whatever form somebody has them."""

import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cicd.errors import CicdError, MissingError, SettingsError
from cicd.model import Outcome, Verdict
from cicd.records.decided import Decided
from cicd.records.elsewhere import is_of_one_job, read_elsewhere
from cicd.records.record import Record, parse_json, render_json
from cicd.records.shares import is_share
from cicd.records.store import write_record

ONE = Record(
    session="backend_test",
    run="r",
    part="backend",
    verb="test",
    started_at="2026-01-01T10:00:00+00:00",
    verdict=Verdict.PASSED,
    decided=Decided(arguments=("-x",), versions={"python": "CPython 3.13.0"}, environment=("A",)),
)
TWO = replace(ONE, session="backend_lint", verb="lint", started_at="2026-01-01T10:00:01+00:00")


@pytest.fixture
def artifact(tmp_path: Path) -> Path:
    """As `ci` uploads it, and GitHub's client unpacks it."""
    folder = tmp_path / "download" / "cicd"
    write_record(folder / "records", ONE)
    write_record(folder / "records", TWO)
    (folder / "reports" / "frontend_test").mkdir(parents=True)
    (folder / "reports" / "frontend_test" / "tests.json").write_text("{}")
    return tmp_path / "download"


def test_a_record_can_be_named(artifact: Path) -> None:
    assert read_elsewhere(artifact / "cicd" / "records" / "backend_test.json") == (ONE,)


def test_a_folder_at_any_height_can_be_named(artifact: Path) -> None:
    for folder in (artifact, artifact / "cicd", artifact / "cicd" / "records"):
        assert read_elsewhere(folder) == (ONE, TWO)


def test_an_artifact_can_be_named_as_it_is_downloaded(artifact: Path) -> None:
    packed = artifact / "cicd.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for path in (artifact / "cicd").rglob("*.json"):
            archive.write(path, path.relative_to(artifact / "cicd"))
    assert read_elsewhere(packed) == (ONE, TWO)


def test_of_several_runs_the_newest_counts(tmp_path: Path) -> None:
    for run, record in (("20260101T000000-1-aaaaaa", TWO), ("20260102T000000-1-aaaaaa", ONE)):
        folder = tmp_path / "checkout" / ".cicd" / "runs" / run
        write_record(folder / "records", replace(record, run=run))
        (folder / "owner").write_text("1")
    for path in ("checkout", "checkout/.cicd", "checkout/.cicd/runs"):
        (record,) = read_elsewhere(tmp_path / path)
        assert record.run == "20260102T000000-1-aaaaaa"


def test_jobs_that_each_ran_a_session_are_one_run(tmp_path: Path) -> None:
    for number, record in enumerate((ONE, TWO)):
        write_record(tmp_path / f"job-{number}" / "records", replace(record, run=str(number)))
    assert {record.session for record in read_elsewhere(tmp_path)} == {
        "backend_test",
        "backend_lint",
    }


def test_the_whole_of_a_session_counts_before_its_shares(tmp_path: Path) -> None:
    share = replace(
        ONE, started_at="2026-01-02T10:00:00+00:00", outcome=Outcome(facts={"shard": "1/2"})
    )
    write_record(tmp_path / "one" / "records", share)
    write_record(tmp_path / "ok" / "records", ONE)
    assert read_elsewhere(tmp_path) == (ONE,)


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="nowhere is not there"):
        read_elsewhere(tmp_path / "nowhere")
    with pytest.raises(MissingError, match="there is no record in"):
        read_elsewhere(tmp_path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"{", "not a record"),
        (b"[1]", "not a record"),
        (b"\xff\xfe", "cannot be|codec|utf-8"),
        (b'{"schema": 99}', "has schema 99, this version reads 1"),
        (b'{"schema": 1, "session": "a"}', "not a record"),
    ],
)
def test_a_damaged_record_is_named(tmp_path: Path, text: bytes, said: str) -> None:
    (tmp_path / "records").mkdir()
    write_record(tmp_path / "records", ONE)
    (tmp_path / "records" / "other.json").write_bytes(text)
    with pytest.raises(CicdError, match=said) as raised:
        read_elsewhere(tmp_path)
    assert "other.json" in str(raised.value)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("started_at", None),
        ("duration_s", "long"),
        ("outcome.metrics", {"tests": "x"}),
        ("outcome.facts", {"commit": 1}),
        ("outcome.unverified", [1]),
        ("decided.packages", ["pytest"]),
        ("decided.arguments", "-x"),
        ("decided", []),
        ("outcome", None),
        ("commands", [{"command": None, "return_code": 0, "duration_s": 0}]),
        ("commands", [1]),
    ],
)
def test_a_field_of_another_type_is_no_record(field: str, value: object) -> None:
    values = json.loads(render_json(ONE))
    *above, name = field.split(".")
    (values[above[0]] if above else values)[name] = value
    with pytest.raises(CicdError, match="not a record"):
        parse_json(json.dumps(values))


def test_what_is_no_record_is_said_with_what_to_name(artifact: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "whole.zip", "w") as archive:
        archive.writestr("records/backend_test.json", render_json(ONE))
    cut = tmp_path / "cut.zip"
    cut.write_bytes((tmp_path / "whole.zip").read_bytes()[:200] + b"\xff")
    for path in (cut, artifact / "cicd" / "reports"):
        with pytest.raises(CicdError, match="is no record") as raised:
            read_elsewhere(path)
        assert raised.value.fix.startswith("name a record, a folder")


def share_of(shard: str, **changes: Any) -> Record:
    """Four tests of eight, for two shares that belong together."""
    numbers = {"tests": 4, "selected": 4, "collected": 8}
    facts = {"shard": shard, "coverage_gate": "90"}
    return replace(ONE, **{"outcome": Outcome(metrics=numbers, facts=facts), **changes})


def test_shares_in_one_folder_are_joined(tmp_path: Path) -> None:
    write_record(tmp_path / "one" / "records", share_of("1/2"))
    write_record(tmp_path / "two" / "records", share_of("2/2"))
    (joined,) = read_elsewhere(tmp_path)
    assert (joined.verdict, joined.outcome.metrics["tests"]) == (Verdict.PASSED, 8)
    assert not is_share(joined)


def test_what_shares_covered_is_measured_where_their_reports_are(tmp_path: Path) -> None:
    for name, shard in (("one", "1/2"), ("two", "2/2")):
        write_record(tmp_path / name / "records", share_of(shard))
        (tmp_path / name / "reports" / "backend_test").mkdir(parents=True)
    (joined,) = read_elsewhere(tmp_path, lambda folders: 80.0)
    assert joined.verdict is Verdict.FAILED
    assert joined.outcome.metrics["coverage_percent"] == 80


@pytest.mark.parametrize(
    ("second", "said"),
    [
        (share_of("2/3"), "shard 3/3 is missing"),
        (share_of("2/3", verdict=Verdict.FAILED), "shard 3/3 is missing"),
        (replace(ONE, verdict=None), "backend_test did not finish"),
    ],
)
def test_shares_that_do_not_cover_all_are_red(tmp_path: Path, second: Record, said: str) -> None:
    write_record(tmp_path / "one" / "records", share_of("1/3"))
    write_record(tmp_path / "two" / "records", second)
    (joined,) = read_elsewhere(tmp_path)
    assert joined.verdict is Verdict.FAILED
    assert said in {failure.title.partition(":")[0] for failure in joined.outcome.failures}


def test_a_share_that_is_alone_stays_one(tmp_path: Path) -> None:
    write_record(tmp_path / "records", share_of("1/3"))
    (record,) = read_elsewhere(tmp_path)
    assert is_share(record)


@pytest.mark.parametrize("packed", [False, True])
def test_an_artifact_of_a_run_of_some_sessions_says_nothing_of_others(
    artifact: Path, packed: bool
) -> None:
    folder = artifact / "cicd"
    named = artifact / "cicd.zip" if packed else folder
    assert not is_of_one_job(folder)
    for name, of_one in (("report.md", True), ("whole", False)):
        (folder / name).write_text("")
        if packed:
            with zipfile.ZipFile(named, "w") as archive:
                for path in folder.rglob("*.*"):
                    archive.write(path, path.relative_to(folder))
                for path in folder.glob("whole"):
                    archive.write(path, path.relative_to(folder))
        assert is_of_one_job(named) is of_one
    assert is_of_one_job(folder / "records" / "backend_test.json")


def test_a_broken_archive_is_an_error(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("records/backend_test.json", render_json(ONE))
    whole = (tmp_path / "a.zip").read_bytes()
    (tmp_path / "a.zip").write_bytes(whole.replace(b'"verb"', b'"VERB"'))
    with pytest.raises(CicdError, match="cannot be read"):
        read_elsewhere(tmp_path / "a.zip")


def test_what_decided_survives_json_and_may_be_missing_or_longer() -> None:
    text = render_json(ONE)
    assert parse_json(text) == ONE
    assert parse_json(text.replace('"strict"', '"later": [1], "strict"')) == ONE
    start = text.index(',\n  "decided"')
    assert parse_json(text[:start] + "\n}") == replace(ONE, decided=Decided())


def test_what_somebody_wrote_is_masked_in_what_decided(tmp_path: Path) -> None:
    decided = replace(ONE.decided, arguments=("hunter2",), options={"format": "tool hunter2"})
    write_record(tmp_path, replace(ONE, decided=decided), lambda t: t.replace("hunter2", "***"))
    assert "hunter2" not in (tmp_path / "backend_test.json").read_text()
