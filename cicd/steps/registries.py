"""The registries that a session speaks to, with their settings and logins."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cicd.images.registry.client import Client
from cicd.images.registry.copying import Place
from cicd.images.registry.credentials import Credential, Sources, find_credential
from cicd.images.registry.signing import Signer
from cicd.images.registry.wire import Wire

if TYPE_CHECKING:
    from cicd.config.parts import Registry
    from cicd.images.registry.names import Repository
    from cicd.steps.work import Work


@contextlib.contextmanager
def opened_registries(work: Work, registries: Sequence[Registry]) -> Iterator[Registries]:
    """Nothing is asked before it is needed; all connections end with the block."""
    sources = Sources(
        registries=registries,
        environ=work.environ,
        runner=work.place.runner,
        root=work.place.root,
    )
    opened = Registries(work, sources)
    try:
        yield opened
    finally:
        for wire in opened.wires.values():
            wire.close()


@dataclass(slots=True)
class Registries:
    """One connection and one login for each host."""

    work: Work
    sources: Sources
    wires: dict[str, Wire] = field(default_factory=dict)
    credentials: dict[str, Credential | None] = field(default_factory=dict)

    def place(self, repository: Repository) -> Place:
        """Raises `MissingError` when its login is set and cannot be had."""
        host = repository.host
        if host not in self.wires:
            self.wires[host] = Wire(
                host,
                credential=self.credential(host),
                insecure=self._insecure(host),
                cover=self.work.masks.add,
            )
        return Place(Client(self.wires[host]), repository)

    def credential(self, host: str) -> Credential | None:
        if host not in self.credentials:
            found = find_credential(host, self.sources)
            if found:
                self.work.masks.add(found.secret)
            self.credentials[host] = found
        return self.credentials[host]

    def required(self, host: str) -> tuple[str, ...]:
        """What an image must have to be pushed there."""
        settings = self.sources.settings(host)
        require = settings.require if settings else ()
        return (require,) if isinstance(require, str) else require

    def signer(self, host: str) -> Signer:
        settings, credential = self.sources.settings(host), self.credential(host)
        source = settings.key if settings else ""
        return Signer(
            host=host,
            runner=self.work.place.runner,
            environ=self.work.environ,
            folder=self.work.place.state,
            key=self.sources.read(source) if source else None,
            # Docker's own files are read by cosign itself.
            credential=credential if credential and not credential.in_files else None,
            insecure=self._insecure(host),
        )

    def _insecure(self, host: str) -> bool:
        settings = self.sources.settings(host)
        return bool(settings and settings.insecure)
