"""What a step works with: the session it runs in, its folders, its runner."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sys
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from cicd.config.affected import AFFECTED
from cicd.config.declared import declared
from cicd.config.shard import VARIABLE, read_shard
from cicd.records.record import Ran
from cicd.records.runs import Run, open_run, sweep_runs
from cicd.steps.incoming_secrets import incoming_secrets
from cicd.steps.noting import OURS, Noted
from cicd.system.console import Screen
from cicd.system.git import read_commit, read_tree
from cicd.system.harmless import harmless
from cicd.system.masking import Masks
from cicd.system.place import Place
from cicd.system.process import LocalRunner
from cicd.system.run_name import RUN_VARIABLE, name_run
from cicd.system.state import cache_folder, publish_folder, state_folder
from cicd.system.strict import is_strict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import nox

    from cicd.config.shard import Shard
    from cicd.model import Command, Completed, Outcome
    from cicd.system.process import Runner
    from cicd.tree import Tree

_RUNNERS_FILES = tuple(f"GITHUB_{name}" for name in "ENV PATH OUTPUT STATE STEP_SUMMARY".split())
"""What is written there commands the steps that follow: tools are not told where they are."""
_CURRENT: ContextVar[Work] = ContextVar("cicd_work")


@dataclass(frozen=True, kw_only=True)
class Work:
    """The surroundings of one session.

    `arguments` is what the user wrote after `--`. `strict` is true where `CI` is set:
    what cannot be verified is an error there. `interactive`: somebody is there who can be
    asked to wait. `shard` is the share of the tests that this job is to run, None for all.
    `ran` fills while commands run, `noted` when steps know what decides, `outcomes` when
    they end.
    """

    session: str
    arguments: tuple[str, ...]
    environ: Mapping[str, str]
    strict: bool
    run: Run
    place: Place
    masks: Masks
    say: Callable[[str], None] = print
    """Shows a line, in nox's own log."""
    interactive: bool = False
    shard: Shard | None = None
    taken: set[str] = field(default_factory=set)
    ran: list[Ran] = field(default_factory=list)
    noted: Noted = field(default_factory=Noted)
    outcomes: list[Outcome] = field(default_factory=list)

    def publish_reports(self) -> None:
        """Copies this session's reports to where people and tools look for them.

        `.cicd/reports/<session>/` has those of the last run that ended; while two runs go
        on at once, each works in a folder of its own. A tool may have written a secret into
        one: there it is masked as well.
        """
        target = self.place.state / "reports" / self.session
        if any(self.place.reports.iterdir()):
            self.masks.apply_below(self.place.reports)
            publish_folder(self.place.reports, target)
        else:  # Those of an earlier run would be taken for this one's.
            shutil.rmtree(target, ignore_errors=True)

    def facts(self) -> dict[str, str]:
        """What decides every verdict, whatever the session does."""
        versions = {name: version(package) for name, package in OURS.items()}
        shard = {"shard": ", ".join(self.taken)} if self.taken else {}
        return {**versions, "commit": read_commit(self.place.root), **shard}

    def take_share(self) -> Shard | None:
        """The share of the tests to run; from now on the record says that it is one."""
        if self.shard:
            self.taken.add(str(self.shard))
        return self.shard

    @cached_property
    def tree(self) -> Tree:
        return read_tree(self.place.root)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """Where a command of a part runs: its folder and variables, and what is not as declared."""

    folder: Path
    variables: Mapping[str, str | None]
    unverified: tuple[str, ...] = ()


def current_work(session: nox.Session) -> Work:
    """The work of this session; made now when a step is called outside of our sessions."""
    work = _CURRENT.get(None)
    return work if work and work.session == session.name else open_work(session)


@contextlib.contextmanager
def working(work: Work) -> Iterator[Work]:
    """Makes this the work that steps find, until the block ends."""
    token = _CURRENT.set(work)
    try:
        yield work
    finally:
        _CURRENT.reset(token)


def open_work(session: nox.Session, announce: Callable[[str], None] | None = None) -> Work:
    """Reads the environment, makes the folders, and ends what killed runs left.

    What came in as a secret is masked from here on; `announce` is told each of its lines.
    """
    root = Path.cwd()
    name_run(os.environ)
    shard = read_shard(os.environ)
    environ = {n: value for n, value in os.environ.items() if n not in (RUN_VARIABLE, VARIABLE)}
    state = state_folder(root)
    run = open_run(state, os.environ[RUN_VARIABLE])
    sweep_runs(state, run)
    reports = run.reports(session.name)
    reports.mkdir(parents=True, exist_ok=True)
    masks, ran = Masks(announce), list[Ran]()
    for secret in incoming_secrets(environ, declared()):
        masks.add(secret)
    for_tools = {name: value for name, value in environ.items() if name not in _RUNNERS_FILES}
    local = LocalRunner(
        root, environ=for_tools, out=Screen(sys.stdout), masks=masks, ledger=run.processes
    )

    strict = is_strict(environ)

    def say(line: str) -> None:
        session.log(harmless(masks.apply(line)))

    place = Place(
        root=root,
        state=state,
        cache=cache_folder(environ),
        reports=reports,
        runner=_RecordingRunner(local, say, root, ran),
    )
    return Work(
        session=session.name,
        arguments=_arguments(session, strict, say),
        environ=environ,
        strict=strict,
        run=run,
        place=place,
        masks=masks,
        say=say,
        interactive=session.interactive,
        shard=shard,
        ran=ran,
    )


def _arguments(session: nox.Session, strict: bool, say: Callable[[str], None]) -> tuple[str, ...]:
    """What the user wrote after `--`. Where `CI` is set no test is left out for being far from
    what changed."""
    given = tuple(session.posargs)
    if not (strict and AFFECTED in given):
        return given
    say(f"{AFFECTED}: CI is set, so every test runs")
    return tuple(argument for argument in given if argument != AFFECTED)


class _RecordingRunner:
    """Announces a command in nox's log and keeps how it ended."""

    def __init__(
        self, runner: Runner, say: Callable[[str], None], root: Path, ran: list[Ran]
    ) -> None:
        self._runner, self._say, self._root, self._ran = runner, say, root, ran

    def run(
        self, command: Command, *, timeout_s: float | None = None, quiet: bool = False
    ) -> Completed:
        if not quiet:
            self._say(str(command))
        completed = self._runner.run(command, timeout_s=timeout_s, quiet=quiet)
        self._ran.append(
            Ran(
                command=_from_root(str(command), self._root),
                return_code=completed.return_code,
                duration_s=round(completed.duration_s, 3),
            )
        )
        return completed


def _from_root(line: str, root: Path) -> str:
    """Relative to the repository: two checkouts that ran the same record the same."""
    within = line.replace(f"{root}{os.sep}", "")
    return re.sub(rf"{re.escape(str(root))}(?![\w.-])", ".", within)
