"""Real nox on repositories of a few files."""

import json
import os
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cicd.records.record import Record
from cicd.records.store import read_records

THREE_LINES = "import cicd\n\nproject = cicd.project()\n"


@dataclass(frozen=True)
class Ended:
    """How a call of nox ended."""

    code: int
    output: str

    @property
    def last_line(self) -> str:
        return self.output.rstrip().splitlines()[-1]


@dataclass(frozen=True)
class Repository:
    """A repository in a folder of its own, with the three-line noxfile unless given another."""

    root: Path

    def write(self, **files: str) -> None:
        """Writes files; in a name "__" stands for a slash and "_dot_" for a dot."""
        for name, text in files.items():
            self.put(name.replace("__", "/").replace("_dot_", "."), text)

    def put(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "nox", *arguments]

    def env(self, **changes: str) -> dict[str, str]:
        return {**os.environ, "NO_COLOR": "1", **changes}

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


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository(tmp_path / "repository")
    made.root.mkdir()
    made.put("noxfile.py", THREE_LINES)
    return made
