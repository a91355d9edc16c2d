"""1, 10 and 50 parts: listing, and a run with nothing changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from benchmarks import figures, sides
from benchmarks.many_parts import write_parts
from benchmarks.results import Comparison, Result
from benchmarks.sides import Figures, Side
from benchmarks.yard import Yard

PARTS = "parts"
_COUNTS = (1, 10, 50)
_LISTS_S, _RUNS_S = 0.4, 1.5
_LINEAR = 1.2
_TEXT = """\
Small parts that are real, half of them backends with `uv.lock`, half frontends with
`package-lock.json` (`benchmarks/many_parts.py`), four checks each; `nox -s ci` has been green
there, and nothing changed since. The noxfile has three lines: every part is discovered."""


def many(yard: Yard, rounds: int, say: Callable[[str], None]) -> Result:
    """Reach: 50 parts list in 0.4 s, an unchanged run there takes 1.5 s, listing is linear."""
    chosen = [side for count in _COUNTS for side in _sides(yard, count, say)]
    found = sides.run_in_turns(chosen, rounds * 2, say)
    lists = {count: found[_title("nox -l", count)] for count in _COUNTS}
    runs = {count: found[_title("nox -s ci", count)] for count in _COUNTS}
    most = _COUNTS[-1]
    return Result(
        case=PARTS,
        title="How it grows with parts",
        text=_TEXT,
        columns=figures.COLUMNS[:-1],
        lines=[line[:-1] for line in figures.lines(found, _title("nox -l", 1))],
        comparisons=[
            _within(f"{most} parts: nox -l", lists[most], _LISTS_S),
            _within(f"{most} parts, nothing changed: nox -s ci", runs[most], _RUNS_S),
            _linear("listing, from 10 to 50 parts beside 1 to 10", lists),
        ],
        rounds=rounds * 2,
    )


def _sides(yard: Yard, count: int, say: Callable[[str], None]) -> tuple[Side, Side]:
    root = yard.folder / f"parts-{count}"
    write_parts(root, count)
    checks = _run_for_real(yard, root, count, say)
    lists = _title("nox -l", count), ("nox", "-l")
    runs = _title("nox -s ci", count), ("nox", "-s", "ci")
    env = yard.env()
    return (
        Side(title=lists[0], command=lists[1], cwd=root, env=env, expects=("backend_00_test",)),
        Side(
            title=runs[0],
            command=runs[1],
            cwd=root,
            env=env,
            expects=(f"Green in .*, {checks} of {checks} reused",),
        ),
    )


def _run_for_real(yard: Yard, root: Path, count: int, say: Callable[[str], None]) -> int:
    """Fills the store; twice, since what an installation writes may count. How many checks."""
    say(f"  before: {count} parts are checked for real")
    side = Side(title="a first run", command=("nox", "-s", "ci"), cwd=root, env=yard.env())
    for _ in range(2):
        sides.run_unjudged(side)
    run = max((root / ".cicd" / "runs").iterdir())
    return len(list((run / "records").glob("*.json")))


def _title(command: str, count: int) -> str:
    return f"{command}, {count} {'part' if count == 1 else 'parts'}"


def _within(what: str, found: Figures, reach_s: float) -> Comparison:
    return Comparison(
        what=what,
        ours=figures.seconds(found.wall_s),
        beside=f"a bound of {reach_s} s",
        ratio=found.wall_s / reach_s,
        reach=1.0,
    )


def _linear(what: str, found: dict[int, Figures]) -> Comparison:
    """What a part more costs, among many and among few."""
    one, some, many = (found[count].cpu_s for count in _COUNTS)
    among_few = (some - one) / (_COUNTS[1] - _COUNTS[0])
    among_many = (many - some) / (_COUNTS[2] - _COUNTS[1])
    return Comparison(
        what=what,
        ours=f"{1000 * among_many:.2f} ms a part",
        beside=f"{1000 * among_few:.2f} ms a part",
        ratio=among_many / among_few if among_few > 0 else 1.0,
        reach=_LINEAR,
    )
