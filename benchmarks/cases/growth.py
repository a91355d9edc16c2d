"""1,000, 10,000 and 100,000 files: the keys of all sessions beside `git status`."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable
from pathlib import Path

from benchmarks import sides
from benchmarks.many_parts import write_parts
from benchmarks.results import Comparison, Result
from benchmarks.sides import Side
from benchmarks.yard import Yard, commit_all, do, write_files

GROWTH = "growth"
_COUNTS = (1_000, 10_000, 100_000)
_IN_A_FOLDER = 50
_LINEAR = 1.2
_TEXT = """\
A backend and a frontend with so many committed files, nothing changed, nothing in memory from the
call before. The keys are those of all sessions: git asked once, every element read. Discovery
turns the tree into parts; listing is the whole of `nox -l`."""
_DRIVER = Path(__file__).parent.parent / "drivers" / "key_times.py"
_NOTES = (
    "`git status` looks at each file and lists what differs. A key wants the ids of all files and"
    " what git ignores as well: three questions to git, and a line to read for each file.",
)
Times = dict[str, list[float]]


def growth(yard: Yard, rounds: int, say: Callable[[str], None]) -> Result:
    """Reach: keys at most 1.5 of `git status`; discovery and listing linear."""
    found: dict[int, dict[str, float]] = {}
    for count in _COUNTS:
        root = _tree(yard, count, say)
        times = _key_times(yard, root, rounds * 5)
        listing = Side(title="nox -l", command=("nox", "-l"), cwd=root, env=yard.env())
        listed = sides.run_in_turns([listing], rounds * 3, _silent, memory=False)["nox -l"]
        medians = {name: statistics.median(values) for name, values in times.items()}
        found[count] = {**medians, "listing": listed.wall_s}
        say(f"  {count}: {found[count]}")
    return Result(
        case=GROWTH,
        title="How it grows with files",
        text=_TEXT,
        columns=("files", "git status", "keys", "keys to git status", "discovery", "nox -l"),
        lines=[_line(count, times) for count, times in found.items()],
        comparisons=[
            *(_keys(count, times) for count, times in found.items()),
            _linear("discovery", found),
            _linear("listing", found),
        ],
        notes=_NOTES,
        rounds=rounds * 5,
    )


def _tree(yard: Yard, count: int, say: Callable[[str], None]) -> Path:
    """It has been green once: which Python and Node it gets is known."""
    root = yard.folder / f"files-{count}"
    folders = write_parts(root, 2)
    side = Side(title="a first run", command=("nox", "-s", "ci"), cwd=root, env=yard.env())
    sides.run_unjudged(side)
    there = len(do(("git", "ls-files"), root).splitlines())
    if there < count:
        say(f"  before: {count} files are written")
        _fill(root, folders, count - there)
    do(("git", "status", "--porcelain"), root)  # it refreshes the index
    return root


def _fill(root: Path, folders: list[str], count: int) -> None:
    for number in range(count):
        part = folders[number % len(folders)]
        name = f"{part}/shelves/{number // _IN_A_FOLDER:04}/book_{number:06}.txt"
        path = root / name
        if number % _IN_A_FOLDER < len(folders):
            path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"book {number}\n")
    write_files(root, {"filled": f"{count}\n"})
    commit_all(root)


def _key_times(yard: Yard, root: Path, rounds: int) -> Times:
    said = do((str(yard.python), str(_DRIVER), str(rounds)), root, yard.env())
    times: Times = json.loads(said.splitlines()[-1])
    return times


def _line(count: int, times: dict[str, float]) -> list[str]:
    ratio = f"{times['keys'] / times['status']:.2f}"
    return [
        f"{count:,}",
        _ms(times["status"]),
        _ms(times["keys"]),
        ratio,
        _ms(times["discovery"]),
        _ms(times["listing"]),
    ]


def _keys(count: int, times: dict[str, float]) -> Comparison:
    return Comparison(
        what=f"keys of all sessions, {count:,} files",
        ours=_ms(times["keys"]),
        beside=f"git status: {_ms(times['status'])}",
        ratio=times["keys"] / times["status"],
        reach=1.5,
    )


def _linear(what: str, found: dict[int, dict[str, float]]) -> Comparison:
    """What a thousand files more cost, among many and among few."""
    few, some, many = (found[count][what] for count in _COUNTS)
    among_few = 1000 * (some - few) / (_COUNTS[1] - _COUNTS[0])
    among_many = 1000 * (many - some) / (_COUNTS[2] - _COUNTS[1])
    return Comparison(
        what=f"{what}, from 10,000 to 100,000 files beside 1,000 to 10,000",
        ours=f"{1000 * among_many:.2f} ms for 1,000 files",
        beside=f"{1000 * among_few:.2f} ms",
        ratio=among_many / among_few if among_few > 0 else 1.0,
        reach=_LINEAR,
    )


def _ms(value_s: float) -> str:
    return f"{1000 * value_s:.1f} ms"


def _silent(line: str) -> None:
    """The table says it all."""
