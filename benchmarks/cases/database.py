"""The suite's database at 1, 2, 4 and 8 workers: ours beside the usual ways."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks import figures, sides
from benchmarks.results import Comparison, Result
from benchmarks.sides import Side
from benchmarks.yard import ROOT, Yard, copy_bookshop, do
from cicd.database import server_user

DATABASE = "database"
WORKERS = (1, 2, 4, 8)
OURS, FIRST, LOCAL = "ours", "ours, first run", "ours, a server of this machine"
EACH, ONE, PLUGIN = "testcontainers for each worker", "one container", "pytest-postgresql"
_SUITE = ROOT / "benchmarks" / "tasks" / "suite"
_DRIVER = ROOT / "benchmarks" / "drivers" / "suite_database.py"
_PACKAGES = ("testcontainers>=4.15", "pytest-postgresql>=7", "pytest-xdist>=3.6")
_HOW = {EACH: "container for each worker", ONE: "one container", PLUGIN: "pytest-postgresql"}
_PASSED = (r"40 passed",)
_TEXT = """\
Forty short tests on the bookshop's schema with pytest-xdist: the whole command, from the server's
start to its end. Ours opens PostgreSQL 15 in a container, or, without Docker, one of this machine;
it has the template that an earlier run kept, or, in a first run, migrates once and keeps it. Beside
it: a container of testcontainers with the migrations for each worker; one such container, the
migrations for each worker; pytest-postgresql with a server of this machine and the migrations for
each worker. What pytest and the tests themselves take is in every line."""
_NOTES = ("What a server in a container takes of the processors is in no line.",)


def suite_database(yard: Yard, rounds: int, say: Callable[[str], None]) -> Result:
    """Reach: at most 0.3 of a container for each worker, and ahead of all others."""
    shop = _Shop(yard)
    say("  the shop is installed")
    chosen = [side for workers in WORKERS for side in shop.sides(workers)]
    found = sides.run_in_turns(chosen, rounds, say)
    lines, comparisons = list[list[str]](), list[Comparison]()
    for workers in WORKERS:
        at = f" · {workers}"
        mine = {title: each for title, each in found.items() if title.endswith(at)}
        lines += figures.lines(mine, f"{OURS}{at}")
        what = f"the suite's database, {workers} worker{'s' if workers > 1 else ''}"
        comparisons += [
            figures.compare(what, mine, f"{OURS}{at}", title, 0.3 if EACH in title else 1.0)
            for title in mine
            if not title.startswith(OURS)
        ]
    return Result(
        case=DATABASE,
        title="The suite's database",
        text=_TEXT,
        columns=figures.COLUMNS,
        lines=lines,
        comparisons=comparisons,
        notes=(*_NOTES, *shop.left_out),
        rounds=rounds,
    )


class _Shop:
    """The bookshop's backend with forty tests of its schema, and an environment of its own."""

    def __init__(self, yard: Yard) -> None:
        self._yard, self._root = yard, yard.folder / "suite"
        copy_bookshop(self._root, {})
        self._backend, self._environment = self._root / "backend", self._root / "environment"
        shutil.rmtree(self._backend / "tests", ignore_errors=True)
        shutil.copytree(_SUITE, self._backend / "tests")
        uv = os.fspath(yard.bin / "uv")
        env = yard.env(UV_PROJECT_ENVIRONMENT=os.fspath(self._environment), **_interpreter())
        do((uv, "sync", "--locked", "--quiet"), self._backend, env)
        install = (uv, "pip", "install", "--quiet", "--python", os.fspath(self.python))
        do((*install, *_PACKAGES), self._backend, env)
        self.left_out = () if _may_run_pg_ctl(self.python) else (_NO_SERVER,)

    @property
    def python(self) -> Path:
        return self._environment / "bin" / "python"

    def sides(self, workers: int) -> list[Side]:
        tests = ("-q", "-p", "no:cacheprovider", "-W", "ignore", *_xdist(workers))
        pytest = (os.fspath(self.python), "-m", "pytest", *tests)
        alone = os.fspath(self._backend / "tests" / "one_container.py")
        commands: dict[str, tuple[str, ...]] = {
            OURS: (*self._driver("container"), *tests),
            FIRST: (*self._driver("container"), *tests),
            EACH: pytest,
            ONE: (os.fspath(self.python), alone, *pytest),
            **({} if self.left_out else {PLUGIN: (*_unprivileged(), *pytest)}),
            **({} if self.left_out else {LOCAL: (*self._driver("local"), *tests)}),
        }
        return [self._side(title, words, workers) for title, words in commands.items()]

    def _side(self, title: str, command: tuple[str, ...], workers: int) -> Side:
        return Side(
            title=f"{title} · {workers}",
            command=command,
            cwd=self._backend,
            env=self._yard.env(**self._about(title)),
            before=self._before(title),
            expects=_PASSED,
        )

    def _about(self, title: str) -> Mapping[str, str]:
        # Its reaper is an image of its own, which removes what a killed run leaves.
        return {"BENCHMARK": _HOW.get(title, "ours"), "TESTCONTAINERS_RYUK_DISABLED": "true"}

    def _before(self, title: str) -> Callable[[], None]:
        kinds = {OURS: "container", LOCAL: "local"}
        if title == FIRST:
            return lambda: shutil.rmtree(self._cache("container"), ignore_errors=True)
        return (lambda: self._remember(kinds[title])) if title in kinds else _nothing

    def _driver(self, kind: str) -> tuple[str, ...]:
        words = (self._yard.python, _DRIVER, self._cache(kind), kind, self.python)
        return tuple(str(word) for word in words)

    def _cache(self, kind: str) -> Path:
        return self._yard.folder / f"suite-{kind}"

    def _remember(self, kind: str) -> None:
        """A first run, where there was none."""
        if not list((self._cache(kind) / "postgres" / "prepared").glob("*/data.tar")):
            command = (*self._driver(kind), "-q", "-p", "no:cacheprovider", "-W", "ignore")
            do(command, self._backend, self._yard.env(**self._about(OURS)))


_NO_SERVER = "pytest-postgresql is left out: no pg_ctl here that this user may run."


def _may_run_pg_ctl(python: Path) -> bool:
    """`pg_ctl` refuses to run as root: then another user must reach what it runs."""
    user = server_user.find_user() if server_user.needs_user() else None
    if shutil.which("pg_config") is None or (server_user.needs_user() and user is None):
        return False
    return server_user.can_reach(python, user)


def _interpreter() -> dict[str, str]:
    """As root, the system's: another user reaches that one."""
    found = shutil.which("python3", path="/usr/bin") if server_user.needs_user() else None
    return {"UV_PYTHON": found} if found else {}


def _unprivileged() -> tuple[str, ...]:
    user = server_user.find_user() if server_user.needs_user() else None
    if user is None:
        return ()
    ids = (f"--reuid={user.uid}", f"--regid={user.gid}", "--clear-groups")
    return ("setpriv", *ids, "env", "HOME=/tmp", f"USER={user.name}", f"LOGNAME={user.name}")


def _xdist(workers: int) -> tuple[str, ...]:
    return ("-n", str(workers)) if workers > 1 else ()


def _nothing() -> None:
    """Other sides need nothing before."""
