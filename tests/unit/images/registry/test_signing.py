import os
import stat
from pathlib import Path

import pytest

from cicd.errors import RemoteError
from cicd.images.registry.credentials import Credential
from cicd.images.registry.signing import Signer
from cicd.model import Command, Completed, Secret
from cicd.testing import FakeRunner

NAME = f"registry.example.com/api@sha256:{'0' * 64}"
ON_GITHUB = {
    "ACTIONS_ID_TOKEN_REQUEST_URL": "https://x",
    "GITHUB_SERVER_URL": "https://github.com",
    "GITHUB_REPOSITORY": "own.er/shop",
}


class Cosign(FakeRunner):
    """Verifies nothing before it has signed, and keeps what it found in `DOCKER_CONFIG`."""

    def __init__(self) -> None:
        super().__init__()
        self.config, self.mode = "", 0
        self.answer("cosign", "verify", return_code=1, errors="Error: no signatures found\n")
        self.answer("cosign", "sign")
        self.answer("cosign", "public-key", output="PUBLIC")

    def run(
        self, command: Command, *, timeout_s: float | None = None, quiet: bool = False
    ) -> Completed:
        if folder := command.env.get("DOCKER_CONFIG"):
            file = Path(str(folder), "config.json")
            self.config, self.mode = file.read_text(), stat.S_IMODE(file.stat().st_mode)
        done = super().run(command, timeout_s=timeout_s, quiet=quiet)
        if command.argv[1] == "sign":
            self.answer("cosign", "verify")
        return done

    def lines(self) -> list[str]:
        return [str(command) for command in self.commands]


def signer(cosign: Cosign, folder: Path, **more: object) -> Signer:
    given = {"host": "registry.example.com", "environ": dict(os.environ), **more}
    return Signer(runner=cosign, folder=folder, **given)  # type: ignore[arg-type]


def test_a_key_goes_by_the_environment_and_nothing_to_a_public_log(tmp_path: Path) -> None:
    cosign = Cosign()
    assert signer(cosign, tmp_path, key=Secret("PRIVATE")).ensure_signed(NAME)
    _, verify, sign, again = cosign.lines()
    assert sign == f"cosign sign --yes --key env://CICD_COSIGN_KEY --tlog-upload=false {NAME}"
    public = "--key env://CICD_COSIGN_PUBLIC_KEY --insecure-ignore-tlog=true"
    assert verify == again == f"cosign verify {public} {NAME}"
    assert cosign.commands[2].env["CICD_COSIGN_KEY"] == Secret("PRIVATE")
    assert "PRIVATE" not in "".join(cosign.lines())


def test_without_a_key_the_workflow_signs_and_is_the_one_that_must_have_signed(
    tmp_path: Path,
) -> None:
    cosign = Cosign()
    assert signer(cosign, tmp_path, environ=ON_GITHUB).ensure_signed(NAME)
    verify, sign, _ = cosign.lines()
    assert sign == f"cosign sign --yes {NAME}"
    assert "--certificate-identity-regexp '^https://github\\.com/own\\.er/shop/'" in verify
    assert "--certificate-oidc-issuer https://token.actions.githubusercontent.com" in verify


def test_what_is_signed_is_not_signed_again(tmp_path: Path) -> None:
    cosign = Cosign()
    cosign.answer("cosign", "verify")
    assert not signer(cosign, tmp_path, key=Secret("PRIVATE")).ensure_signed(NAME)
    assert not [line for line in cosign.lines() if line.startswith("cosign sign")]


def test_a_password_is_a_file_that_nobody_else_reads_and_that_goes_again(tmp_path: Path) -> None:
    cosign = Cosign()
    credential = Credential(user="me", secret=Secret("w0rd"), origin="a test")
    one = signer(cosign, tmp_path, key=Secret("PRIVATE"), credential=credential)
    one.ensure_signed(NAME)
    assert '"username": "me", "password": "w0rd"' in cosign.config
    assert cosign.mode == 0o600
    assert "w0rd" not in "".join(cosign.lines())
    assert list(tmp_path.iterdir()) == []


def test_a_registry_of_plain_http_is_said_to_cosign(tmp_path: Path) -> None:
    cosign = Cosign()
    signer(cosign, tmp_path, key=Secret("PRIVATE"), insecure=True).ensure_signed(NAME)
    assert "--allow-http-registry=true" in cosign.lines()[1]


def test_cosign_s_own_words_say_what_is_wrong(tmp_path: Path) -> None:
    cosign = Cosign()
    cosign.answer("cosign", "sign", return_code=1, errors="WARNING: x\nError: signing: no\n")
    with pytest.raises(RemoteError, match="cannot be signed: signing: no"):
        signer(cosign, tmp_path, key=Secret("PRIVATE")).ensure_signed(NAME)
