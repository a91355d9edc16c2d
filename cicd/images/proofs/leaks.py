"""What must not lie in a layer: `.env`, private keys, tokens and `.git`, deleted or not."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from cicd.images.proofs.tokens import find_assignments, find_tokens, has_password_in_url

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicd.images.layers import Entry

READ_BYTES = 128 * 1024
"""A larger file is code or data; what holds a key is small."""

_PACKAGES = re.compile(
    r"(?:^|/)(?:site-packages|dist-packages|node_modules|lib/python[\d.]+|vendor|gems|_cacache|"
    r"\.cargo/registry|\.m2/repository|go/pkg/mod|\.git)/"
    r"|^(?:usr/)?(?:lib|lib32|lib64|libexec|libx32|sbin|bin|include)/"
    r"|^usr/share/(?!nginx/|caddy/|app)|^usr/local/(?:go|rustup|lib)/"
    r"|^(?:proc|sys|dev)/|^var/(?:lib/(?:dpkg|apt|rpm)|cache)/|^etc/ssl/certs/"
    r"|ssl-cert-snakeoil\.key$"
)
"""What installers put there, with the test keys and the `.env` files of other people."""
_ENV_TEMPLATE = {"example", "sample", "template", "dist", "tpl", "default", "defaults", "schema"}
_TESTS = {"test", "tests", "testing", "testdata", "fixtures", "__tests__", "spec"}
"""Folders whose keys and tokens open nothing, as a rule; an `.env` in them counts."""
_BINARY = {".p12", ".pfx"}
_LOGIN = re.compile(
    rb"_authToken\s*=\s*(?!\$)[^\s$]{8,}|_(?:auth|password)\s*=\s*(?!\$)[^\s$]{8,}"
    rb"|npmAuthToken:\s*[\"']?(?!\$)[^\s$\"']{8,}|^\s*password\s*[=:]\s*(?!\$)[^\s$]{4,}"
    rb"|\bpassword\s+(?!\$)[^\s$]{4,}|\"auth\"\s*:\s*\"[A-Za-z0-9+/=]{8,}\""
    rb"|aws_secret_access_key\s*=\s*[A-Za-z0-9/+]{30,}|oauth_token:\s*\S{8,}"
    rb"|client-key-data:\s*\S{40,}|^\s*token:\s*\S{20,}",
    re.MULTILINE,
)
_LOGIN_FILES = {".npmrc", ".yarnrc.yml", ".pypirc", ".netrc", "_netrc"}
_LOGIN_ENDS = (
    ".docker/config.json",
    ".aws/credentials",
    ".kube/config",
    ".config/gh/hosts.yml",
    "pip/pip.conf",
    ".pip/pip.conf",
    "etc/pip.conf",
)


def find_leaks(entry: Entry) -> Iterator[str]:
    """What is wrong with one name in a layer, in words; nothing about what packages bring."""
    path = PurePosixPath(entry.path)
    if path.name in ("HEAD", "objects") and path.parent.name == ".git":
        if not _PACKAGES.search(f"{path.parent.parent}/"):
            yield f"`.git`, with the whole history: {path.parent}"
    elif entry.is_file and entry.size_bytes and not _PACKAGES.search(entry.path):
        yield from (f"{kind}: {entry.path}" for kind in _kinds(entry, path))


def _kinds(entry: Entry, path: PurePosixPath) -> Iterator[str]:
    if path.name == ".env":
        yield "`.env`"
        return
    if path.suffix.lower() in _BINARY:
        yield "a private key"
        return
    if path.name == ".git-credentials":
        yield "a login"
        return
    if entry.size_bytes > READ_BYTES:
        return
    content = entry.read(READ_BYTES)
    if b"\0" in content[:1024]:
        return
    if not _TESTS & set(path.parts):
        yield from find_tokens(content)
    if _is_env(path.name) and find_assignments(content.decode(errors="replace")):
        yield "`.env` with a secret in it"
    elif path.name in _LOGIN_FILES or entry.path.endswith(_LOGIN_ENDS):
        if _LOGIN.search(content) or has_password_in_url(content.decode(errors="replace")):
            yield "a login"


def _is_env(name: str) -> bool:
    """`.env.production` and its like are often public settings: what they hold decides."""
    return name == ".envrc" or (
        name.startswith(".env.") and not _ENV_TEMPLATE & set(re.split(r"[.\-_]", name.lower()))
    )
