"""Values that cross lanes."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Secret:
    """Text that must not be seen: `str()` and `repr()` show `***`."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself. Called where a process is started, and nowhere else."""
        return self._text

    def __repr__(self) -> str:
        return "***"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)


@dataclass(frozen=True, slots=True)
class Command:
    """A process to start, as a value: printed, compared and recorded without being run.

    `env` is added to the environment of this process; a value of None removes the name.
    `cwd` of None is the repository's root.
    """

    argv: tuple[str, ...]
    cwd: Path | None = None
    env: Mapping[str, str | Secret | None] = field(default_factory=dict)
    stdin: Secret | None = None

    def __str__(self) -> str:
        return shlex.join(self.argv)

    def with_env(self, env: Mapping[str, str | Secret | None]) -> Command:
        return replace(self, env={**self.env, **env})


@dataclass(frozen=True, slots=True)
class Completed:
    """How a command ended. `output` is what it printed; when it was run quietly,
    `output` is standard output alone and `errors` is standard error."""

    command: Command
    return_code: int
    output: str = ""
    errors: str = ""
    timed_out: bool = False
    duration_s: float = 0.0

    @property
    def ok(self) -> bool:
        return self.return_code == 0 and not self.timed_out


class Verdict(StrEnum):
    """What a session may say. There is no fourth: work that was not done is not verified."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_VERIFIED = "not verified"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One thing that is wrong, so that a reader can act on it.

    `path` is relative to the repository's root. `repeat` is the command that repeats
    just this, `fix` stands only where a check established it. `test` names the test that
    failed, as histories do; empty for what is no test.
    """

    title: str
    path: str = ""
    line: int | None = None
    detail: str = ""
    repeat: str = ""
    inspect: str = ""
    fix: str = ""
    test: str = ""

    @property
    def location(self) -> str:
        return f"{self.path}:{self.line}" if self.line else self.path


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsteady:
    """A test whose result cannot be relied on, or does not decide.

    `kind` is "flaky" for one that failed and passed with nothing changed, "quarantined" for one
    that does not decide before the day `until` (ISO 8601), "overdue" for one whose day has come:
    it decides. `result` is "passed", "failed", "skipped", or "passed when run again". `history`
    is how often it failed of late.
    """

    test: str
    kind: str
    result: str
    until: str = ""
    history: str = ""

    @property
    def forgiven(self) -> bool:
        """Whether it failed in this run without making it red."""
        return self.result == AGAIN or (self.kind == "quarantined" and self.result == "failed")


AGAIN = "passed when run again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a piece of work found.

    `headline` is the number that matters, as the summary shows it. `metrics` are the
    numbers, by name with their unit; `facts` are what decided the verdict (versions,
    arguments, the database). `unverified` says what could not be checked as declared.
    `unsteady` are tests that whoever reads a verdict has to know of, a green one too.
    """

    headline: str = ""
    passed: bool = True
    failures: tuple[Failure, ...] = ()
    unverified: tuple[str, ...] = ()
    metrics: Mapping[str, float] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)
    unsteady: tuple[Unsteady, ...] = ()

    @property
    def forgives(self) -> bool:
        """Whether a test failed that did not decide: such a verdict is not kept for later."""
        return any(one.forgiven for one in self.unsteady)
