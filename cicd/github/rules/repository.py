"""Which repository on GitHub, and at which address."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cicd.config.rules_checks import is_safe_address
from cicd.errors import SettingsError
from cicd.github.rules.wanted import GITHUB_API
from cicd.system.ask import read_output

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from cicd.config.rules import Rules

_ADDRESS = re.compile(
    r"(?:[a-z+]+://)?(?:[^@/]*@)?(?P<host>[^/:@]+)(?::\d+)?[:/]+"
    r"(?P<name>[\w.-]+/[\w.-]+?)(?:\.git)?/?"
)


def find_api(rules: Rules, environ: Mapping[str, str]) -> str:
    """Raises `SettingsError` for an address that a token must not be sent to."""
    api = rules.api or environ.get("GITHUB_API_URL") or GITHUB_API
    if not is_safe_address(api):
        raise SettingsError(f"GITHUB_API_URL is {api}: a token is only sent by https://")
    return api.rstrip("/")


def find_repository(rules: Rules, api: str, environ: Mapping[str, str], root: Path) -> str:
    """ "owner/name". Raises `SettingsError` when nobody says it."""
    given = rules.repository or environ.get("GITHUB_REPOSITORY", "")
    if given:
        return given
    argv = ("git", "-C", os.fspath(root), "remote", "get-url", "origin")
    origin = (read_output(argv) or "").strip()
    found = _ADDRESS.fullmatch(origin)
    host = (urlsplit(api).hostname or "").removeprefix("api.")
    if found and (found["host"] == host or found["host"].endswith(f".{host}")):
        return found["name"]
    why = f"the remote `origin` is not at {host}" if origin else "there is no remote `origin`"
    fix = f'  cicd.Rules("{rules.branch}", repository="owner/name")'
    raise SettingsError(f"which repository on GitHub? {why}", fix=fix)
