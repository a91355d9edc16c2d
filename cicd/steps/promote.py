"""The step that gives a digest another name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cicd.errors import CheckFailed, RemoteError, SettingsError
from cicd.images.registry.copying import Place, copy_content, copy_referrers
from cicd.images.registry.names import Reference, is_fixed, parse_reference, with_tag
from cicd.model import Failure, Outcome
from cicd.steps.registries import opened_registries
from cicd.steps.work import current_work
from cicd.system.console import show

if TYPE_CHECKING:
    import nox

    from cicd.config.parts import Registry
    from cicd.images.registry.manifests import Manifest

_USAGE = "nox -s promote -- registry.example.com/api:1.2.3 registry.example.com/api:production"


def promote_image(session: nox.Session, registries: Sequence[Registry]) -> Outcome:
    """`-- SOURCE TARGET`: afterwards the target names the source's digest, signatures included.

    Layers are not pulled: within a registry they are mounted, between two they pass through.
    Raises `CheckFailed` for a tag that must not move, `RemoteError` when the registry refuses
    or shows another digest afterwards.
    """
    work = current_work(session)
    source, target = parse_promotion(work.arguments)
    with opened_registries(work, registries) as opened:
        here, there = opened.place(source.repository), opened.place(target.repository)
        manifest = here.client.find_manifest(here.repository, source.version)
        if manifest is None:
            raise RemoteError(f"{source} is not there")
        moved = _put(here, there, manifest, target)
    show(f"  {target}  {manifest.digest}  {'new' if moved else 'there'}\n")
    outcome = Outcome(
        headline=f"{target} is {manifest.digest[:19]}" + ("" if moved else ", as before"),
        facts={str(source): manifest.digest, str(target): manifest.digest},
        metrics={"new_tags": int(moved)},
    )
    work.outcomes.append(outcome)
    return outcome


def parse_promotion(arguments: Sequence[str]) -> tuple[Reference, Reference]:
    """`:tag` alone is a tag of the source's repository. Raises `SettingsError`."""
    if len(arguments) != 2:
        raise SettingsError("promote takes a source and a target", fix=f"  {_USAGE}")
    source = parse_reference(arguments[0])
    if not source.version:
        raise SettingsError(f"{source.repository}: which tag or digest of it?", fix=f"  {_USAGE}")
    if arguments[1].startswith(":"):
        return source, with_tag(Reference(source.repository), arguments[1][1:])
    target = parse_reference(arguments[1])
    if not target.tag or target.digest:
        raise SettingsError(f"{target.repository}: under which tag?", fix=f"  {_USAGE}")
    return source, target


def _put(here: Place, there: Place, manifest: Manifest, target: Reference) -> bool:
    """Whether the tag names another digest than before."""
    present = there.client.find_digest(target.repository, target.tag)
    if present and present != manifest.digest and is_fixed(target.tag):
        raise _must_not_move(target, present, manifest.digest)
    copy_content(here, there, manifest)
    if here.repository != there.repository:
        copy_referrers(here, there, manifest)
    if present != manifest.digest:
        there.client.put_manifest(target.repository, target.tag, manifest)
    after = there.client.find_digest(target.repository, target.tag)
    if after != manifest.digest:
        raise RemoteError(f"{target} is {after or 'nothing'} after {manifest.digest} was put there")
    return present != manifest.digest


def _must_not_move(target: Reference, present: str, wanted: str) -> CheckFailed:
    title = f"{target} names another image, and must not move"
    failure = Failure(
        title=title,
        detail=f"it is {present}, and would be {wanted}",
        fix="a version, a commit and a content have one image for ever: take another tag",
    )
    return CheckFailed(Outcome(headline=title, passed=False, failures=(failure,)))
