"""All ten checks of the bookshop with nothing installed: beside its steps as a shell script."""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Callable
from pathlib import Path

from benchmarks import figures, sides
from benchmarks.cases.six import NOXFILE
from benchmarks.peers import TASKS
from benchmarks.results import Result
from benchmarks.sides import Side
from benchmarks.yard import Yard, copy_bookshop, do

EVERYTHING, FIRST_RUN = "everything", "first-run"
OURS, SCRIPT, MAKE = "nox -s ci", "the script", "make -j2"
_DOWNLOADS = ("postgres/binaries", "node-tools")
"""Of our cache, what was downloaded."""
_DONE = {
    OURS: ("152 tests", "98 tests", "Green in"),
    SCRIPT: ("152 passed", "98 passed", "built in"),
    MAKE: ("152 passed", "98 passed", "built in"),
}
_TEXT = """\
Ours is `nox -s ci` with a noxfile that names the backend and the frontend: format, lint, types,
migrations, test and build (images have tables of their own). Beside it is
`benchmarks/tasks/ci.sh`, the same tools one after the other, with one container of PostgreSQL for
`alembic upgrade head`, `alembic check` and the tests; {more} The caches of uv and npm are warm, the
image of PostgreSQL is pulled. Nothing else is kept: no environment, no `node_modules`, no verdict,
no tool's cache, no prepared database."""
_NOTES = (
    "Nothing can be quicker than the processor time that it needs, shared over the cores, and what"
    " runs at the same time needs memory at the same time: the more cores, the better for ours and"
    " for `make -j`. Ours has a process for each session besides.",
    "Ours also takes every migration down and up again, which the script does not.",
    "Memory is that of all processes together at its highest, PostgreSQL's container included;"
    " the Docker engine's own is in neither.",
)


def everything(yard: Yard, rounds: int, say: Callable[[str], None]) -> Result:
    """Reach: at most 0.6 of the script's time, at most 1.2 of its memory."""
    chosen = [_side(yard, title, command) for title, command in _COMMANDS.items()]
    found = sides.run_in_turns(chosen, rounds, say)
    memory = figures.compare_memory("memory of all processes, everything", found, OURS, SCRIPT, 1.2)
    return Result(
        case=EVERYTHING,
        title="Everything, caches of downloads warm",
        text=_TEXT.format(more="`make -j2` has the same steps with what each of them needs."),
        columns=figures.COLUMNS,
        lines=figures.lines(found, OURS),
        comparisons=[
            figures.compare("everything, downloads warm", found, OURS, SCRIPT, 0.6),
            figures.compare("everything, downloads warm", found, OURS, MAKE, None),
            *([memory] if memory else []),
        ],
        notes=_NOTES,
        rounds=rounds,
    )


def first_run(yard: Yard, rounds: int, say: Callable[[str], None]) -> Result:
    """Reach: at most 0.7 of the script."""
    origin = _tree(yard, "origin")
    chosen = [_cloned(yard, origin, title) for title in (OURS, SCRIPT)]
    found = sides.run_in_turns(chosen, rounds, say)
    return Result(
        case=FIRST_RUN,
        title="First run on a fresh clone",
        text=_TEXT.format(more="both begin with `git clone`."),
        columns=figures.COLUMNS,
        lines=figures.lines(found, OURS),
        comparisons=[figures.compare("first run on a fresh clone", found, OURS, SCRIPT, 0.7)],
        notes=_NOTES,
        rounds=rounds,
    )


_COMMANDS = {OURS: ("nox", "-s", "ci"), SCRIPT: ("./ci.sh",), MAKE: ("make", "-j2")}


def _side(yard: Yard, title: str, command: tuple[str, ...]) -> Side:
    root = _tree(yard, f"whole-{command[0].strip('./')}")

    def before() -> None:
        do(("git", "clean", "-ffdxq"), root)
        _forget(yard)

    return Side(
        title=title,
        command=command,
        cwd=root,
        env=_env(yard),
        before=before,
        expects=_DONE[title],
    )


def _cloned(yard: Yard, origin: Path, title: str) -> Side:
    clone = yard.folder / "clone"

    def before() -> None:
        shutil.rmtree(clone, ignore_errors=True)
        _forget(yard)

    cloning = shlex.join(("git", "clone", "-q", str(origin), "clone"))
    line = f"{cloning} && cd clone && exec {shlex.join(_COMMANDS[title])}"
    return Side(
        title=title,
        command=("sh", "-c", line),
        cwd=yard.folder,
        env=_env(yard),
        before=before,
        expects=_DONE[title],
    )


def _tree(yard: Yard, name: str) -> Path:
    root = yard.folder / name
    root.mkdir(exist_ok=True)
    tasks = {name: (TASKS / name).read_text() for name in ("ci.sh", "with-database.sh", "Makefile")}
    copy_bookshop(root, {"noxfile.py": NOXFILE, **tasks})
    return root


def _env(yard: Yard) -> dict[str, str]:
    """jest keeps its cache in the folder for temporary files."""
    return yard.env(CICD_CACHE_DIR=str(yard.folder / "cache"), TMPDIR=str(yard.folder / "tmp"))


def _forget(yard: Yard) -> None:
    """Our cache has nothing but what was downloaded, by any run of this yard."""
    downloads, cache, tmp = (yard.folder / name for name in ("downloads", "cache", "tmp"))
    for folder in (cache, tmp):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
    for name in _DOWNLOADS:
        (downloads / name).mkdir(parents=True, exist_ok=True)
        (cache / name).parent.mkdir(parents=True, exist_ok=True)
        (cache / name).symlink_to(downloads / name)
