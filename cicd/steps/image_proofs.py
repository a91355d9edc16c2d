"""The step that proves an image: what is in it, how it starts and how it ends."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING

from cicd.images.proofs.kept import Kept, proof_key
from cicd.model import Outcome
from cicd.steps.image_database import find_backend
from cicd.steps.image_in_engine import attempt, prove_in_engine
from cicd.steps.image_lint import find_lint_settings, lint_dockerfile
from cicd.steps.schema_files import schema_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cicd.config.parts import Image, Part
    from cicd.images.port import Built
    from cicd.model import Failure
    from cicd.steps.work import Work


def prove_image(work: Work, image: Image, built: Built, parts: Sequence[Part]) -> Outcome:
    """Everything that is proven of an image, together: no proof waits for another to be green.

    `image` has every field. What was green for the same image, settings and migrations is
    reused, and says so. A proof that this machine cannot make is in `unverified`. Raises
    `SettingsError` for settings that cannot be meant.
    """
    kept = Kept(
        path=work.place.state / "images" / f"{image.name}.proof.json",
        key=_key(work, image, built, parts),
    )
    if green := kept.read():
        return green
    outcome = _prove(work, image, built, parts)
    kept.write(outcome, datetime.now(UTC))
    return outcome


def _key(work: Work, image: Image, built: Built, parts: Sequence[Part]) -> str:
    """The image itself, and what it is proven with."""
    backend = find_backend(image, work, parts)
    schema = schema_key(work, backend, str(backend.postgres)) if backend else ""
    files = (work.place.root / str(image.dockerfile), find_lint_settings(work, image))
    texts = (path.read_text(errors="replace") for path in files if path and path.is_file())
    return proof_key((version("nox-cicd"), built.image_id, repr(image), schema, *texts))


def _prove(work: Work, image: Image, built: Built, parts: Sequence[Part]) -> Outcome:
    found = [attempt(lambda: lint_dockerfile(work, image))]
    found.append(attempt(lambda: prove_in_engine(work, image, built, parts)))
    failures = tuple(failure for one in found for failure in one.failures)
    headline = " · ".join(filter(None, (one.headline for one in found)))
    return Outcome(
        headline=_render_red(failures) if failures else headline,
        passed=all(one.passed for one in found),
        failures=failures,
        unverified=tuple(dict.fromkeys(gap for one in found for gap in one.unverified)),
        metrics={name: one.metrics[name] for one in found for name in one.metrics},
        facts={name: one.facts[name] for one in found for name in one.facts},
    )


def _render_red(failures: tuple[Failure, ...]) -> str:
    first = failures[0].title
    return first if len(failures) == 1 else f"{first}, and {len(failures) - 1} more"
