"""The variables that an image is started with, and the migrated database that they lead to."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from cicd.config.parts import Backend
from cicd.config.resolve import resolve
from cicd.database.clones import Clones
from cicd.database.connection import connection_env
from cicd.database.container import NAME
from cicd.database.names import new_run_key
from cicd.errors import MissingError, SettingsError
from cicd.model import Secret
from cicd.steps.bench import prepare
from cicd.steps.connection import driver_scheme, split_env
from cicd.steps.databases import migrated_template, opened_server
from cicd.steps.schema import schema_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cicd.config.parts import Image, Part
    from cicd.database.port import Server
    from cicd.steps.bench import Bench
    from cicd.steps.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Variables:
    """What a container of the image is started with; `facts` say which database it is."""

    env: Mapping[str, str | Secret]
    unverified: tuple[str, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)


@contextlib.contextmanager
def opened_variables(work: Work, image: Image, parts: Sequence[Part]) -> Iterator[Variables]:
    """Until the block ends; then the database is gone, too.

    It is migrated by the migrations of the image's backend, and lies in a container beside the
    one that will be started. Raises `MissingError` where none can be had, `CheckFailed` when
    it cannot be migrated, `SettingsError` for a backend that is not there.
    """
    templates, plain = split_env(image.env if isinstance(image.env, dict) else {})
    backend = find_backend(image, work, parts)
    if backend is None or backend.postgres is None:
        _require_no_template(image, templates)
        theirs = split_env(_env(backend))[1] if backend else {}
        yield Variables(env={**theirs, **plain})
        return
    bench = prepare(work, backend)
    schema = schema_of(bench)
    with opened_server(bench, only=NAME, schema=schema) as (server, unverified):
        inside = _seen_from_inside(server)
        template = migrated_template(bench, server, schema)
        with Clones(server, template, new_run_key()) as clones:
            env = {**_their_env(bench, inside, clones.take(), templates), **plain}
            for value in env.values():
                if isinstance(value, Secret):
                    work.masks.cover(value)
            label = f"PostgreSQL {server.version} ({server.provider})"
            yield Variables(
                env=env, unverified=(*bench.unverified, *unverified), facts={"database": label}
            )


def find_backend(image: Image, work: Work, parts: Sequence[Part]) -> Backend | None:
    """The backend that the image names, with every field. Raises `SettingsError`."""
    if not isinstance(image.backend, str):
        return None
    found = [resolve(work.tree, part).part for part in parts if isinstance(part, Backend)]
    backends = [part for part in found if isinstance(part, Backend)]
    for part in backends:
        if image.backend in (part.name, part.path):
            return part
    known = ", ".join(f'"{part.name}"' for part in backends) or "none"
    raise SettingsError(
        f'cicd.Image("{image.name}", backend="{image.backend}"): there is no such backend',
        fix=f"the backends of this repository: {known}",
    )


def _their_env(
    bench: Bench, server: Server, dbname: str, more: Mapping[str, str]
) -> dict[str, str | Secret]:
    """The part's own variables as its tests have them, and those of the image over them."""
    templates, plain = split_env(bench.env)
    scheme = driver_scheme(bench)
    return {**plain, **connection_env(server, dbname, {**templates, **more}, scheme)}


def _env(backend: Backend) -> Mapping[str, str]:
    return backend.env if isinstance(backend.env, dict) else {}


def _require_no_template(image: Image, templates: Mapping[str, str]) -> None:
    for name, value in templates.items():
        raise SettingsError(
            f'cicd.Image("{image.name}"): env "{name}" is {value}, and it has no database',
            fix=f'name the backend whose it is: cicd.Image("{image.name}", backend="…")',
        )


def _seen_from_inside(server: Server) -> Server:
    """The server as another container of the same engine reaches it."""
    if server.inside is None:
        raise MissingError("the engine gave the database no address that other containers reach")
    host, port = server.inside
    return replace(server, host=host, port=port)
