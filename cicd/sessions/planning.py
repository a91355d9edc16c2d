"""Before nox starts: what of `ci` has to run, how many at the same time, in which order."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from typing import TYPE_CHECKING

import nox
from nox import registry

from cicd.sessions.pipeline import CI, PUSH, required_by_ci, run_only
from cicd.sessions.registry import names_of, subject_of
from cicd.sessions.selection import asked_jobs, asks_why, read_arguments, read_selection

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cicd.records.runs import Run
    from cicd.steps.reuse import Lookup

_BESIDE = (CI, PUSH, "notify", "report")
"""With anything else in the same call, nobody knows what is there when `ci` begins."""
_SHORTEST_S = 0.1
_given: list[object] = []
_ours: list[int | None] = []


def plan_ci(parts: int) -> None:
    """Decides anew; called again after each change of what is registered.

    What the user or the noxfile says of the number of jobs holds. The number of `parts`
    counts where it is not known how long what has to run will take.
    """
    from cicd.sessions.reusing import this_run
    from cicd.system.cores import count_cores

    run, cores = this_run(), count_cores()
    shutil.rmtree(run.reused, ignore_errors=True)
    found = _look() if _is_alone() else {}
    remaining = [name for name in required_by_ci() if not _stands(found.get(name))]
    wanted = _wanted_jobs(cores)
    jobs = _jobs(run, remaining, parts, cores) if wanted is None else wanted
    if wanted is None:
        nox.options.parallel = jobs if jobs > 1 else None
        _ours[:] = [nox.options.parallel]
    if jobs > 1 and not asks_why(sys.argv[1:]):
        _share(run, remaining, jobs, cores)
        _leave_out(run, found)


def _look() -> dict[str, Lookup | None]:
    """By the names under which they are recorded."""
    from cicd.sessions.standing import look_at

    arguments, reached = read_arguments(sys.argv[1:]), _reached()
    return {
        name: look_at(name, subject, arguments, reached.__contains__)
        for key in registry.get()[CI].requires
        if (subject := subject_of(key))
        for name in names_of(key)
    }


def _stands(lookup: Lookup | None) -> bool:
    return lookup is not None and lookup.entry is not None


def _reached() -> set[str]:
    """What nox will run when it is asked for `ci`, or for what comes after it."""
    every = registry.get()
    found, left = set[str](), [name for name in _BESIDE if name in every]
    while left:
        name = left.pop()
        if name not in found and name in every:
            found.add(name)
            left += every[name].requires
    return found


def _is_alone() -> bool:
    default = nox.options.sessions or (CI,)
    return set(read_selection(sys.argv[1:], os.environ, default)) <= set(_BESIDE)


def _wanted_jobs(cores: int) -> int | None:
    """Those of the command line, the environment or the noxfile; None where nobody says."""
    if not _given:
        _given.append(nox.options.parallel)
    noxfiles = nox.options.parallel if [nox.options.parallel] != _ours else _given[0]
    said = asked_jobs(sys.argv[1:], os.environ) or noxfiles
    if said is None:
        return None
    with contextlib.suppress(TypeError, ValueError):
        return int(str(said))
    return cores


def _jobs(run: Run, remaining: Sequence[str], parts: int, cores: int) -> int:
    if len(remaining) < 2 or cores < 2:
        return 1
    from cicd.records.durations import read_durations
    from cicd.sessions.plan import jobs_that_pay, jobs_unmeasured

    known = read_durations(run.folder.parent.parent)
    if all(name in known for name in remaining):
        return jobs_that_pay([known[name] for name in remaining], cores)
    return jobs_unmeasured(parts, len(remaining), cores)


def _share(run: Run, remaining: Sequence[str], jobs: int, cores: int) -> None:
    """Of sessions that never ran nobody knows how long they take: all get the same."""
    from cicd.records.durations import read_durations
    from cicd.records.runs import keep_cores
    from cicd.sessions.plan import share_cores

    known = read_durations(run.folder.parent.parent)
    some_s = max(known.values(), default=1.0)
    durations_s = {name: max(known.get(name, some_s), _SHORTEST_S) for name in remaining}
    with contextlib.suppress(OSError):  # the first session says it
        keep_cores(run, share_cores(durations_s, min(jobs, len(remaining)), cores))


def _leave_out(run: Run, found: Mapping[str, Lookup | None]) -> None:
    """A child process for each session that has to run, the longest first, and none for those
    whose record is left here: `ci` finds it as soon as it asks."""
    from cicd.records.durations import read_durations
    from cicd.sessions.plan import longest_first

    with contextlib.suppress(OSError):  # the first session says it
        left = {name for name, lookup in found.items() if lookup and _leave(run, lookup)}
        needed = [key for key in registry.get()[CI].requires if not left.issuperset(names_of(key))]
        run_only(longest_first(_in_turn(needed), read_durations(run.folder.parent.parent)))


def _in_turn(needed: Sequence[str]) -> list[str]:
    """npm takes ten times as long as uv to install what is in its cache."""
    from cicd.config.parts import Frontend
    from cicd.sessions.plan import installing_first

    subjects = {key: subject for key in needed for n in names_of(key) if (subject := subject_of(n))}
    parts = {key: one.part for key, one in subjects.items() if one.part is not None}
    slow = {str(part.name) for part in parts.values() if isinstance(part, Frontend)}
    return installing_first(needed, {key: str(part.name) for key, part in parts.items()}, slow)


def _leave(run: Run, lookup: Lookup) -> bool:
    from cicd.records.store import write_record
    from cicd.sessions.reusing import record_of
    from cicd.steps.restoring import restore_reports

    record = record_of(lookup, run.id)
    if record is None:
        return False
    write_record(run.reused, record)
    restore_reports(lookup, run, run.folder.parent.parent)
    return True
