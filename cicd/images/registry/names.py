"""Names in registries: `host/repository:tag@digest`."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from cicd.errors import SettingsError

# https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests
_PART = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_REPOSITORY = re.compile(rf"{_PART}(?:/{_PART})*")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_HOST = re.compile(r"(?:[A-Za-z0-9.-]+|\[[0-9a-fA-F:]+\])(?::\d+)?")
_LONGEST = 255
_HUB = "docker.io"
_RULE = "lower case letters and digits in parts between /, joined by one of . _ __ or by -"


@dataclass(frozen=True, slots=True)
class Repository:
    """A place of a registry that holds the versions of one image."""

    host: str
    path: str

    def __str__(self) -> str:
        return f"{self.host}/{self.path}"

    def at(self, tag_or_digest: str) -> str:
        """The name of one version."""
        return f"{self}{'@' if ':' in tag_or_digest else ':'}{tag_or_digest}"


@dataclass(frozen=True, slots=True)
class Reference:
    """One version in a repository; its digest decides where both are given."""

    repository: Repository
    tag: str = ""
    digest: str = ""

    def __str__(self) -> str:
        return self.repository.at(self.version)

    @property
    def version(self) -> str:
        return self.digest or self.tag


def parse_repository(text: str) -> Repository:
    """Docker's shorthands are filled in: `name` is `docker.io/library/name`.

    Raises `SettingsError` with the rule for a name that no registry allows.
    """
    first, slash, rest = text.partition("/")
    if slash and (first == "localhost" or "." in first or ":" in first):
        host, path = first, rest
    else:
        host, path = _HUB, text if slash else f"library/{text}"
    if not _HOST.fullmatch(host):
        raise SettingsError(f"{text!r} is no repository: {host!r} is no host")
    if not _REPOSITORY.fullmatch(path) or len(text) > _LONGEST:
        fix = f"  did you mean {host}/{path.lower()}?" if path != path.lower() else ""
        raise SettingsError(f"{text!r} is no repository: a registry allows {_RULE}", fix=fix)
    return Repository(_HUB if host == "index.docker.io" else host, path)


def parse_reference(text: str) -> Reference:
    """Raises `SettingsError` for what is neither `repository:tag` nor `repository@sha256:…`."""
    name, _, digest = text.partition("@")
    before, colon, tag = name.rpartition(":")
    if not colon or "/" in tag:
        before, tag = name, ""
    if digest and not _DIGEST.fullmatch(digest):
        raise SettingsError(f"{text!r}: {digest!r} is no digest: sha256: and 64 hex digits")
    return replace(with_tag(Reference(parse_repository(before)), tag), digest=digest)


def with_tag(reference: Reference, tag: str) -> Reference:
    """The same repository under a tag. Raises `SettingsError` for one that is not allowed."""
    if tag and not _TAG.fullmatch(tag):
        raise SettingsError(f"{tag!r} is no tag: 128 letters, digits, _ . - at most")
    return Reference(reference.repository, tag)


# A semantic version in full, and what names a commit or a content.
_FULL = r"v?\d+\.\d+\.\d+([-+_].*)?"
_FIXED = re.compile(rf"{_FULL}|(sha|content)-[0-9a-f]{{7,}}")
_VERSION = re.compile(rf"{_FULL}|v?\d+(\.\d+)?")


def is_fixed(tag: str) -> bool:
    """Whether a tag names one image for ever."""
    return bool(_FIXED.fullmatch(tag))


def is_version(tag: str) -> bool:
    """A semantic version, or one of its shorter forms."""
    return bool(_VERSION.fullmatch(tag))
