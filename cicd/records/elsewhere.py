"""The records of a run that was made elsewhere: a file, a folder, an artifact as it comes."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from cicd.errors import CicdError, MissingError, SettingsError
from cicd.records.jobs import JobRecord
from cicd.records.join import join_session
from cicd.records.record import parse_json
from cicd.records.runs import WHOLE
from cicd.records.shares import is_share

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cicd.records.join import Measure
    from cicd.records.record import Record

_FOLDER = "records"
_WHAT = "a record, a folder with records, or an artifact as GitHub packs it (.zip)"


def read_elsewhere(path: Path, measure: Measure = lambda _: None) -> tuple[Record, ...]:
    """One record for each session, the newest; of a folder of runs, those of the newest run.

    Several shares of its tests are joined; `measure` says what they covered together.
    Raises `SettingsError` for a path that is not there, `MissingError` where there is no record,
    `CicdError` for a file that is none.
    """
    if not path.exists():
        raise SettingsError(f"{path} is not there", fix=f"name {_WHAT}")
    texts = dict(_read_texts(path))
    jobs = [_parse(path, name, text) for name, text in sorted(_chosen(texts))]
    if not jobs:
        raise MissingError(f"there is no record in {path}", fix=f"name {_WHAT}")
    return _newest(jobs, measure)


def is_of_one_job(path: Path) -> bool:
    """Whether it says nothing of sessions that it does not have: it is one record, or comes
    from a run of some sessions."""
    texts = dict(_read_texts(path))
    folders = {PurePosixPath(name).parent for name, _ in _chosen(texts)}
    if path.is_file() and list(texts) == [str(path)]:
        return True
    if len(folders) != 1 or (folder := folders.pop()).name != _FOLDER:
        return False
    beside = _names_beside(path, folder.parent)
    return WHOLE not in beside and bool(beside & {"owner", "report.md"})


def _names_beside(path: Path, folder: PurePosixPath) -> set[str]:
    if path.is_dir():
        return {each.name for each in Path(folder).iterdir()}
    with zipfile.ZipFile(path) as archive:
        names = [PurePosixPath(f"{path}/{name}") for name in archive.namelist()]
    return {name.name for name in names if name.parent == folder}


def _read_texts(path: Path) -> Iterator[tuple[str, bytes]]:
    """The name and the content of every JSON file that may be a record."""
    try:
        if path.is_dir():
            yield from ((str(each), each.read_bytes()) for each in _below(path))
        elif zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                names = (name for name in archive.namelist() if name.endswith(".json"))
                yield from ((f"{path}/{name}", archive.read(name)) for name in names)
        else:
            yield str(path), path.read_bytes()
    except (OSError, zipfile.BadZipFile, RuntimeError) as error:
        raise CicdError(f"{path} cannot be read: {error}") from error


def _below(folder: Path) -> list[Path]:
    """Those in the newest of several runs, else all; without walking an environment."""
    for runs in (folder / ".cicd" / "runs", folder / "runs", folder):
        found = sorted(runs.glob(f"*/{_FOLDER}"), key=lambda each: each.parent.name)
        named = [each for each in found if (each.parent / "owner").is_file()]
        if named:
            return sorted(named[-1].glob("*.json"))
    return [each for each in folder.rglob("*.json") if "node_modules" not in each.parts]


def _chosen(texts: dict[str, bytes]) -> Iterable[tuple[str, bytes]]:
    """Those in a folder called `records`; beside them lie reports, which are JSON as well."""
    inside = {n: text for n, text in texts.items() if PurePosixPath(n).parent.name == _FOLDER}
    return (inside or texts).items()


def _parse(path: Path, name: str, text: bytes) -> JobRecord:
    try:
        record = parse_json(text.decode("utf-8"))
    except (CicdError, UnicodeDecodeError) as error:
        raise CicdError(f"{name} is no record: {error}", fix=f"name {_WHAT}") from error
    file = Path(name)
    reports = file.parent.parent / "reports" / record.session
    if path.is_dir() and reports.is_dir():
        return JobRecord(record, reports)
    # What its tests covered is not here to be measured, and is not judged.
    facts = {name: fact for name, fact in record.outcome.facts.items() if name != "coverage_gate"}
    unmeasured = replace(record, outcome=replace(record.outcome, facts=facts))
    return JobRecord(unmeasured if is_share(record) else record, reports)


def _newest(jobs: Iterable[JobRecord], measure: Measure) -> tuple[Record, ...]:
    found: dict[str, list[JobRecord]] = {}
    for job in sorted(jobs, key=lambda each: each.record.started_at):
        found.setdefault(job.record.session, []).append(job)
    records = (_one(session, theirs, measure) for session, theirs in found.items())
    return tuple(sorted(records, key=lambda each: each.started_at))


def _one(session: str, jobs: list[JobRecord], measure: Measure) -> Record:
    """A whole session before shares of its tests, and a later one before an earlier one."""
    whole = [job for job in jobs if not is_share(job.record)]
    shares = {job.shard: job for job in jobs if is_share(job.record)}
    if of_all := [job.record for job in whole if job.shard or not shares and job is whole[-1]]:
        return of_all[-1]
    if finished := [job.record for job in whole if job.record.verdict]:
        return finished[-1]
    if not shares or len(shares) + len(whole) == 1:
        return jobs[-1].record
    last = list(shares.values())[-1].record
    # One that did not finish cannot say which share it was.
    joined = join_session(
        session,
        [_whatever_was_chosen(job) for job in (*shares.values(), *whole)],
        commit=last.outcome.facts.get("commit", ""),
        run=last.run,
        measure=measure,
    )
    return replace(joined, decided=last.decided)


def _whatever_was_chosen(job: JobRecord) -> JobRecord:
    """What stood after `--` makes no share red here: it is compared like all that decides."""
    decided = replace(job.record.decided, arguments=())
    return replace(job, record=replace(job.record, decided=decided))
