"""The port: a test runner that leaves a JUnit report."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from cicd.backend import drivers
from cicd.backend.fields import part_folder, words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cicd.backend.affected import Affected
    from cicd.backend.environment import Environment
    from cicd.backend.junit import Case, Report
    from cicd.backend.selection import Selection
    from cicd.config.parts import Backend
    from cicd.config.shard import Shard
    from cicd.model import Command, Completed, Failure, Secret
    from cicd.system.place import Place

DRIVERS = Path(drivers.__path__[0])
"""The folder of our own modules that run inside the project's environment."""
WATCHER = DRIVERS / "watch"
"""The folder of those that Python loads at its start where tests are watched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteJob:
    """One run of a part's tests.

    `env` is what the tests are given (the connection to their database, plugins),
    `environ` the environment in which we run: PATH and PYTHONPATH are continued from it.
    `watch` are the variables under which each Python of the run notes what it reads.
    `shard` is the share of the tests to run, None for all of them. `today` says which
    quarantines hold; without it, none. With `affected` pytest runs what a change can reach.
    """

    place: Place
    part: Backend
    environment: Environment
    selection: Selection
    env: Mapping[str, str | Secret] = field(default_factory=dict)
    environ: Mapping[str, str] = field(default_factory=dict)
    manage: str = "manage.py"
    watch: Mapping[str, str] = field(default_factory=dict)
    shard: Shard | None = None
    today: date = date.max
    affected: Affected | None = None

    @property
    def folder(self) -> Path:
        return part_folder(self.place, self.part)

    @property
    def junit(self) -> Path:
        return self.place.reports / "junit.xml"

    @property
    def measured(self) -> Path:
        """What coverage measures while the tests run."""
        return self.place.reports / ".coverage"

    @property
    def coverage_xml(self) -> Path:
        return self.place.reports / "coverage.xml"

    @property
    def coverage_json(self) -> Path:
        return self.place.reports / "coverage.json"

    @property
    def running(self) -> Path:
        """The folder with a file for each process that runs a test, which names the test:
        our drivers write there. pytest's plugin belongs to the database lane and tells it."""
        return self.place.reports / "running"

    @property
    def share_notes(self) -> Path:
        """The folder in which our drivers say how they divided the tests."""
        return self.place.reports / "share"

    @property
    def source(self) -> tuple[str, ...]:
        return words(self.part.source)

    @property
    def forgives(self) -> bool:
        """Whether a test may fail without making the run red: then all of them have to run."""
        return bool(self.part.retries or self.part.quarantine)

    def variables(self) -> dict[str, str | Secret | None]:
        """The environment of every process of this run."""
        return {
            **self.environment.variables(self.environ.get("PATH", "")),
            "CICD_JUNIT": str(self.junit),
            "CICD_RUNNING": str(self.running),
            "CICD_SHARE_NOTES": str(self.share_notes),
            "COVERAGE_FILE": str(self.measured),
            **self.env,
            **self.watch,
            **(self.affected.variables() if self.affected else {}),
            # A given server may be elsewhere: that network is the tests' own.
            "CICD_SERVICES": str(self.env.get("PGHOST", "")),
            "PYTHONPATH": self._python_path(),
        }

    def _python_path(self) -> str:
        given = self.env.get("PYTHONPATH", self.environ.get("PYTHONPATH", ""))
        watcher = str(WATCHER) if self.watch else ""
        library = self.affected.library if self.affected else None
        ours = (watcher, str(DRIVERS), str(library or ""))
        return os.pathsep.join(filter(None, (*ours, str(given))))


class Tester(Protocol):
    """One test runner. Each module beside this one is a tester; all of it is pure."""

    def suite_command(self, job: SuiteJob) -> Command:
        """Runs the tests; the report goes to `job.junit`."""
        ...

    def report_command(self, job: SuiteJob) -> Command | None:
        """Writes the coverage reports afterwards; None when coverage is not ours to measure."""
        ...

    def case_id(self, case: Case, file: str) -> str:
        """How the runner is told to run just this test; `file` is where it stands, relative
        to the part's folder ("" when that is not known)."""
        ...

    def judge_end(self, job: SuiteJob, done: Completed, report: Report) -> tuple[Failure, ...]:
        """What is wrong with the run beside tests that fail: an end that does not agree
        with the report."""
        ...

    def ran_all(self, done: Completed, report: Report) -> bool:
        """Of a run in which tests failed: whether it went on to its end all the same, and
        ended as it did for nothing but these tests."""
        ...

    def explain(self, output: str) -> str:
        """The line of the output that says why the tests could not be run; "" without one."""
        ...
