"""A repository whose checks are run, with kept verdicts and without."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import measure
from benchmarks.mutations.mutate import Mutation
from benchmarks.yard import do
from cicd.model import Verdict
from cicd.records.store import read_records

HUNG = -1
_LIMIT_S = 600


@dataclass(frozen=True, slots=True)
class Said:
    """How a call of nox ended (`HUNG`: it had to be), what each session said ("" for nothing),
    and which of them did not run for it."""

    code: int
    verdicts: Mapping[str, str]
    reused: frozenset[str]
    output: str


@dataclass(frozen=True, slots=True)
class Shop:
    """`nox` starts nox; the repository has one commit, and nothing that is not in it."""

    root: Path
    nox: Sequence[str]
    env: Mapping[str, str]

    def files(self) -> dict[str, str]:
        """What is text."""
        names = do(("git", "ls-files", "-z"), self.root).split("\0")
        return {name: text for name in names if name and (text := _text(self.root / name))}

    def run(self, sessions: Iterable[str], *, cache: str) -> Said:
        before = self._runs()
        command = (*self.nox, "-s", *sessions)
        env = {**self.env, "CICD_CACHE": cache}
        try:
            code, output = measure.run(command, self.root, env, _LIMIT_S)
        except subprocess.TimeoutExpired:
            code, output = HUNG, "it did not end"
        records = [one for run in self._runs() - before for one in read_records(run / "records")]
        verdicts = {one.session: str(one.verdict or "") for one in records}
        reused = frozenset(one.session for one in records if one.reused)
        return Said(code, verdicts, reused, output)

    def apply(self, mutations: Iterable[Mutation]) -> None:
        for mutation in mutations:
            with open(self.root / mutation.file, "w", encoding="utf-8", newline="") as file:
                file.write(mutation.text)

    def undo(self) -> None:
        """What a check left behind goes as well, but for what git ignores."""
        do(("git", "checkout", "--quiet", "--", "."), self.root)
        do(("git", "clean", "-fdq"), self.root)

    def _runs(self) -> set[Path]:
        folder = self.root / ".cicd" / "runs"
        return set(folder.iterdir()) if folder.exists() else set()


def is_green(verdict: str) -> bool:
    return verdict == Verdict.PASSED


def _text(path: Path) -> str:
    try:
        with open(path, encoding="utf-8", newline="") as file:
            return file.read()
    except (OSError, ValueError):
        return ""
