import base64
import json
from pathlib import Path

import pytest

from cicd.config.parts import Registry
from cicd.errors import MissingError, SettingsError
from cicd.images.registry.credentials import Sources, find_credential
from cicd.model import Secret
from cicd.testing import FakeRunner

ON_GITHUB = {"GITHUB_ACTIONS": "true", "GITHUB_ACTOR": "me", "GITHUB_TOKEN": "t0ken"}


def sources(
    root: Path, *registries: Registry, runner: FakeRunner | None = None, **environ: str
) -> Sources:
    environ = {"HOME": str(root), **environ}
    return Sources(registries=registries, environ=environ, runner=runner or FakeRunner(), root=root)


def docker_login(root: Path, host: str, **entry: str) -> None:
    (root / ".docker").mkdir()
    (root / ".docker" / "config.json").write_text(json.dumps({"auths": {host: entry}}))


def encoded(pair: str) -> str:
    return base64.b64encode(pair.encode()).decode()


def test_what_the_noxfile_says_comes_first(tmp_path: Path) -> None:
    docker_login(tmp_path, "a.example", auth=encoded("other:else"))
    given = Registry("a.example", user="me", password="env:WORD")
    found = find_credential("a.example", sources(tmp_path, given, WORD="secret"))
    assert found is not None and (found.user, found.secret) == ("me", Secret("secret"))
    assert not found.in_files


def test_docker_s_own_login_comes_next(tmp_path: Path) -> None:
    docker_login(tmp_path, "a.example", auth=encoded("other:el:se"))
    found = find_credential("a.example", sources(tmp_path, Registry("a.example")))
    assert found is not None and (found.user, found.secret) == ("other", Secret("el:se"))
    assert found.in_files


def test_the_hub_is_known_by_its_old_address(tmp_path: Path) -> None:
    docker_login(tmp_path, "https://index.docker.io/v1/", auth=encoded("hub:word"))
    found = find_credential("docker.io", sources(tmp_path))
    assert found is not None and found.user == "hub"


def test_an_identity_token_has_no_user(tmp_path: Path) -> None:
    docker_login(tmp_path, "a.example", auth=encoded("x:"), identitytoken="for ever")
    found = find_credential("a.example", sources(tmp_path))
    assert found is not None and found.is_token and found.secret == Secret("for ever")


def test_github_s_registry_needs_no_settings_on_github(tmp_path: Path) -> None:
    found = find_credential("ghcr.io", sources(tmp_path, **ON_GITHUB))
    assert found is not None and (found.user, found.secret) == ("me", Secret("t0ken"))
    assert find_credential("a.example", sources(tmp_path, **ON_GITHUB)) is None
    elsewhere = {**ON_GITHUB, "GITHUB_ACTIONS": ""}
    assert find_credential("ghcr.io", sources(tmp_path, **elsewhere)) is None


def test_a_file_of_docker_s_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    (tmp_path / ".docker").mkdir()
    (tmp_path / ".docker" / "config.json").write_text('{"auths": {"a.example": "wrong"}}')
    with pytest.raises(MissingError, match="Docker's credentials for a.example"):
        find_credential("a.example", sources(tmp_path))


def test_a_password_without_a_user_is_a_setting_to_make(tmp_path: Path) -> None:
    given = Registry("a.example", password="env:WORD")
    with pytest.raises(SettingsError, match="`password` needs `user`"):
        find_credential("a.example", sources(tmp_path, given, WORD="x"))
