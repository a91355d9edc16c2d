"""Which tags of a repository are kept, and what nothing that is kept refers to."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from cicd.errors import RemoteError
from cicd.images.registry.names import is_version

if TYPE_CHECKING:
    from cicd.images.registry.copying import Place
    from cicd.images.registry.manifests import Manifest

_COMPANION = re.compile(r"sha256-([0-9a-f]{64})(\..+)?")
_NEVER = datetime(1980, 1, 2, tzinfo=UTC)
"""What is "older" was built with a fixed time: its age is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Versions, and the names in `always`, are kept. Of the others the newest `newest` are, and
    all that are younger than `younger_than`."""

    always: frozenset[str]
    newest: int = 10
    younger_than: timedelta = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """A tag, the digest that it names, and all that this refers to, itself included."""

    tag: str
    digest: str
    created_at: datetime | None
    closure: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """`kept` says why, by tag. `doomed` are the digests to delete, in this order, each with the
    tags that go with it."""

    kept: Mapping[str, str]
    doomed: Mapping[str, tuple[str, ...]]


def plan_prune(
    shelves: Iterable[Shelf], companions: Mapping[str, Shelf], rule: Rule, now: datetime
) -> Plan:
    """`companions` are the shelves of tags that belong to a digest, by tag.

    A digest goes when no kept tag's image refers to it. A signature goes with what it signs,
    and stays where that is unknown. What an index names goes after the index.
    """
    listed = sorted(shelves, key=lambda one: one.created_at or _NEVER, reverse=True)
    kept = dict(_kept(listed, rule, now))
    needed = _closures(one for one in listed if one.tag in kept)
    may_go = _closures(one for one in listed if one.tag not in kept) - needed
    for tag, one in companions.items():
        if subject_of(tag) not in may_go:
            kept[tag] = "belongs to what is kept"
            needed |= one.closure
    doomed: dict[str, tuple[str, ...]] = {}
    going = [one for one in (*listed, *companions.values()) if one.tag not in kept]
    for one in going:
        if one.digest in needed:
            kept[one.tag] = "a kept tag needs its digest"
        else:
            doomed[one.digest] = (*doomed.get(one.digest, ()), one.tag)
    parts = _closures(going) - needed - set(doomed)
    return Plan(kept=kept, doomed={**doomed, **{digest: () for digest in sorted(parts)}})


def _closures(shelves: Iterable[Shelf]) -> set[str]:
    return {digest for one in shelves for digest in one.closure}


def _kept(newest_first: Iterable[Shelf], rule: Rule, now: datetime) -> Iterator[tuple[str, str]]:
    images: dict[str, int] = {}
    for one in newest_first:
        if one.tag in rule.always or is_version(one.tag):
            yield one.tag, "always kept"
            continue
        # Several tags of one image count as one.
        place = images.setdefault(one.digest, len(images) + 1)
        if one.created_at is None:
            yield one.tag, "its age is not known"
        elif place <= rule.newest:
            yield one.tag, f"one of the newest {rule.newest}"
        elif now - one.created_at < rule.younger_than:
            yield one.tag, f"younger than {rule.younger_than.days} days"


def subject_of(tag: str) -> str:
    """The digest that a tag of cosign, or one of the referrers tag schema, is about; or ""."""
    match = _COMPANION.fullmatch(tag)
    return f"sha256:{match[1]}" if match else ""


def read_shelves(place: Place) -> tuple[list[Shelf], dict[str, Shelf]]:
    """Every tag of a repository: those of images, and those that belong to a digest."""
    reader, shelves, companions = _Reader(place), list[Shelf](), dict[str, Shelf]()
    for tag in place.client.tags(place.repository):
        if digest := place.client.find_digest(place.repository, tag):
            if subject_of(tag):
                companions[tag] = reader.shelf(tag, digest)
            else:
                shelves.append(reader.shelf(tag, digest))
    return shelves, companions


@dataclass(slots=True)
class _Reader:
    """Reads each manifest once, whatever number of tags it has."""

    place: Place
    known: dict[str, Manifest | None] = field(default_factory=dict)
    referrers: dict[str, frozenset[str]] = field(default_factory=dict)

    def shelf(self, tag: str, digest: str) -> Shelf:
        manifest = self._manifest(digest)
        return Shelf(
            tag=tag,
            digest=digest,
            created_at=self._created_at(manifest) if manifest else None,
            closure=self._closure(digest),
        )

    def _manifest(self, digest: str) -> Manifest | None:
        if digest not in self.known:
            found = self.place.client.find_manifest(self.place.repository, digest)
            self.known[digest] = found
        return self.known[digest]

    def _closure(self, digest: str) -> frozenset[str]:
        """A registry that lists referrers itself has no tag for them: they are asked for."""
        manifest = self._manifest(digest)
        if manifest is None:
            return frozenset()
        found = {digest, *self._referrers(digest)}
        for child in manifest.children:
            found |= self._closure(child.digest)
        return frozenset(found)

    def _referrers(self, digest: str) -> frozenset[str]:
        if digest not in self.referrers:
            listed = self.place.client.referrers(self.place.repository, digest)
            self.referrers[digest] = frozenset(one.digest for one in listed)
        return self.referrers[digest]

    def _created_at(self, manifest: Manifest) -> datetime | None:
        """Registries do not tell when something was pushed; images tell when they were made."""
        times = [self._created_at(one) for one in self._images(manifest)]
        if manifest.is_index:
            return max((time for time in times if time), default=None)
        if manifest.config is None:
            return None
        try:
            content = self.place.client.read_blob(self.place.repository, manifest.config.digest)
            return _parse_time(json.loads(content)["created"])
        except (RemoteError, ValueError, LookupError, TypeError):
            return None

    def _images(self, manifest: Manifest) -> Iterator[Manifest]:
        for child in manifest.children:
            if not child.is_attestation and (found := self._manifest(child.digest)):
                yield found


def _parse_time(text: str) -> datetime | None:
    # Engines write nanoseconds, Python reads microseconds.
    time = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", text))
    time = time if time.tzinfo else time.replace(tzinfo=UTC)
    return time if time > _NEVER else None
