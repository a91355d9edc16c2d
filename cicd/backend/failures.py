"""Words a test's failure: where it is, what went wrong, and the command that repeats it."""

from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from cicd.backend.fields import from_root
from cicd.backend.junit import Case, first_error_line, places_in
from cicd.model import Failure

if TYPE_CHECKING:
    from cicd.backend.testers.port import SuiteJob, Tester


class Words:
    """How a test's failure is worded: with the command that repeats it."""

    def __init__(self, repeat_prefix: str, inspectable: bool) -> None:
        self._prefix, self._inspectable = repeat_prefix, inspectable

    def whole(self, failure: Failure) -> Failure:
        """A failure of the run as a whole is repeated by the run."""
        return replace(failure, repeat=failure.repeat or run_command_of(self._prefix))

    def failure(self, job: SuiteJob, tester: Tester, case: Case) -> Failure:
        file = _test_file(job, case)
        name = test_name(job, tester, case)
        repeat = f"{self._prefix} {shlex.quote(name)}"
        return Failure(
            title=case.name,
            path=from_root(job.place, job.folder, str(file)) if file else job.part.path,
            line=_line(job, case, file),
            detail=first_error_line(case),
            repeat=repeat,
            inspect=f"{repeat} --keep-db" if self._inspectable else "",
            test=name_from_root(job, name),
        )


def test_name(job: SuiteJob, tester: Tester, case: Case) -> str:
    """How the runner is told to run just this test, from the part's folder on."""
    file = _test_file(job, case)
    return tester.case_id(case, _relative(file, job.folder) if file else "")


def name_from_root(job: SuiteJob, name: str) -> str:
    """The same from the repository's root on; a dotted name stays as it is."""
    file, colons, rest = name.partition("::")
    own = colons or file.endswith(".py")
    return f"{from_root(job.place, job.folder, file)}{colons}{rest}" if own else name


def _test_file(job: SuiteJob, case: Case) -> Path | None:
    """pytest names files relative to its root, which may lie above the part."""
    for folder in (job.folder, *job.folder.parents) if case.file else ():
        if (folder / case.file).is_file():
            return folder / case.file
        if folder == job.place.root:
            break
    return None


def _relative(file: Path, folder: Path) -> str:
    return file.relative_to(folder).as_posix() if file.is_relative_to(folder) else str(file)


def _line(job: SuiteJob, case: Case, file: Path | None) -> int | None:
    """Where the test's own code failed, else where the test stands."""
    if file is None:
        return None
    places = places_in(case.text)
    inside = [line for path, line in places if (job.folder / path).resolve() == file.resolve()]
    return inside[-1] if inside else case.line


def run_command_of(repeat_prefix: str) -> str:
    """The command of the whole run, from the prefix that tests are put behind."""
    return repeat_prefix.removesuffix("--").rstrip()
