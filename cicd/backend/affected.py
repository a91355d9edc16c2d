"""The tests that a change can reach, by pytest-testmon: what it remembers, what it cannot see."""

from __future__ import annotations

import ast
import hashlib
import json
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from cicd.backend.pins import TESTMON
from cicd.backend.uv import run_install, uv_command
from cicd.system.state import folder_aside, read_object, write_text

if TYPE_CHECKING:
    from cicd.backend.environment import Environment
    from cicd.system.place import Place

FOLDER = "affected"
_SCHEMA = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Affected:
    """One session's. `library` is where pytest-testmon is, None for the project's own;
    `selects`: it remembers an earlier run, and leaves out what nothing can have changed."""

    folder: Path
    library: Path | None
    selects: bool

    def variables(self) -> dict[str, str]:
        return {"TESTMON_DATAFILE": str(self.folder / "testmondata")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a run began with. `frame` is all that is no file, by name; `files` the content of each
    input, `shapes` that of Python files outside of their functions."""

    frame: Mapping[str, str]
    files: Mapping[str, str]
    shapes: Mapping[str, str]


def why_unfit(environment: Environment) -> str:
    """Why pytest-testmon cannot be used here; empty where it can."""
    python = tuple(int(word.rstrip("t")) for word in environment.interpreter.minor.split("."))
    if python < (3, 10):
        return f"pytest-testmon needs Python 3.10, this is {environment.interpreter.minor}"
    for package, most in (("pytest", 9), ("coverage", 7)):
        major = environment.version(package).partition(".")[0]
        if not major.isdigit() or int(major) > most:
            return f"pytest-testmon does not know this {package}"
    return ""


def install_testmon(place: Place, environment: Environment) -> Path | None:
    """The folder with pytest-testmon, beside the environment and not in it: what runs without
    it must not see it. None where the project brings its own. Raises `RemoteError`."""
    if environment.version("pytest-testmon"):
        return None
    folder = place.state / FOLDER / TESTMON.replace("==", "-")
    if not folder.is_dir():
        with folder_aside(folder) as aside:
            words = ("pip", "install", "--quiet", "--no-deps", "--target", str(aside))
            python = ("--python", str(environment.python))
            command = uv_command(*words, *python, TESTMON, cwd=place.root)
            run_install(place.runner, command, TESTMON, "")
    return folder


def see(
    root: Path, frame: Mapping[str, str], files: Mapping[str, str], before: Seen | None
) -> Seen:
    """Reads the Python files that are not as they were."""
    shapes = {}
    for name, content in files.items():
        if name.endswith(".py"):
            same = before is not None and before.files.get(name) == content
            shapes[name] = before.shapes[name] if before and same else _shape(root / name)
    return Seen(frame=frame, files=files, shapes=shapes)


def why_all(before: Seen | None, now: Seen, touched: Iterable[str]) -> str:
    """Why every test has to run; empty where testmon can tell. It knows the functions that
    each test ran, so anything but a change inside of one of these is more than it sees."""
    if before is None:
        return "nothing is remembered yet"
    if differing := sorted({name for name, _ in before.frame.items() ^ now.frame.items()}):
        return f"{differing[0]} changed"
    names = before.files.keys() | now.files.keys()
    seen = frozenset(touched)
    for name in sorted(n for n in names if before.files.get(n) != now.files.get(n)):
        if reason := _blind(name, before, now, seen):
            return reason
    return ""


def _blind(name: str, before: Seen, now: Seen, touched: frozenset[str]) -> str:
    if not name.endswith(".py") or PurePosixPath(name).name == "conftest.py":
        return f"{name} changed"
    if _is_test(name) and name in now.files:
        return ""
    if name not in now.files or name not in before.files:
        return f"{name} is {'new' if name in now.files else 'gone'}"
    if before.shapes.get(name) != now.shapes.get(name):
        return f"{name} changed outside of its functions"
    return "" if name in touched else f"{name} changed, which no test was seen to run"


def _is_test(name: str) -> bool:
    stem = PurePosixPath(name).stem
    return stem.startswith("test_") or stem.endswith("_test")


def _shape(path: Path) -> str:
    """What running the file for an import depends on: all but the bodies of its functions."""
    text = path.read_bytes()
    try:
        tree = ast.parse(text)
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                node.body = []
        text = ast.dump(tree).encode(errors="surrogateescape")
    except (SyntaxError, ValueError, RecursionError):
        pass  # A newer Python may read it: then any change of it counts.
    return hashlib.sha256(text).hexdigest()[:16]


def touched_files(affected: Affected, root: Path, folder: Path) -> frozenset[str]:
    """The files, from the repository's root on, of which some test ran a function. testmon
    names them from pytest's own root, which may lie above the part."""
    import sqlite3
    from contextlib import closing

    data = affected.variables()["TESTMON_DATAFILE"]
    try:
        with closing(sqlite3.connect(f"file:{data}?mode=ro", uri=True)) as database:
            names = [
                str(row[0]) for row in database.execute("SELECT DISTINCT filename FROM file_fp")
            ]
    except sqlite3.Error:
        return frozenset()
    found = (_from_root(name, root, folder) for name in names)
    return frozenset(name for name in found if name)


def _from_root(name: str, root: Path, folder: Path) -> str:
    for base in (folder, *folder.parents):
        if (base / name).is_file():
            return (base / name).relative_to(root).as_posix()
        if base == root:
            break
    return ""


def read_seen(folder: Path) -> Seen | None:
    """What the last run began with; None where that is not known."""
    values = read_object(folder / "seen.json")
    try:
        if values["schema"] != _SCHEMA or not (folder / "testmondata").is_file():
            return None
        return Seen(
            frame=dict(values["frame"]), files=dict(values["files"]), shapes=dict(values["shapes"])
        )
    except (LookupError, TypeError, ValueError):
        return None


def keep_seen(folder: Path, seen: Seen) -> None:
    write_text(folder / "seen.json", json.dumps({"schema": _SCHEMA, **asdict(seen)}))


def forget_seen(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
