"""Signs digests with cosign, and verifies what it signed."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from cicd.errors import MissingError, RemoteError, SettingsError
from cicd.images.registry.local import temporary_folder
from cicd.model import Command, Secret
from cicd.system.http import is_loopback

if TYPE_CHECKING:
    from cicd.images.registry.credentials import Credential
    from cicd.model import Completed
    from cicd.system.process import Runner

_KEY, _PUBLIC = "CICD_COSIGN_KEY", "CICD_COSIGN_PUBLIC_KEY"
_ISSUER = "https://token.actions.githubusercontent.com"
_LIMIT_S = 180
_HUB_KEY = "https://index.docker.io/v1/"
_MISSING = "cosign is not on PATH, and a signature is required"
_INSTALL = "  https://docs.sigstore.dev/cosign/system_config/installation/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """cosign, with a key or, on GitHub, with the identity of the workflow.

    `credential` is given where Docker's own files do not know it; cosign reads those.
    `folder` is where it may have a file for it, until it ends.
    """

    host: str
    runner: Runner
    environ: Mapping[str, str] = field(repr=False)
    folder: Path
    key: Secret | None = None
    credential: Credential | None = None
    insecure: bool = False

    def require_ready(self) -> None:
        """Raises `MissingError` without cosign, `SettingsError` without anything to sign with."""
        if not shutil.which("cosign", path=self.environ.get("PATH")):
            raise MissingError(_MISSING, fix=_INSTALL)
        if self.key is None and "ACTIONS_ID_TOKEN_REQUEST_URL" not in self.environ:
            fix = f'  cicd.Registry("{self.host}", key="env:NAME"), or on GitHub: id-token: write'
            raise SettingsError("a signature is required, and there is no key", fix=fix)

    def ensure_signed(self, name: str) -> bool:
        """Signs unless there is a signature that holds; whether it was signed now.

        Raises `RemoteError` when the signature does not hold afterwards.
        """
        with self._surroundings() as env:
            check = self._verify_command(name, env)
            if self._run(check).ok:
                return False
            self._require(self._run(self._sign_command(name, env)), f"{name} cannot be signed")
            self._require(self._run(check), f"the signature of {name} does not hold")
        return True

    def _sign_command(self, name: str, env: Mapping[str, str | Secret]) -> Command:
        """With a key of one's own nothing is written to the public log of signatures."""
        how = ("--key", f"env://{_KEY}", "--tlog-upload=false") if self.key else ()
        argv = ("cosign", "sign", "--yes", *how, *self._transport(), name)
        return Command(argv, env={**env, **({_KEY: self.key} if self.key else {})})

    def _verify_command(self, name: str, env: Mapping[str, str | Secret]) -> Command:
        if self.key is None:
            who = ("--certificate-identity-regexp", _identity(self.environ))
            by = (*who, "--certificate-oidc-issuer", _ISSUER)
            return Command(("cosign", "verify", *by, *self._transport(), name), env=env)
        how = ("--key", f"env://{_PUBLIC}", "--insecure-ignore-tlog=true")
        public = {_PUBLIC: Secret(self._public_key(self.key))}
        argv = ("cosign", "verify", *how, *self._transport(), name)
        return Command(argv, env={**env, **public})

    def _public_key(self, key: Secret) -> str:
        command = Command(("cosign", "public-key", "--key", f"env://{_KEY}"), env={_KEY: key})
        done = self._run(command)
        self._require(done, "the key for signatures cannot be read (COSIGN_PASSWORD unlocks it)")
        return done.output

    def _transport(self) -> tuple[str, ...]:
        plain = self.insecure or is_loopback(self.host)
        return ("--allow-http-registry=true",) if plain else ()

    def _run(self, command: Command) -> Completed:
        return self.runner.run(command, timeout_s=_LIMIT_S, quiet=True)

    def _require(self, done: Completed, what: str) -> None:
        if not done.ok:
            said = done.errors.strip().splitlines()
            reason = next((line for line in said if "rror" in line), (said or [""])[-1])
            raise RemoteError(f"{what}: {reason.removeprefix('Error: ')}")

    @contextmanager
    def _surroundings(self) -> Iterator[Mapping[str, str | Secret]]:
        """Without a password in the environment cosign would ask for one.

        Neither a command nor a variable takes the registry's password: it is a file for as
        long as cosign needs it, which nobody else may read.
        """
        common = {"COSIGN_PASSWORD": self.environ.get("COSIGN_PASSWORD", "")}
        env: Mapping[str, str | Secret] = {name: Secret(text) for name, text in common.items()}
        if self.credential is None:
            yield env
            return
        with temporary_folder(self.folder, self.environ, "login-") as folder:
            _write_config(folder / "config.json", self.host, self.credential)
            yield {**env, "DOCKER_CONFIG": str(folder)}


def _write_config(path: Path, host: str, credential: Credential) -> None:
    entry = {"username": credential.user, "password": credential.secret.reveal()}
    if credential.is_token:
        entry = {"identitytoken": credential.secret.reveal()}
    path.touch(mode=0o600)
    auths = {_HUB_KEY if host == "docker.io" else host: entry}
    path.write_text(json.dumps({"auths": auths}), encoding="utf-8")


def _identity(environ: Mapping[str, str]) -> str:
    """The workflows of this repository, whichever they are."""
    server = environ.get("GITHUB_SERVER_URL", "https://github.com")
    return f"^{re.escape(server)}/{re.escape(environ.get('GITHUB_REPOSITORY', ''))}/"
