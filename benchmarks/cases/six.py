"""The bookshop's six checks: with nothing changed, and with one backend file changed."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path

from benchmarks import figures, peers, sides
from benchmarks.results import Result
from benchmarks.sides import Side
from benchmarks.yard import Yard, copy_bookshop

NOTHING, ONE_FILE = "nothing-changed", "one-file"
OURS, TURBO = "nox -s ci", "npx turbo run"
_TURBO_ITSELF = "turbo run, the binary itself"
_NX, _MOON, _BARE = "npx nx run-many", "moon run", "nox alone, its sessions always run"
NOXFILE = """\
import cicd

project = cicd.project(cicd.Backend("backend"), cicd.Frontend("frontend"))
"""
_SIX = f"""\
{NOXFILE}
for name in ("backend_format", "backend_migrations", "frontend_format", "frontend_build"):
    project.drop(name)
"""
_TASKS = ("lint", "typecheck", "test")
_SLOW = 1
"""Rounds of a side that runs everything each time: it decides nothing."""
_TEXT = """\
The six checks are flake8, mypy, pytest on a new PostgreSQL container with the migrations run, and
eslint, tsc and jest; both suites with coverage. Ours is `nox -s ci` with these six; each of the
others has six tasks that call the same tools (`benchmarks/peers.py`), and hashes the files of the
same two folders. Installed and run once before."""
_NOTES = (
    "nx keeps a daemon between runs; what it takes while a run goes on is in its line.",
    "PostgreSQL runs in a container: its CPU time is in no line, its memory is in each.",
)
_ONE_NOTE = (
    "Most of each line is pytest itself with the bookshop's 152 tests, which takes as long in all"
    " of them; ours has the database that was kept."
)
_TURBO_NOTE = (
    "`npx turbo` is what turbo's documentation writes; most of its time is npx. Where turbo is"
    " installed globally, or called by its path, the line of the binary itself holds."
)


def nothing_changed(yard: Yard, rounds: int, say: Callable[[str], None]) -> Result:
    """Reach: at most 0.8 of turbo."""
    workspace = peers.open_workspace(yard, say)
    chosen = _sides(yard, workspace, changed=False)
    found = _measure(chosen, rounds * 5, say, memory=True)
    what = "nothing changed: the six checks"
    return Result(
        case=NOTHING,
        title="Nothing changed",
        text=_TEXT,
        columns=figures.COLUMNS,
        lines=figures.lines(found, OURS),
        comparisons=[
            figures.compare(what, found, OURS, beside, 0.8)
            for beside in (TURBO, _TURBO_ITSELF)
            if beside in found
        ],
        notes=(*_NOTES, _TURBO_NOTE, *_left_out(workspace)),
        versions=workspace.versions,
        rounds=rounds * 5,
    )


def one_file(yard: Yard, rounds: int, say: Callable[[str], None]) -> Result:
    """Reach: at most 0.8 of turbo."""
    workspace = peers.open_workspace(yard, say)
    chosen = [side for side in _sides(yard, workspace, changed=True) if side.title != _TURBO_ITSELF]
    found = _measure(chosen, rounds, say, memory=False)
    compared = figures.compare("one backend file changed", found, OURS, TURBO, 0.8)
    return Result(
        case=ONE_FILE,
        title="One backend file changed",
        text=f"{_TEXT} Before each run a line is added to `backend/bookshop/orders.py`.",
        columns=figures.COLUMNS,
        lines=figures.lines(found, OURS),
        comparisons=[compared],
        notes=(_ONE_NOTE, *_NOTES, *_left_out(workspace)),
        versions=workspace.versions,
        rounds=rounds,
    )


def _measure(
    chosen: list[Side], rounds: int, say: Callable[[str], None], *, memory: bool
) -> dict[str, sides.Figures]:
    for side in chosen:
        if side.title != _BARE:
            say(f"  before: {side.title}")
            sides.run_unjudged(side)
    return sides.run_in_turns(chosen, rounds, say, memory=memory)


def _sides(yard: Yard, workspace: peers.Workspace, *, changed: bool) -> list[Side]:
    ours = yard.folder / "six"
    ours.mkdir(exist_ok=True)
    copy_bookshop(ours, {"noxfile.py": _SIX})
    suite = ("152 passed",) if changed else ()

    def side(title: str, root: Path, command: tuple[str, ...], *expects: str, **more: int) -> Side:
        before = (lambda: _change(root)) if changed else _nothing
        env = yard.env(**_QUIET)
        words = (*expects, *suite)
        most = more.get("most")
        return Side(
            title=title, command=command, cwd=root, env=env, before=before, expects=words, most=most
        )

    there, tool = workspace.root, workspace.bin
    npx_turbo, npx_nx = ("npx", "turbo", "run", *_TASKS), ("npx", "nx", "run-many", "-t", *_TASKS)
    moon = (str(tool / "moon"), "run", *(f":{task}" for task in _TASKS))
    cached = 3 if changed else 6
    all_sides = [
        side(OURS, ours, ("nox", "-s", "ci"), rf"Green in .*, {cached} of 6 reused"),
        side(TURBO, there, npx_turbo, rf"Cached: +{cached} cached, 6 total"),
        side(
            _TURBO_ITSELF,
            there,
            (str(tool / "turbo"), *npx_turbo[2:]),
            rf"{cached} cached, 6 total",
        ),
        side(_NX, there, (*npx_nx, "--output-style=static"), rf"Cache: +{cached}/6 hit"),
        side(_MOON, there, moon, rf"6 completed \({cached} cached\)"),
        side(_BARE, there, ("nox",), "152 passed", "98 passed", most=_SLOW),
    ]
    return [side for side in all_sides if not _of(side, workspace.missing)]


_QUIET = {"NX_TUI": "false"}


def _of(side: Side, names: dict[str, str]) -> bool:
    return any(name in side.title.replace(",", "").split() for name in names)


def _change(root: Path) -> None:
    source = root / "backend" / "bookshop" / "orders.py"
    source.write_text(f"{source.read_text()}# {uuid.uuid4().hex}\n")


def _nothing() -> None:
    """Nothing is changed before a run."""


def _left_out(workspace: peers.Workspace) -> tuple[str, ...]:
    return tuple(f"{name} is left out: {why}" for name, why in workspace.missing.items())
