"""What can be asked of a registry: the parts of the OCI distribution API that we need.

https://github.com/opencontainers/distribution-spec/blob/main/spec.md
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, cast
from urllib.parse import quote, urljoin, urlsplit

from cicd.errors import RemoteError
from cicd.images.registry.manifests import ACCEPTED, OCI_INDEX, Descriptor, Manifest, digest_of
from cicd.images.registry.wire import Body, Request, Wire

if TYPE_CHECKING:
    import requests

    from cicd.images.registry.names import Repository

_ACCEPT = {"Accept": ", ".join(ACCEPTED)}
_DIGEST = "Docker-Content-Digest"
_NEXT = re.compile(r'<([^>]+)>\s*;\s*rel="?next"?')


@dataclass(frozen=True, slots=True)
class Client:
    """One registry. Everything raises `RemoteError`; what is not there is None, False or empty,
    and an error only where it was to be changed."""

    wire: Wire

    def find_digest(self, where: Repository, version: str) -> str:
        """The digest of a tag; "" when there is none."""
        request = Request("HEAD", _manifest(where, version), scopes=_pull(where), headers=_ACCEPT)
        with self.wire.ask(request, 404) as answer:
            if answer.status_code == 404:
                return ""
            if digest := answer.headers.get(_DIGEST, ""):
                return digest
        found = self.find_manifest(where, version)
        return found.digest if found else ""

    def find_manifest(self, where: Repository, version: str) -> Manifest | None:
        """The manifest of a tag or a digest, its bytes checked against the digest."""
        request = Request("GET", _manifest(where, version), scopes=_pull(where), headers=_ACCEPT)
        with self.wire.ask(request, 404) as answer:
            if answer.status_code == 404:
                return None
            media_type = answer.headers.get("Content-Type", "").partition(";")[0].strip()
            found = Manifest(content=answer.content, media_type=media_type)
            told = answer.headers.get(_DIGEST, found.digest)
        wanted = version if ":" in version else told
        if found.digest != wanted:
            raise RemoteError(f"{where.at(version)}: {wanted} was promised, {found.digest} came")
        return _readable(found, where.at(version))

    def put_manifest(self, where: Repository, version: str, manifest: Manifest) -> bool:
        """Puts it under a tag or its digest; whether the registry lists it for its subject.

        The digest that the registry then has under this name is checked.
        """
        request = Request(
            "PUT",
            _manifest(where, version),
            scopes=_push(where),
            headers={"Content-Type": manifest.media_type},
            body=manifest.content,
        )
        with self.wire.ask(request) as answer:
            told = answer.headers.get(_DIGEST, "")
            lists_subject = "OCI-Subject" in answer.headers
        if told and told != manifest.digest:
            raise RemoteError(f"{where.at(version)}: {manifest.digest} was put, {told} is there")
        return lists_subject

    def delete_manifest(self, where: Repository, digest: str) -> bool:
        """Deletes it with every tag of it; False when it was not there."""
        request = Request("DELETE", _manifest(where, digest), scopes=_delete(where))
        with self.wire.ask(request, 404) as answer:
            return answer.status_code != 404

    def tags(self, where: Repository) -> tuple[str, ...]:
        """All of them, page by page; none for a repository that is not there."""
        found, path = list[str](), f"/v2/{where.path}/tags/list?n=1000"
        while path:
            with self.wire.ask(Request("GET", path, scopes=_pull(where)), 404) as answer:
                if answer.status_code == 404:
                    return ()
                found += _json(answer, f"the tags of {where}").get("tags") or []
                path = _next_page(answer, path)
        return tuple(dict.fromkeys(found))

    def referrers(self, where: Repository, digest: str) -> tuple[Descriptor, ...]:
        """What names this digest as its subject: from the registry, else from the tag that
        clients keep where registries do not (referrers tag schema)."""
        path = f"/v2/{where.path}/referrers/{digest}"
        with self.wire.ask(Request("GET", path, scopes=_pull(where)), 404, 400, 405) as answer:
            index = Manifest(content=answer.content, media_type=OCI_INDEX)
            listed = answer.status_code == 200 and _is_index(answer)
        if listed:
            return _readable(index, f"the referrers of {digest}").children
        kept = self.find_manifest(where, referrers_tag(digest))
        return kept.children if kept else ()

    def has_blob(self, where: Repository, digest: str) -> bool:
        request = Request("HEAD", _blob(where, digest), scopes=_pull(where))
        with self.wire.ask(request, 404) as answer:
            return answer.status_code != 404

    def read_blob(self, where: Repository, digest: str) -> bytes:
        """A small one, such as an image's configuration; checked."""
        request = Request("GET", _blob(where, digest), scopes=_pull(where))
        with self.wire.ask(request) as answer:
            content = answer.content
        if digest_of(content) != digest:
            raise RemoteError(f"{where}: {digest} was asked for, {digest_of(content)} came")
        return content

    @contextlib.contextmanager
    def open_blob(self, where: Repository, digest: str) -> Iterator[IO[bytes]]:
        """A large one. Not checked: who stores it does that."""
        plain = {"Accept-Encoding": "identity"}
        request = Request(
            "GET", _blob(where, digest), scopes=_pull(where), headers=plain, stream=True
        )
        with self.wire.ask(request) as answer:
            yield cast("IO[bytes]", answer.raw)

    def mount_blob(self, where: Repository, digest: str, source: Repository) -> bool:
        """Makes a blob of another repository of this registry one of this, without moving it;
        False when the registry does not."""
        path = f"/v2/{where.path}/blobs/uploads/?mount={quote(digest)}&from={quote(source.path)}"
        scopes = (*_push(where), *_pull(source))
        with self.wire.ask(Request("POST", path, scopes=scopes), 403, 404, 405) as answer:
            if answer.status_code == 202:
                self._abandon(where, _location(answer))
            return answer.status_code == 201

    def upload_blob(self, where: Repository, blob: Descriptor, body: Body) -> None:
        """Stores a blob, which the registry checks against its digest.

        One that broke off begins anew: the registry may have kept a part of it.
        """
        self.wire.patiently(lambda: self._upload(where, blob, body))

    def _upload(self, where: Repository, blob: Descriptor, body: Body) -> None:
        begin = Request("POST", f"/v2/{where.path}/blobs/uploads/", scopes=_push(where))
        with self.wire.ask_once(begin) as answer:
            location = _location(answer)
        store = Request(
            "PUT",
            f"{location}{'&' if '?' in location else '?'}digest={quote(blob.digest)}",
            scopes=_push(where),
            headers={"Content-Type": "application/octet-stream"},
            body=body,
            size_bytes=blob.size_bytes,
        )
        self.wire.ask_once(store).close()

    def _abandon(self, where: Repository, location: str) -> None:
        """An upload that will not come. Registries forget it in time as well."""
        with contextlib.suppress(RemoteError):
            self.wire.ask(Request("DELETE", location, scopes=_push(where))).close()


