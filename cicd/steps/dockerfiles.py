"""`dockerfiles`: images and a compose file for those who have none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.config.resolve import resolve
from cicd.errors import SettingsError
from cicd.images.dockerfiles.repository import plan_repository
from cicd.images.dockerfiles.run import write_file
from cicd.steps.work import current_work
from cicd.system.console import show

if TYPE_CHECKING:
    from collections.abc import Sequence

    import nox

    from cicd.config.parts import Part


def write_dockerfiles(session: nox.Session, parts: Sequence[Part]) -> None:
    """Writes what the parts lack, shows each file with what to do next, and leaves what is there.

    Raises `SettingsError` when something has to be filled in before the files can work.
    """
    work = current_work(session)
    plan = plan_repository(work.tree, [resolve(work.tree, part).part for part in parts])
    for planned in plan.files:
        written = write_file(work.place.root, planned)
        hint = f"   {planned.hint}" if planned.hint and written else ""
        show(f"  {'written' if written else 'left   '}  {planned.path}{hint}\n")
    for line in plan.left:
        show(f"  left     {line}\n")
    for line in plan.remarks:
        show(f"  note     {line}\n")
    if plan.gaps:
        raise SettingsError("\n".join(plan.gaps))
