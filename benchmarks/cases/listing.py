"""`nox -l` and the completion of `nox -s`: what a noxfile costs before any session runs."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks import nox_peers, sides
from benchmarks.cases.six import NOXFILE
from benchmarks.figures import mebibytes
from benchmarks.results import Comparison, Result
from benchmarks.sides import Figures, Side
from benchmarks.yard import Yard, copy_bookshop, do, write_files

LISTING = "listing"
OURS, BARE = "ours", "bare nox"
_TEXT = """\
CPU time, user and system, of everything a call starts. Ours is the bookshop with its ten checks and
all other sessions; bare nox has as many plain sessions, the others the noxfile that their
documentation begins with, each in an environment of its own."""
_LIST, _COMPLETE = "nox -l", "completion of nox -s"
_COMMAND = {
    _LIST: "nox -l",
    # https://kislyuk.github.io/argcomplete: what a shell asks, with its answer in a file
    _COMPLETE: "rm -f said; _ARGCOMPLETE=1 _ARGCOMPLETE_STDOUT_FILENAME=said COMP_TYPE=9"
    " COMP_LINE='nox -s ' COMP_POINT=7 nox; cat said",
}


def listing(yard: Yard, rounds: int, say: Callable[[str], None]) -> Result:
    """Reach: at most 15 ms of CPU more than bare nox."""
    roots = {OURS: _ours(yard), BARE: _bare(yard)}
    found_peers, missing = nox_peers.open_peers(yard, say)
    lines, compared = [], []
    for what, command in _COMMAND.items():
        chosen = [
            *(_side(name, root, command, yard.env()) for name, root in roots.items()),
            *(_side(each.name, each.root, command, each.env(yard)) for each in found_peers),
        ]
        for side in chosen:
            sides.run_unjudged(side)
        found = sides.run_in_turns(chosen, rounds * 10, _silent)
        say(f"  {what}: {', '.join(f'{n} {_ms(f.cpu_s)}' for n, f in found.items())}")
        lines += [_line(what, name, found) for name in found]
        compared.append(_compare(what, found))
    return Result(
        case=LISTING,
        title="Listing and completion",
        text=_TEXT,
        columns=("", "", "CPU", "over bare nox", "wall", "peak memory"),
        lines=lines,
        comparisons=compared,
        notes=[f"{name} is left out: {why}" for name, why in missing.items()],
        versions={each.name: each.version for each in found_peers},
        rounds=rounds * 10,
    )


def _ours(yard: Yard) -> Path:
    root = yard.folder / "listing-ours"
    root.mkdir(exist_ok=True)
    copy_bookshop(root, {"noxfile.py": NOXFILE})
    return root


def _bare(yard: Yard) -> Path:
    """As many sessions as ours has."""
    said = do(("nox", "-l"), _ours(yard), yard.env())
    names = [line.split()[1] for line in said.splitlines() if line[:2] in ("* ", "- ")]
    sessions = "".join(f"\n\n@nox.session\ndef {name}(session):\n    pass\n" for name in names)
    root = yard.folder / "listing-bare"
    write_files(root, {"noxfile.py": f"import nox\n{sessions}"})
    return root


def _side(name: str, root: Path, command: str, env: Mapping[str, str]) -> Side:
    """Each of these noxfiles has a session of this kind."""
    words = "backend_test" if name in (OURS, BARE) else "lint|format|pytest"
    return Side(title=name, command=("sh", "-c", command), cwd=root, env=env, expects=(words,))


def _line(what: str, name: str, found: Mapping[str, Figures]) -> list[str]:
    figures = found[name]
    over = "–" if name == BARE else _ms(_added(found, name))
    peak = mebibytes(figures.peak)
    return [what, name, _ms(figures.cpu_s), over, _ms(figures.wall_s), peak]


def _compare(what: str, found: Mapping[str, Figures]) -> Comparison:
    return Comparison(
        what=f"{what}, CPU",
        ours=_ms(found[OURS].cpu_s),
        beside=f"{BARE}: {_ms(found[BARE].cpu_s)}",
        ratio=1000 * _added(found, OURS),
        reach=15,
        unit="ms more",
    )


def _added(found: Mapping[str, Figures], name: str) -> float:
    """The median of the differences: both sides of a pair met the same moment of the machine."""
    pairs = zip(found[name].samples, found[BARE].samples, strict=True)
    return statistics.median(one.cpu_s - other.cpu_s for one, other in pairs)


def _ms(value_s: float) -> str:
    return f"{1000 * value_s:.0f} ms"


def _silent(line: str) -> None:
    """A line for each of hundreds of short runs helps nobody."""
