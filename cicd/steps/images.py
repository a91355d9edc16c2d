"""The step of an image: built with all the others, and proven."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cicd.errors import CheckFailed
from cicd.steps.image_build import build_image
from cicd.steps.image_proofs import prove_image
from cicd.steps.noting import note, note_part
from cicd.steps.work import current_work

if TYPE_CHECKING:
    from collections.abc import Sequence

    import nox

    from cicd.config.parts import Image, Part
    from cicd.model import Outcome


def build_and_prove(
    session: nox.Session, image: Image, images: Sequence[Image], parts: Sequence[Part]
) -> Outcome:
    """The image is built, in one go with the others, and every proof holds.

    Raises `MissingError` without a Docker engine, `CheckFailed` when it cannot be built, for
    what a proof finds, and when it does not start.
    """
    work = current_work(session)
    found, built = build_image(work, image, images)
    note_part(work, found)
    note(work.noted.images, built.bases)
    outcome = prove_image(work, found, built, parts)
    outcome = replace(outcome, facts={**outcome.facts, **built.facts})
    work.outcomes.append(outcome)
    if not outcome.passed:
        raise CheckFailed(outcome)
    return outcome
