"""The step that publishes what `ci` verified."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd.errors import CheckFailed, RemoteError
from cicd.images.registry.attestations import KINDS, attested
from cicd.images.registry.exported import Exported, read_exported
from cicd.images.registry.local import LocalImages
from cicd.images.registry.manifests import Manifest
from cicd.images.registry.packed_before import find_packed
from cicd.images.registry.push import Delivery, deliver
from cicd.images.registry.standing import Job, Standing, survey
from cicd.model import Failure
from cicd.steps.push_report import failed_outcome, passed_outcome, publish_outputs, render_table
from cicd.steps.pushable import Pushable, refused, require_pushable
from cicd.steps.registries import Registries, opened_registries
from cicd.steps.work import current_work
from cicd.system.console import show

if TYPE_CHECKING:
    import nox

    from cicd.config.parts import Image, Registry
    from cicd.images.registry.push import Packed, Report
    from cicd.model import Outcome
    from cicd.steps.work import Work


def push_images(
    session: nox.Session, images: Sequence[Image], registries: Sequence[Registry]
) -> Outcome:
    """Puts the verified images under their tags, each digest read back. Never builds.

    Everything that speaks against it is found before anything is sent, and raised:
    `CheckFailed` for what was not verified, has changed or would move a tag that must not,
    `RemoteError` when a registry cannot be asked. What fails after that is a `CheckFailed` that
    says what is where; once more completes it.
    """
    work = current_work(session)
    pushables = require_pushable(work, images)
    with opened_registries(work, registries) as opened:
        jobs = [job for pushable in pushables for job in _jobs(pushable, opened)]
        _require_signers(opened, jobs)
        standings = _survey(jobs)
        _refuse_taken(standings)
        pushing = _Pushing(work, opened, {one.name: one for one in pushables})
        with contextlib.ExitStack() as stack:
            report = pushing.push(standings, stack)
    publish_outputs(work.environ, jobs, report)
    # A registry's own words may be in it.
    show(work.masks.apply(render_table(report)))
    outcome = passed_outcome(jobs, report)
    work.outcomes.append(outcome)
    if report.failed:
        raise CheckFailed(failed_outcome(outcome, report))
    return outcome


def _jobs(pushable: Pushable, opened: Registries) -> Iterator[Job]:
    for repository in pushable.repositories:
        yield Job(
            image=pushable.name,
            image_id=pushable.image_id,
            commit=pushable.commit,
            place=opened.place(repository),
            tags=pushable.tags,
            required=opened.required(repository.host),
            relatives=pushable.relatives,
        )


def _require_signers(opened: Registries, jobs: Sequence[Job]) -> None:
    for host in {job.place.host for job in jobs if "signature" in job.required}:
        opened.signer(host).require_ready()


def _survey(jobs: Sequence[Job]) -> list[Standing]:
    """Every registry is asked, so that all that is wrong is said at once."""
    standings, wrong = list[Standing](), dict[str, RemoteError]()
    for job in jobs:
        try:
            standings.append(survey(job))
        except RemoteError as error:
            wrong.setdefault(job.place.host, error)
    if wrong:
        fixes = dict.fromkeys(error.fix for error in wrong.values() if error.fix)
        message = "\n".join(error.message for error in wrong.values())
        raise RemoteError(f"nothing was pushed: {message}", fix="\n".join(fixes))
    return standings


def _refuse_taken(standings: Sequence[Standing]) -> None:
    failures = [
        Failure(
            title=f"{standing.job.name(tag.name)} names another image, and must not move",
            detail=f"what it names: {there}",
            fix="a new commit or version gets new names; `promote` gives what is there others",
        )
        for standing in standings
        for tag, there in standing.taken
    ]
    if failures:
        raise refused(failures)


@dataclass(frozen=True, slots=True)
class _Pushing:
    work: Work
    opened: Registries
    pushables: dict[str, Pushable]

    def push(self, standings: Sequence[Standing], stack: contextlib.ExitStack) -> Report:
        packed = find_packed(standings) if any(not one.ours for one in standings) else {}
        exported = self._export(standings, packed, stack)
        deliveries = [self._delivery(standing, exported) for standing in standings]
        if failures := [failure for one in deliveries for failure in self._lacking(one)]:
            raise refused(failures)
        return deliver(deliveries, packed=packed, approve=self._approve, say=self.work.say)

    def _export(
        self, standings: Sequence[Standing], packed: Packed, stack: contextlib.ExitStack
    ) -> dict[str, Exported]:
        """By image. Only what a registry lacks is taken from the engine."""
        local = LocalImages(environ=self.work.environ, state=self.work.place.state)
        wanted = {one.job.image: one.job.image_id for one in standings if one.ours is None}
        platforms = {name: local.platform(image_id) for name, image_id in wanted.items()}
        if gone := [name for name in wanted if not platforms[name]]:
            raise refused([_gone(name, wanted[name]) for name in gone])
        known = {diff_id: layer for diff_id, (layer, _) in packed.items()}
        exported = {}
        for name, image_id in wanted.items():
            folder = stack.enter_context(local.unpacked(image_id))
            exported[name] = read_exported(folder, image_id, known.get)
        unfit = [
            failure
            for name, one in exported.items()
            for failure in self._missing_platforms(name, one.manifest, platforms[name])
        ]
        if unfit:
            raise refused(unfit)
        return exported

    def _missing_platforms(self, name: str, manifest: Manifest, own: str) -> Iterator[Failure]:
        """What was verified is one image or an index; what is not in it is not published."""
        listed = {one.platform for one in manifest.children if not one.is_attestation}
        there = listed or {own}
        # An engine may say a variant, "linux/arm64/v8", that nobody writes.
        full = {one for whole in there for one in (whole, whole.rpartition("/")[0])}
        if wrong := [one for one in self.pushables[name].platforms if one not in full]:
            built = f"{name} was built for {', '.join(sorted(there))}"
            yield Failure(
                title=f"{built}, not for {', '.join(wrong)}",
                fix="an engine that keeps images of several platforms (containerd image store)",
            )

    def _delivery(self, standing: Standing, exported: dict[str, Exported]) -> Delivery:
        if standing.ours:
            return Delivery(standing=standing, manifest=standing.ours)
        one = exported[standing.job.image]
        return Delivery(standing=standing, manifest=one.manifest, exported=one)

    def _lacking(self, delivery: Delivery) -> Iterator[Failure]:
        """Attestations that are required: a builder makes them, and they cannot come later."""
        wanted = [kind for kind in delivery.job.required if kind in KINDS]
        if not wanted:
            return
        there = attested(delivery.manifest, self._children(delivery))
        for kind in wanted:
            if kind not in there:
                yield Failure(
                    title=f"{delivery.job.image} has no {kind}, which its registry requires",
                    detail=str(delivery.job.place.repository),
                    fix=f'cicd.Image("{delivery.job.image}", …, attestations=("{kind}",))',
                )

    def _children(self, delivery: Delivery) -> Sequence[Manifest]:
        if delivery.exported:
            return delivery.exported.children
        place = delivery.job.place
        found = [
            place.client.find_manifest(place.repository, child.digest)
            for child in delivery.manifest.children
        ]
        return [one for one in found if one]

    def _approve(self, job: Job, digest: str) -> None:
        if "signature" in job.required:
            signed = self.opened.signer(job.place.host).ensure_signed(job.name(digest))
            self.work.say(f"{job.name(digest)}: {'signed' if signed else 'its signature holds'}")


def _gone(name: str, image_id: str) -> Failure:
    title = f"{name} ({image_id[:19]}) is not in the engine any more"
    return Failure(title=title, fix="nox -s ci")
