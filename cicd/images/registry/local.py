"""The images of the local engine, to be looked at and saved."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cicd.errors import MissingError
from cicd.images.registry.unpacking import unpack
from cicd.system import engine
from cicd.system.aftermath import when_killed

if TYPE_CHECKING:
    import docker

_LIMIT_S = 600
_REMOVE = "import shutil, sys; shutil.rmtree(sys.argv[1], ignore_errors=True)"


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalImages:
    """What the engine has. Raises `MissingError` when none answers."""

    environ: Mapping[str, str] = field(repr=False)
    state: Path

    def platform(self, image_id: str) -> str:
        """What it runs on ("linux/amd64"); "" when the engine does not have it."""
        import docker.errors

        with self._client() as client:
            try:
                attributes: dict[str, Any] = client.images.get(image_id).attrs
            except docker.errors.ImageNotFound:
                return ""
        names = ("Os", "Architecture", "Variant")
        return "/".join(filter(None, (str(attributes.get(name) or "") for name in names)))

    @contextlib.contextmanager
    def unpacked(self, image_id: str) -> Iterator[Path]:
        """A folder with what `docker save` gives; it is gone when the block ends."""
        with temporary_folder(self.state, self.environ, "push-") as folder:
            with self._client() as client:
                unpack(client.api.get_image(image_id), folder)
            yield folder

    @contextlib.contextmanager
    def _client(self) -> Iterator[docker.DockerClient]:
        import docker.errors
        import requests
        from urllib3.exceptions import HTTPError

        found = engine.find_engine(self.environ)
        if found is None:
            raise MissingError(f"no Docker engine answers at unix://{engine.DEFAULT_SOCKET}")
        try:
            client = engine.connect(found, self.environ, _LIMIT_S)
        except (docker.errors.DockerException, OSError) as error:  # requests' own are such
            raise MissingError(f"no Docker engine answers at {found.url}: {error}") from error
        broken = (docker.errors.DockerException, requests.RequestException, tarfile.TarError)
        try:
            with contextlib.closing(client):
                yield client
        except (*broken, HTTPError) as error:
            raise MissingError(f"the Docker engine at {found.url} broke off: {error}") from error


@contextlib.contextmanager
def temporary_folder(state: Path, environ: Mapping[str, str], prefix: str) -> Iterator[Path]:
    """Nobody else may read it. Gone when the block ends, and when we are killed."""
    folder = tempfile.mkdtemp(dir=state, prefix=prefix)
    command = (sys.executable, "-I", "-c", _REMOVE, os.path.abspath(folder))
    with when_killed(command, environ=environ):
        try:
            yield Path(folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
