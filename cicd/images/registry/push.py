"""Puts images where they belong: first their content, then the tags that stay, then those
that move."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cicd.errors import RemoteError
from cicd.images.registry.copying import Place, copy_blob

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from typing import IO

    from cicd.images.registry.exported import Exported
    from cicd.images.registry.manifests import Descriptor, Manifest
    from cicd.images.registry.standing import Job, Standing
    from cicd.images.registry.wire import Body
    from cicd.images.tags import Tag

    Packed = Mapping[str, tuple[Descriptor, Place]]
    Approve = Callable[[Job, str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What is to be done for one job: `exported` is what is to be sent, None where the registry
    has all but some tags."""

    standing: Standing
    manifest: Manifest
    exported: Exported | None = None

    @property
    def job(self) -> Job:
        return self.standing.job


@dataclass(slots=True)
class Report:
    """What came of it: a digest for each name that now has it, a reason for each that has not.
    `moved` are the names that had none, or another one; `left` those of another build of the
    same, which stay."""

    placed: dict[str, str] = field(default_factory=dict)
    moved: set[str] = field(default_factory=set)
    left: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    sent_bytes: int = 0


def deliver(
    deliveries: Sequence[Delivery],
    *,
    packed: Packed,
    approve: Approve,
    say: Callable[[str], None],
) -> Report:
    """Does one kind of work for all, and the next kind only when all of that was done: no tag
    moves before everything else is in its place.

    `approve` is called when a content is there and no tag names it yet; it raises
    `RemoteError` to stop that.
    """
    report = Report()
    for work in (
        functools.partial(_send, packed=packed, approve=approve, say=say),
        functools.partial(_place, moves=False),
        _still_there,
        functools.partial(_place, moves=True),
    ):
        for delivery in deliveries:
            work(delivery, report)
        if report.failed:
            break
    _fill_in(deliveries, report)
    return report


def _send(
    delivery: Delivery,
    report: Report,
    *,
    packed: Packed,
    approve: Approve,
    say: Callable[[str], None],
) -> None:
    job = delivery.job
    if delivery.standing.is_complete and not job.required:
        return
    try:
        if delivery.exported:
            say(f"{job.image}: {delivery.manifest.digest} to {job.place.repository}")
            report.sent_bytes += _send_content(job.place, delivery.exported, packed)
        approve(job, delivery.manifest.digest)
    except RemoteError as error:
        report.failed[job.name(delivery.manifest.digest)] = str(error)


def _send_content(target: Place, exported: Exported, packed: Packed) -> int:
    """The bytes that were sent. A manifest comes after all that it names."""
    sent, client, where = 0, target.client, target.repository
    sources = {layer.digest: place for layer, place in packed.values()}
    for manifest in (*exported.children, exported.manifest):
        for blob in manifest.blobs:
            if blob.digest not in exported.files:
                copy_blob(sources[blob.digest], target, blob)
            elif not client.has_blob(where, blob.digest):
                client.upload_blob(where, blob, _opener(exported.files[blob.digest]))
                sent += blob.size_bytes
        client.put_manifest(where, manifest.digest, manifest)
    return sent


def _opener(path: Path) -> Body:
    def open_file() -> IO[bytes]:
        return path.open("rb")

    return open_file


def _place(delivery: Delivery, report: Report, *, moves: bool) -> None:
    for tag in delivery.standing.tags:
        if tag.moves is moves:
            try:
                _put_tag(delivery, tag, report)
            except RemoteError as error:
                report.failed[delivery.job.name(tag.name)] = str(error)


def _put_tag(delivery: Delivery, tag: Tag, report: Report) -> None:
    """Registries have no "only if it is not there": it is asked for right before, and after."""
    job, digest = delivery.job, delivery.manifest.digest
    client, where, name = job.place.client, job.place.repository, job.name(tag.name)
    if delivery.standing.present.get(tag.name) != digest:
        there = client.find_digest(where, tag.name)
        if there and there != digest and not tag.moves:
            raise RemoteError(_lost(name, there))
        if there != digest:
            client.put_manifest(where, tag.name, delivery.manifest)
            report.moved.add(name)
        if (there := client.find_digest(where, tag.name)) != digest:
            raise RemoteError(_lost(name, there))
    report.placed[name] = digest


def _still_there(delivery: Delivery, report: Report) -> None:
    """Another push may have put the same tag between our question and our answer."""
    job, digest = delivery.job, delivery.manifest.digest
    for tag in delivery.standing.tags:
        name = job.name(tag.name)
        if tag.moves or name not in report.moved:
            continue
        try:
            there = job.place.client.find_digest(job.place.repository, tag.name)
        except RemoteError as error:
            report.failed[name] = str(error)
            continue
        if there != digest:
            del report.placed[name]
            report.failed[name] = _lost(name, there)


def _lost(name: str, there: str) -> str:
    return f"{name}: another push came in between, it is {there or 'gone'} now"


def _fill_in(deliveries: Sequence[Delivery], report: Report) -> None:
    """What was not reached is where it was."""
    for delivery in deliveries:
        job, digest = delivery.job, delivery.manifest.digest
        report.left |= {job.name(tag): there for tag, there in delivery.standing.left.items()}
        for tag in delivery.standing.tags:
            name = job.name(tag.name)
            if name in report.placed or name in report.failed:
                continue
            if delivery.standing.present.get(tag.name) == digest:
                report.placed[name] = digest
            else:
                report.failed[name] = "not put, because of the failure above"
