"""Why a build failed, in the words of BuildKit and of Docker's command line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cicd.errors import CheckFailed, CicdError, MissingError, RemoteError
from cicd.images.telling import find_telling
from cicd.model import Failure, Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cicd.images.recipe import Recipe
    from cicd.model import Completed

_NO_ROOM = re.compile(r"no space left on device|disk quota exceeded", re.I)
_LEGACY = re.compile(
    r"buildx component is missing|does not support buildkit|unable to upgrade to h2c"
    r"|failed to dial grpc",
    re.I,
)
_SNIPPET = re.compile(r"^(?:\S+):(\d+)\n-{8,}$", re.M)
_NAMED_LINE = re.compile(r"parse error (?:on )?line:? ?(\d+)", re.I)
_STEP = re.compile(r"^#(\d+) \[(?:.* )?\d+/\d+\] (.+)$", re.M)
_RESOLVING = re.compile(
    r"^#(\d+) (?:\[[^\]\n]*internal\] load metadata for "
    r"|resolve image config for (?:docker-image://)?|\[[^\]\n]*\] FROM )(\S+)",
    re.M,
)
_STEP_ERROR = re.compile(r"^#(\d+) ERROR:? (.*)$", re.M)
_CANNOT = re.compile(
    r"failed to solve: (?:failed to resolve source metadata for )?"
    r"([\w.-]+(?::\d+)?(?:/[\w.-]+)+(?:[:@][\w.:-]+)?): (failed to \w+.*|.*pull access denied.*"
    r"|.*not found.*)"
)
_RAN = re.compile(
    r"(?:process \"|executor failed running \[)(?:/bin/\S+ -\w+ )?(.*?)[\"\]]"
    r"(?: did not complete successfully)?: exit code: (\d+)"
)
_PREFIXES = re.compile(
    r"^(?:error: |failed to solve(?: with frontend \S+)?: |failed to create LLB definition: "
    r"|failed to build LLB: |failed to compute cache key: |rpc error: code = \w+ desc = "
    r"|failed to calculate checksum of ref \S+: )+",
    re.I,
)
_NOISE = re.compile(
    r"\[(?:.* )?\d+/\d+\] .*|\[(?:.* )?internal\] .*|transferring .*|-{3,}|\s*|>.*|\s*\d+ \|.*"
    r"|CANCELED|CACHED|DONE .*|\.\.\.|(ERROR|error): .*"
)


def explain_failure(
    done: Completed, recipes: Sequence[Recipe], limit_s: float, *, answers: bool
) -> CicdError:
    """The error for a build that failed; `answers` says whether the engine does, afterwards.

    With one recipe it names its image and its Dockerfile.
    """
    said = "\n".join(filter(None, (done.output, done.errors)))
    recipe = recipes[0]
    if not answers:
        return RemoteError(f"{recipe.name}: the Docker engine stopped during the build")
    if _NO_ROOM.search(said):
        return RemoteError(
            f"{recipe.name}: no space is left where the engine builds",
            fix="`docker system df` says what takes it, `docker builder prune` frees the cache",
        )
    if _LEGACY.search(said):
        return MissingError(f"{recipe.name}: the engine builds without BuildKit only")
    if done.timed_out:
        return _failed(recipe, f"the build took longer than {limit_s:g} s", said)
    if lost := _lost_image(said):
        image, why = lost
        return RemoteError(f"{recipe.name}: the image {image} cannot be had: {why}")
    return _failed(recipe, _reason(said), said, _line(recipe, said))


def _lost_image(said: str) -> tuple[str, str] | None:
    """The image that a step could not fetch, and why."""
    fetched = dict(_RESOLVING.findall(said))
    for step, why in _STEP_ERROR.findall(said):
        if image := fetched.get(step):
            return image, _PREFIXES.sub("", why).strip()
    found = _CANNOT.search(said)
    return (found[1], found[2].strip()) if found else None


def _failed(recipe: Recipe, title: str, said: str, line: int | None = None) -> CheckFailed:
    failure = Failure(
        title=title,
        path=recipe.original,
        line=line,
        detail=_last_words(said),
        repeat=f"nox -s {recipe.name}_image",
    )
    return CheckFailed(Outcome(headline=title, passed=False, failures=(failure,)))


def _reason(said: str) -> str:
    """The last line that is called an error, without what stands before it."""
    found = re.findall(r"^(?:error|failed to solve).*$", said, re.I | re.M)
    last = found[-1] if found else "it cannot be built"
    if "no build stage in current context" in last:
        return "it has no FROM before its first step"
    if ran := _RAN.search(last):
        return f"`{ran[1]}` ended with exit code {ran[2]}"
    return _PREFIXES.sub("", last).removesuffix(": not found").strip()


def _line(recipe: Recipe, said: str) -> int | None:
    """The line that BuildKit marks; an older one names the step alone."""
    if shown := _SNIPPET.search(said):
        marked = re.search(r"^\s*(\d+) \| >>>", said[shown.end() :], re.M)
        return int(marked[1]) if marked else int(shown[1])
    if named := _NAMED_LINE.search(said):
        return int(named[1])
    steps = dict(_STEP.findall(said))
    failed = (steps.get(number, "") for number, _ in _STEP_ERROR.findall(said))
    return next(
        (line for step in failed if (line := recipe.steps.get(" ".join(step.split())))), None
    )


def _last_words(said: str) -> str:
    return "\n".join(find_telling(_printed(said) or _without_noise(said)))


def _printed(said: str) -> list[str]:
    """The output of the failing step: of `#12 0.412 text`, the text."""
    failed = [number for number, _ in _STEP_ERROR.findall(said)]
    return re.findall(rf"^#{failed[-1]} \d+\.\d+ (.*\S)", said, re.M) if failed else []


def _without_noise(said: str) -> list[str]:
    """What a build said that got no further than to be prepared."""
    plain = [re.sub(r"^#\d+ (\d+\.\d+ )?", "", line).rstrip() for line in said.splitlines()]
    return [line for line in plain if not _NOISE.fullmatch(line)]
