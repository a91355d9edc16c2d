"""Real nox on repositories of a few files."""

import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import uv
from tests.lacking import lacking
from tests.nox import miniatures

from cicd.database.catalog import open_server, providers
from cicd.database.local import LocalProvider
from cicd.database.port import Need, Server
from cicd.frontend.runtime import find_npm
from cicd.records.record import Record
from cicd.records.store import read_records
from cicd.system.place import Place
from cicd.system.process import LocalRunner
from cicd.system.state import cache_folder

THREE_LINES = "import cicd\n\nproject = cicd.project()\n"


@dataclass(frozen=True)
class Ended:
    """How a call of nox ended."""

    code: int
    output: str

    @property
    def last_line(self) -> str:
        return self.output.rstrip().splitlines()[-1]

    @property
    def end(self) -> str:
        """What people read: our own last lines, from the table on."""
        return re.split(r"^(?=  \w+ +[✓✗–] )", self.output, maxsplit=1, flags=re.M)[-1]


@dataclass(frozen=True)
class Repository:
    """A repository in a folder of its own, with the three-line noxfile unless given another."""

    root: Path
    files: Mapping[str, str] = field(default_factory=dict)
    """What it is restored to."""

    def restore(self) -> None:
        """Everything as in the beginning, but for what was installed: that took its time."""
        _clear(self.root)
        for name in ("runs", "reports"):
            shutil.rmtree(self.root / ".cicd" / name, ignore_errors=True)
        self.put_all(self.files)

    def restore_file(self, name: str) -> None:
        self.put(name, self.files[name])

    def put_all(self, files: Mapping[str, str]) -> None:
        for name, text in files.items():
            self.put(name, text)

    def write(self, **files: str) -> None:
        """Writes files; in a name "__" stands for a slash and "_dot_" for a dot."""
        for name, text in files.items():
            self.put(name.replace("__", "/").replace("_dot_", "."), text)

    def put(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(miniatures.plain(text), encoding="utf-8")

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "nox", *arguments]

    def env(self, **changes: str) -> dict[str, str]:
        """The environment of a run. Who asks for a local PostgreSQL needs one to be here."""
        if changes.get("CICD_DATABASE") == "local":
            require_postgresql()
        # The folder on PATH is not there: servers keep this variable, and are known by it.
        path = os.pathsep.join((os.environ["PATH"], str(self.root / "mark")))
        # These runs are none of the workflow that may run this test.
        ours = {name: v for name, v in os.environ.items() if not name.startswith("GITHUB_")}
        return {**ours, "NO_COLOR": "1", "PATH": path, **changes}

    def nox(self, *arguments: str, **env: str) -> Ended:
        done = subprocess.run(
            self.command(*arguments),
            cwd=self.root,
            env=self.env(**env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
        return Ended(done.returncode, done.stdout)

    def sessions(self) -> dict[str, dict[str, Any]]:
        """What `nox -l` lists, by name; all of it counts, selected or not."""
        listed = subprocess.run(
            self.command("-l", "--json", "-k", "not no_such_session"),
            cwd=self.root,
            env=self.env(),
            capture_output=True,
            encoding="utf-8",
            check=True,
        )
        return {one["session"]: one for one in json.loads(listed.stdout)}

    def records(self) -> dict[str, Record]:
        """The records of the last run, by session."""
        last = max((self.root / ".cicd" / "runs").iterdir())
        return {record.session: record for record in read_records(last / "records")}

    def report(self, session: str, name: str) -> str:
        path = self.root / ".cicd" / "reports" / session / name
        return path.read_text(encoding="utf-8")


def _clear(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_symlink() or path.is_file():
            path.unlink()
        elif path.name not in (".cicd", "node_modules"):
            _clear(path)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository(tmp_path / "repository")
    made.root.mkdir()
    made.put("noxfile.py", THREE_LINES)
    return made


@pytest.fixture(scope="session")
def shop_home(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    return locked(tmp_path_factory.mktemp("shop"), miniatures.SHOP)


@pytest.fixture
def shop(shop_home: Repository) -> Repository:
    """A backend with a database, and with an environment that all tests share."""
    shop_home.restore()
    return shop_home


@pytest.fixture(scope="session")
def ledger_home(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    files = {**miniatures.LEDGER, **miniatures.revision("a1")}
    return locked(tmp_path_factory.mktemp("ledger"), files)


@pytest.fixture
def ledger(ledger_home: Repository) -> Repository:
    """The same with Alembic."""
    ledger_home.restore()
    return ledger_home


def locked(root: Path, files: Mapping[str, str]) -> Repository:
    """A repository of these files, with the `uv.lock` of its backend."""
    made = Repository(root)
    made.put_all(files)
    command = (uv.find_uv_bin(), "lock", "--quiet")
    subprocess.run(command, cwd=root / "backend", check=True)
    lock = (root / "backend" / "uv.lock").read_text(encoding="utf-8")
    return Repository(root, {**files, "backend/uv.lock": lock})


@pytest.fixture(scope="session")
def given_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that somebody else runs, as far as the runs of these tests know."""
    require_postgresql()
    root = tmp_path_factory.mktemp("server")
    runner = LocalRunner(root, environ=os.environ, out=io.StringIO())
    cache = cache_folder(os.environ)
    place = Place(root=root, state=root, cache=cache, reports=root, runner=runner)
    known = providers(
        place,
        url=None,
        environ=os.environ,
        npm=lambda: find_npm(place, path=os.environ["PATH"], uv=uv.find_uv_bin()),
    )
    ours = [provider for provider in known if provider.name in ("local", "embedded")]
    with open_server(Need(major="15"), ours) as server:
        yield server


@pytest.fixture
def given(given_server: Server) -> dict[str, str]:
    """The variable that leads a run there."""
    return {"CICD_DATABASE_URL": given_server.url("postgres").reveal()}


def require_postgresql() -> None:
    """Skips the test where this machine has no PostgreSQL of its own."""
    folder = Path(tempfile.gettempdir())
    if not LocalProvider(cache=folder, path=os.environ["PATH"]).majors():
        lacking("there is no PostgreSQL on this machine")
