"""The records of a run that was made elsewhere: a file, a folder, an artifact as it comes."""

from __future__ import annotations

import zipfile
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from cicd.config.shard import parse_shard
from cicd.errors import CicdError, MissingError, SettingsError
from cicd.records.record import parse_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from cicd.records.record import Record

_FOLDER = "records"
_WHAT = "a record, a folder with records, or an artifact as GitHub packs it (.zip)"


def read_elsewhere(path: Path) -> tuple[Record, ...]:
    """One record for each session, the newest; of a folder of runs, those of the newest run.

    Raises `SettingsError` for a path that is not there, `MissingError` where there is no record,
    `CicdError` for a file that is none.
    """
    if not path.exists():
        raise SettingsError(f"{path} is not there", fix=f"name {_WHAT}")
    texts = dict(_read_texts(path))
    records = [_parse(name, text) for name, text in sorted(_chosen(texts))]
    if not records:
        raise MissingError(f"there is no record in {path}", fix=f"name {_WHAT}")
    return _newest(records)


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


def _parse(name: str, text: bytes) -> Record:
    try:
        return parse_json(text.decode("utf-8"))
    except (CicdError, UnicodeDecodeError) as error:
        raise CicdError(f"{name}: {error}") from error


def _newest(records: Iterable[Record]) -> tuple[Record, ...]:
    """A whole session before a share of its tests, and a later one before an earlier one."""
    found: dict[str, Record] = {}
    for record in sorted(records, key=lambda each: (not is_share(each), each.started_at)):
        found[record.session] = record
    return tuple(sorted(found.values(), key=lambda each: each.started_at))


def is_share(record: Record) -> bool:
    """Whether it is of a part of the tests; what was joined from all shares is whole."""
    named = record.outcome.facts.get("shard", "")
    shards = {shard for text in named.split(", ") if (shard := parse_shard(text))}
    return bool(named) and not any(len(shards) == shard.of for shard in shards)
