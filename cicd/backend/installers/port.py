"""The port: how the dependencies of a project come into its environment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from cicd.backend.fields import part_folder, words

if TYPE_CHECKING:
    from pathlib import Path

    from cicd.backend.interpreters import Interpreter
    from cicd.config.parts import Backend
    from cicd.system.place import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """What is to be installed, and where: `path` is the environment to be made."""

    place: Place
    part: Backend
    interpreter: Interpreter
    path: Path

    @property
    def folder(self) -> Path:
        return part_folder(self.place, self.part)

    def above(self, name: str) -> Path:
        """The nearest file of this name, from the part's folder up to the repository's root;
        in the part's folder when there is none."""
        folder = self.folder
        while not (folder / name).is_file() and folder != self.place.root:
            if folder == folder.parent:
                break
            folder = folder.parent
        found = folder / name
        return found if found.is_file() else self.folder / name

    def named(self, file: Path) -> str:
        """A file as messages name it: relative to the repository's root."""
        root = self.place.root
        return file.relative_to(root).as_posix() if file.is_relative_to(root) else str(file)

    def options(self, extra: str, group: str) -> tuple[str, ...]:
        """The part's extras and groups, each behind the option that the tool has for it."""
        extras = ((extra, name) for name in words(self.part.extras))
        groups = ((group, name) for name in words(self.part.groups))
        return tuple(word for pair in (*extras, *groups) for word in pair)


class Installer(Protocol):
    """One way to install. Each module beside this one is an installer."""

    def inputs(self, job: Installation) -> tuple[Path, ...]:
        """The files that decide what is installed. Reads no registry, runs nothing."""
        ...

    def run_installation(self, job: Installation) -> tuple[str, ...]:
        """Makes the environment at `job.path`, whatever was there, and installs into it.

        Returns notes for the record, one line each. Raises `CheckFailed` when the files
        do not allow it and `RemoteError` when a registry does not answer. Writes nothing
        into the repository.
        """
        ...
