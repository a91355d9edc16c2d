"""What concerns a whole call of nox: its name, its signals, its number of jobs, its last lines."""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import nox
from nox import registry

from cicd.sessions.github import JOIN
from cicd.sessions.pipeline import CI, PUSH, required_by_ci, run_all
from cicd.sessions.registry import require
from cicd.sessions.selection import read_selection
from cicd.system.run_name import RUN_VARIABLE, name_run

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cicd.config.parts import Part


def begin_run(root: Path, parts: Sequence[Part]) -> None:
    """Called once for each process of a run; what is said once is said by the first."""
    if "_ARGCOMPLETE" in os.environ:  # a shell asks which sessions there are: nothing will run
        return
    _interrupt_on_sigterm()
    if not name_run(os.environ):
        from cicd.system.process import end_with_parent

        end_with_parent()
        return
    if _runs_ci():
        _mark(root)
        if PUSH in registry.get():
            # In one call of nox: what `ci` judges is pushed, in whatever order they are named.
            require(PUSH, [CI])
        _parts.append(len(parts))
        _plan()
    atexit.register(_end, root, time.monotonic())


def _mark(root: Path) -> None:
    """For who asks later what `ci` said: a red one never comes to its own session."""
    from cicd.records.runs import open_run
    from cicd.records.whole import mark_whole
    from cicd.system.state import state_folder

    # What cannot be written is told by the first session.
    with contextlib.suppress(OSError):
        mark_whole(open_run(state_folder(root), os.environ[RUN_VARIABLE]))


def _judges_all() -> bool:
    return _runs_ci() or JOIN in read_selection(sys.argv[1:], os.environ, ())


def _runs_ci() -> bool:
    """A noxfile may choose what runs by default (`nox.options.sessions`), also after our call."""
    default = nox.options.sessions or (CI,)
    return CI in read_selection(sys.argv[1:], os.environ, default)


@contextlib.contextmanager
def changed_sessions() -> Iterator[None]:
    """What is registered changes within the block: so does what has to run."""
    run_all()
    yield
    if _parts:
        _plan()


_parts: list[int] = []
"""How many parts there are, in a process that plans a run of `ci`."""


def _plan() -> None:
    from cicd.sessions.planning import plan_ci

    with contextlib.suppress(OSError):  # what cannot be written is told by the first session
        plan_ci(_parts[0])


def _interrupt_on_sigterm() -> None:
    """SIGTERM ends a run like Ctrl-C, so that what it opened is closed.

    nox sends it to its child processes under `-j`, and installs no handler of its own.
    """
    main = threading.current_thread() is threading.main_thread()
    if main and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, _interrupt)


def _interrupt(number: int, frame: object) -> NoReturn:
    raise KeyboardInterrupt


def _end(root: Path, begun: float) -> None:
    """Cheap where nothing was judged: `nox -l` ends here too."""
    from cicd.system.state import STATE

    name = os.environ[RUN_VARIABLE]
    if not (root / STATE / "runs" / name / "records").is_dir():
        return
    from cicd.records.runs import Run, leave_reused
    from cicd.steps.run_end import End, end_run

    if _judges_all():
        leave_reused(Run(name, root / STATE / "runs" / name))

    end_run(
        End(
            root=root,
            name=name,
            required=required_by_ci() if _judges_all() else (),
            order=list(registry.get()),
            duration_s=time.monotonic() - begun,
            environ=os.environ,
        )
    )
