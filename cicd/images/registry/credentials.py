"""Who logs in to a registry, and with what."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cicd.errors import MissingError, SettingsError
from cicd.model import Secret
from cicd.system.secret_sources import read_secret

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cicd.config.parts import Registry
    from cicd.system.process import Runner

GITHUB = "ghcr.io"


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """A user and a password, or the token that stands for both (`is_token`). `in_files`: other
    programs find it where we did, in Docker's files."""

    user: str
    secret: Secret
    is_token: bool = False
    origin: str
    in_files: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Where credentials may come from. `root` is the folder that paths are relative to."""

    registries: Sequence[Registry]
    environ: Mapping[str, str]
    runner: Runner
    root: Path

    def settings(self, host: str) -> Registry | None:
        return next((one for one in self.registries if one.host == host), None)

    def read(self, source: str) -> Secret:
        """What "env:NAME", "file:path" or "cmd:command" names."""
        return read_secret(source, environ=self.environ, runner=self.runner, root=self.root)


def find_credential(host: str, sources: Sources) -> Credential | None:
    """That of `cicd.Registry`, else Docker's own, else, for GitHub's registry, the workflow's.

    None: nobody is known there, and the registry is asked without a name.
    """
    settings = sources.settings(host)
    if settings and settings.password:
        if not settings.user:
            raise SettingsError(f'cicd.Registry("{host}"): `password` needs `user`')
        secret = sources.read(settings.password)
        return Credential(user=settings.user, secret=secret, origin="cicd.Registry")
    return _from_docker(host, sources.environ) or _from_github(host, sources.environ)


def _from_docker(host: str, environ: Mapping[str, str]) -> Credential | None:
    """What `docker login` left: in its file, or with a credential helper that it names."""
    folder = Path(environ.get("DOCKER_CONFIG") or Path(environ.get("HOME", ""), ".docker"))
    path = folder / "config.json"
    if not path.is_file():
        return None
    import docker.auth
    import docker.errors

    try:
        config = docker.auth.load_config(os.fspath(path), credstore_env=dict(environ))
        found = config.resolve_authconfig(host) or {}
    except (docker.errors.DockerException, OSError, ValueError) as error:
        raise MissingError(f"Docker's credentials for {host} cannot be read: {error}") from error
    if token := found.get("IdentityToken"):
        return Credential(
            user="", secret=Secret(token), is_token=True, origin=str(path), in_files=True
        )
    user = found.get("Username") or found.get("username")
    password = found.get("Password") or found.get("password")
    if not user or not password:
        return None
    return Credential(user=user, secret=Secret(password), origin=str(path), in_files=True)


def _from_github(host: str, environ: Mapping[str, str]) -> Credential | None:
    token = environ.get("GITHUB_TOKEN", "")
    if host != GITHUB or environ.get("GITHUB_ACTIONS") != "true" or not token:
        return None
    user = environ.get("GITHUB_ACTOR") or "github-actions"
    return Credential(user=user, secret=Secret(token), origin="GITHUB_TOKEN")
