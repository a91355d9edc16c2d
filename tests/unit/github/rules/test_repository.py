import subprocess
from pathlib import Path

import pytest

from cicd.config.rules import Rules
from cicd.errors import SettingsError
from cicd.github.rules.repository import find_api, find_repository

API = "https://api.github.com"


def cloned(root: Path, origin: str) -> Path:
    subprocess.run(["git", "init", "--quiet", str(root)], check=True)
    subprocess.run(["git", "-C", str(root), "remote", "add", "origin", origin], check=True)
    return root


@pytest.mark.parametrize(
    ("origin", "api"),
    [
        ("https://github.com/somebody/shop.git", API),
        ("https://github.com/somebody/shop", API),
        ("https://x-access-token:word@github.com/somebody/shop.git", API),
        ("git@github.com:somebody/shop.git", API),
        ("ssh://git@github.com/somebody/shop.git", API),
        ("ssh://git@ssh.github.com:443/somebody/shop.git", API),
        ("git@github.example.com:somebody/shop.git", "https://github.example.com/api/v3"),
        ("https://tenant.ghe.com/somebody/shop", "https://api.tenant.ghe.com"),
    ],
)
def test_the_remote_origin_says_which_repository(origin: str, api: str, tmp_path: Path) -> None:
    assert find_repository(Rules(), api, {}, cloned(tmp_path, origin)) == "somebody/shop"


def test_the_rules_come_before_the_variable_and_that_before_the_remote(tmp_path: Path) -> None:
    root = cloned(tmp_path, "https://github.com/somebody/shop")
    told = {"GITHUB_REPOSITORY": "team/shop"}
    assert find_repository(Rules(), API, told, root) == "team/shop"
    assert find_repository(Rules(repository="a/b"), API, told, root) == "a/b"


def test_a_repository_that_nobody_names_is_asked_for(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="there is no remote `origin`"):
        find_repository(Rules(), API, {}, tmp_path)
    root = cloned(tmp_path, "https://somebody:hunter2@gitlab.com/somebody/shop")
    with pytest.raises(SettingsError, match="`origin` is not at github.com") as refused:
        find_repository(Rules(), API, {}, root)
    assert 'repository="owner/name"' in str(refused.value)
    assert "hunter2" not in str(refused.value)


def test_the_address_is_githubs_unless_somebody_says_another() -> None:
    enterprise = {"GITHUB_API_URL": "https://github.example.com/api/v3/"}
    assert find_api(Rules(), {}) == API
    assert find_api(Rules(), enterprise) == "https://github.example.com/api/v3"
    assert find_api(Rules(api="https://other.example.com"), enterprise).endswith("example.com")
    with pytest.raises(SettingsError, match="a token is only sent by https://"):
        find_api(Rules(), {"GITHUB_API_URL": "http://github.example.com"})