def referrers_tag(digest: str) -> str:
    return digest.replace(":", "-")


def _manifest(where: Repository, version: str) -> str:
    return f"/v2/{where.path}/manifests/{version}"


def _blob(where: Repository, digest: str) -> str:
    return f"/v2/{where.path}/blobs/{digest}"


def _pull(where: Repository) -> tuple[str, ...]:
    return (f"repository:{where.path}:pull",)


def _push(where: Repository) -> tuple[str, ...]:
    return (f"repository:{where.path}:pull,push",)


def _delete(where: Repository) -> tuple[str, ...]:
    return (f"repository:{where.path}:pull,delete",)


def _location(answer: requests.Response) -> str:
    return urljoin(str(answer.url), str(answer.headers["Location"]))


def _next_page(answer: requests.Response, path: str) -> str:
    """Registries behind a proxy name an address that only they know: the path counts."""
    match = _NEXT.search(answer.headers.get("Link", ""))
    if not match:
        return ""
    target = urlsplit(urljoin(path, match[1]))
    return f"{target.path}?{target.query}"


def _is_index(answer: requests.Response) -> bool:
    return answer.headers.get("Content-Type", "").startswith(OCI_INDEX)


def _json(answer: requests.Response, what: str) -> dict[str, list[str]]:
    try:
        values = answer.json()
    except ValueError:
        values = None
    if not isinstance(values, dict):
        raise RemoteError(f"{what}: the answer is not a registry's")
    return values


def _readable(manifest: Manifest, name: str) -> Manifest:
    try:
        manifest.children  # noqa: B018
    except (ValueError, TypeError) as error:
        raise RemoteError(f"{name}: the answer is not a registry's") from error
    return manifest
