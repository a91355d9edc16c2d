"""`--affected`: the tests that a change can reach, on a machine of one's own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cicd.backend.affected import (
    FOLDER,
    Affected,
    Seen,
    forget_seen,
    install_testmon,
    keep_seen,
    read_seen,
    see,
    touched_files,
    why_all,
    why_unfit,
)
from cicd.backend.installed import read_packages
from cicd.backend.pins import TESTMON
from cicd.cache.elements import digest
from cicd.config.inputs import part_inputs
from cicd.errors import CicdError
from cicd.steps.fingerprint.variables import variable_elements
from cicd.system.content import read_contents

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cicd.backend.selection import Selection
    from cicd.steps.bench import Bench


def choose_affected(bench: Bench, selection: Selection) -> tuple[Selection, Choice | None]:
    """How the tests are run where `--affected` was asked for, said in a line; all of them where
    it cannot be had."""
    if not selection.affected:
        return selection, None
    try:
        choice = _choose(bench, selection)
    except (CicdError, OSError) as error:
        choice = str(error)
    if isinstance(choice, str):
        bench.work.say(f"--affected: {choice}: every test runs")
        return selection.whole(), None
    return selection, choice


class Choice:
    """`affected` goes to the runner; `end` is called when it has ended."""

    def __init__(self, bench: Bench, affected: Affected, seen: Seen) -> None:
        self.affected, self._bench, self._seen = affected, bench, seen

    def end(self, *, complete: bool) -> None:
        """Remembers what the run began with. What was cut short, or ran while files changed,
        is forgotten: testmon would take what it saw then for what was tested."""
        if complete and _files(self._bench) == self._seen.files:
            keep_seen(self.affected.folder, self._seen)
        else:
            forget_seen(self.affected.folder)


def _choose(bench: Bench, selection: Selection) -> Choice | str:
    if bench.part.tests != "pytest":
        return f"the tests of {bench.part.name} are run by {bench.part.tests}, and only pytest can"
    if selection.whole().partial:
        return "other arguments choose tests"
    if unfit := why_unfit(bench.environment):
        return unfit
    work = bench.work
    folder = work.place.state / FOLDER / work.session
    folder.mkdir(parents=True, exist_ok=True)
    library = install_testmon(work.place, bench.environment)
    before = read_seen(folder)
    now = see(work.place.root, _frame(bench, selection), _files(bench), before)
    affected = Affected(folder=folder, library=library, selects=before is not None)
    if reason := why_all(before, now, touched_files(affected, work.place.root, bench.folder)):
        work.say(f"--affected: {reason}: every test runs")
        forget_seen(folder)
        affected = replace(affected, selects=False)
    return Choice(bench, affected, now)


def _files(bench: Bench) -> Mapping[str, str]:
    contents = read_contents(bench.work.place.root)
    names = part_inputs(bench.work.tree, bench.part, ())
    return {name: contents.ids[name] for name in sorted(names) if name in contents.ids}


def _frame(bench: Bench, selection: Selection) -> Mapping[str, str]:
    work = bench.work
    packages = read_packages(bench.environment)
    return {
        "pytest-testmon": TESTMON,
        "a field of the part": digest(repr(bench.part)),
        "an argument": digest(repr(selection.arguments)),
        "Python": bench.environment.interpreter.version,
        **{f"the package {name}": version for name, version in packages.items()},
        **variable_elements(work.environ, work.place.root),
    }
