"""The smoke tests: pytest, told where the stack answers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from cicd.backend.environment import ensure_tools
from cicd.backend.interpreters import Interpreters
from cicd.backend.pins import PYTEST
from cicd.backend.selection import select
from cicd.backend.testers.port import SuiteJob
from cicd.backend.tests import run_tests
from cicd.config.parts import Backend
from cicd.config.resolve import field
from cicd.steps.bench import prepare

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from cicd.backend.environment import Environment
    from cicd.config.parts import Part
    from cicd.model import Outcome, Secret
    from cicd.steps.work import Work

FOLDER = "tests/smoke"
_REQUIREMENTS = "requirements.txt"
_OPTIONS = ("--no-cov", "--rootdir=.")
"""Nothing to cover: what the tests run is elsewhere. Tests are named as seen from the folder in
which they are run, also where they have settings of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SmokeTests:
    """Tests of a stack. `base` is where pytest runs and what `arguments` are relative to."""

    base: PurePosixPath
    arguments: tuple[str, ...]
    environment: Environment


def find_smoke_tests(
    work: Work, compose_file: PurePosixPath, parts: Iterable[Part]
) -> SmokeTests | None:
    """`tests/smoke` beside the compose file, else in the repository's root; None without both.

    What the user gives after `--` is relative to the same folder; without a path in it all of
    `tests/smoke` runs. With a `requirements.txt` in there the tests have an environment of
    their own, else that of the backend they lie in or of the first one that uses pytest.
    """
    root = work.place.root
    bases = (compose_file.parent, PurePosixPath("."))
    base = next((each for each in bases if (root / each / FOLDER).is_dir()), None)
    if base is None:
        return None
    named = [a for a in work.arguments if _is_path(root / base, a)]
    arguments = work.arguments if named else (*work.arguments, FOLDER)
    environment = _environment(work, base / FOLDER, parts)
    return SmokeTests(base=base, arguments=arguments, environment=environment)


def run_smoke_tests(work: Work, tests: SmokeTests, env: Mapping[str, str | Secret]) -> Outcome:
    """Judged as the tests of a backend are, but for coverage: what they run is elsewhere."""
    part = Backend(str(tests.base), name="smoke", tests="pytest", source=())
    job = SuiteJob(
        place=work.place,
        part=part,
        environment=tests.environment,
        selection=select((*_OPTIONS, *tests.arguments)),
        env=env,
        environ=work.environ,
    )
    return run_tests(job, repeat_prefix=f"nox -s {work.session} --")


def _is_path(folder: Path, argument: str) -> bool:
    return not argument.startswith("-") and (folder / argument.partition("::")[0]).exists()


def _environment(work: Work, folder: PurePosixPath, parts: Iterable[Part]) -> Environment:
    listed = work.place.root / folder / _REQUIREMENTS
    if listed.is_file():
        return _own_environment(work, _read_requirements(listed))
    backends = [part for part in parts if isinstance(part, Backend)]
    backends.sort(key=lambda part: not folder.is_relative_to(part.path))
    for part in backends:
        if field(work.tree, part, "tests") == "pytest":
            return prepare(work, part).environment
    return _own_environment(work, ())


def _own_environment(work: Work, requirements: Sequence[str]) -> Environment:
    interpreter = Interpreters(work.place.runner, work.environ, work.place.root).find("")
    return ensure_tools(work.place, (*PYTEST, *requirements), interpreter)


def _read_requirements(path: Path) -> tuple[str, ...]:
    lines = (line.partition(" #")[0].strip() for line in path.read_text("utf-8").splitlines())
    return tuple(line for line in lines if line and not line.startswith("#"))
