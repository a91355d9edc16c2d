"""What differs between two records of one session, the most telling first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd.model import Verdict
from cicd.records.command_lines import compare_commands
from cicd.records.numbers import compare_results, compare_verdicts, failures_of
from cicd.records.shares import WITHOUT_ARGUMENTS, is_share

if TYPE_CHECKING:
    from collections.abc import Container

    from cicd.records.decided import Decided
    from cicd.records.record import Record

_NAMES = {"python": "Python", "node": "Node"}
_TOLD_ELSEWHERE = frozenset(
    "commit arguments command python database node image_id reference content_key digest "
    "reused_from shard images cicd nox uv".split()
)
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Difference:
    """`decides`: a verdict may hang on it. `is_verdict`: the verdicts themselves."""

    text: str
    decides: bool = True
    is_verdict: bool = False


def find_differences(here: Record, there: Record, read: Container[str]) -> tuple[Difference, ...]:
    """In order of importance. `read` are the variables that tools or the repository read."""
    causes = [Difference(text) for text in _causes(here, there, read)]
    if are_unlike_shares(here, there):
        return (*causes, *_red_shares(here, there))
    results = [Difference(text) for text in compare_results(here, there)]
    if verdicts := compare_verdicts(here, there):
        results.insert(0, Difference(verdicts, is_verdict=True))
    return (*causes, *results, *(Difference(text, decides=False) for text in _aside(here, there)))


def are_unlike_shares(here: Record, there: Record) -> bool:
    """One is of a part of the tests, and the other not of the same: numbers say nothing then."""
    return (is_share(here) or is_share(there)) and _share(here) != _share(there)


def _red_shares(here: Record, there: Record) -> Iterator[Difference]:
    """What is red in a part is red in all; what is green in a part may be red elsewhere."""
    for share, other, where in ((here, there, "here"), (there, here, "there")):
        if not is_share(share) or share.verdict not in (Verdict.FAILED, None):
            continue
        if verdicts := compare_verdicts(here, there):
            yield Difference(verdicts, is_verdict=True)
        alone = failures_of(share) - failures_of(other)
        if alone and not is_share(other):
            yield Difference(f"fails only {where}: {sorted(alone)[0]}")
    said = _differ("share of the tests", _share(here), _share(there))
    yield Difference(said, decides=False)


def _causes(here: Record, there: Record, read: Container[str]) -> Iterator[str]:
    one, two = here.decided, there.decided
    for record, where in ((here, "here"), (there, "there")):
        if record.verdict and not record.decided.versions:
            yield f"cannot be compared: what decided it was not recorded {where}"
    known = one.versions and two.versions and here.verb not in WITHOUT_ARGUMENTS
    if known and one.arguments != two.arguments:
        yield _differ("arguments", " ".join(one.arguments), " ".join(two.arguments))
    yield from _database(here, there)
    yield from _common(one.versions, two.versions)
    if _came_as_far(here, there):
        yield from _alone(one.versions, two.versions)
    yield from _common(here.outcome.facts, there.outcome.facts, without=_TOLD_ELSEWHERE)
    yield from _packages(one, two)
    yield from _common(one.images, two.images)
    yield from _options(here, there)
    yield from compare_commands(here, there)
    yield from _inputs(one, two)
    yield from _common(one.platform, two.platform)
    if one.platform and two.platform:
        yield from _alone(one.platform, two.platform)
    yield from _environment(one, two, read)
    yield from _strictness(here, there)


def _came_as_far(here: Record, there: Record) -> bool:
    """Only then tells an entry which is missing that there was none. Of an image whose proof is
    reused, the backend is not looked at."""
    return bool(
        here.verdict == there.verdict
        and here.verdict
        and here.verb != "image"
        and here.decided.versions
        and there.decided.versions
    )


def _database(here: Record, there: Record) -> Iterator[str]:
    one, two = here.decided.database, there.decided.database
    if (one or two) and _came_as_far(here, there):
        yield from _alone(_named(one), _named(two))
    if not (one and two):
        # A proof that is reused, or an older record, tells it in one text.
        label = "database"
        yield from _common(*({label: r.outcome.facts.get(label, "")} for r in (here, there)))
        return
    if one.get("version") != two.get("version"):
        yield _differ("PostgreSQL", one.get("version", ""), two.get("version", ""))
    yield from _common(_named(one), _named(two), without=("PostgreSQL",))


def _named(database: Mapping[str, str]) -> dict[str, str]:
    names = {name: f"PostgreSQL's {name}" for name in ("provider", "locale", "image")}
    names["version"] = "PostgreSQL"
    return {names[name]: value for name, value in database.items() if name in names}


def _packages(one: Decided, two: Decided) -> Iterator[str]:
    """A plugin that one side alone has decides as well; none at all: it did not come so far."""
    if one.packages and two.packages:
        for name in sorted({*one.packages, *two.packages}):
            here, there = one.packages.get(name, ""), two.packages.get(name, "")
            if here != there:
                yield _differ(name, here, there)


def _options(here: Record, there: Record) -> Iterator[str]:
    one, two = here.decided.options, there.decided.options
    if here.verb == "image" or not (one and two):
        # When its proof is reused, the backend of an image is not looked at.
        yield from _common(one, two)
        return
    for name in sorted({*one, *two}):
        if one.get(name) != two.get(name):
            yield _differ(f"option {name}", one.get(name, ""), two.get(name, ""))


def _inputs(one: Decided, two: Decided) -> Iterator[str]:
    if not (one.inputs and two.inputs) or one.inputs == two.inputs:
        return
    every = sorted({*one.files, *two.files})
    names = [name for name in every if one.files.get(name) != two.files.get(name)]
    if not names or not {*one.files} & {*two.files}:
        yield _differ("inputs", one.inputs, two.inputs)
        return
    first, more = names[0], f", and {len(names) - 1} more" if len(names) > 1 else ""
    if first in one.files and first in two.files:
        yield f"inputs: {first} is not the same{more}"
    else:
        yield f"inputs: {first} is only {'here' if first in one.files else 'there'}{more}"


def _environment(one: Decided, two: Decided, read: Container[str]) -> Iterator[str]:
    if not (one.environment and two.environment):
        return
    for name in sorted({*one.environment} ^ {*two.environment}):
        if name in read:
            one_has = ("set", "not set") if name in one.environment else ("not set", "set")
            yield _differ(f"variable {name}", *one_has)


def _strictness(here: Record, there: Record) -> Iterator[str]:
    """It decides only where something could not be verified."""
    strict = here.decided.strict, there.decided.strict
    unsure = Verdict.NOT_VERIFIED in (here.verdict, there.verdict)
    if strict[0] != strict[1] and (unsure or here.outcome.unverified or there.outcome.unverified):
        yield _differ("CI", *("set" if each else "not set" for each in strict))


def _aside(here: Record, there: Record) -> Iterator[str]:
    """What came of it, and changes no verdict."""
    one, two = (each.outcome.facts.get("image_id", "") for each in (here, there))
    if one and two and one != two:
        yield _differ("the image that was built", one, two)


def _common(
    one: Mapping[str, str], two: Mapping[str, str], without: Container[str] = ()
) -> Iterator[str]:
    for name in one:
        if name in two and name not in without and one[name] != two[name]:
            yield _differ(_NAMES.get(name, name), one[name], two[name])


def _alone(one: Mapping[str, str], two: Mapping[str, str]) -> Iterator[str]:
    """What one side alone has."""
    for name in dict.fromkeys((*one, *two)):
        if bool(one.get(name)) != bool(two.get(name)):
            yield _differ(_NAMES.get(name, name), one.get(name, ""), two.get(name, ""))


def _share(record: Record) -> str:
    return record.outcome.facts.get("shard", "") or "all"


def _differ(name: str, here: str, there: str) -> str:
    return f"{name} {_cut(here)} here, {_cut(there)} there"


def _cut(text: str) -> str:
    text = text.removeprefix("CPython ") or "none"
    if text.startswith("sha256:"):
        return text[:19]
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
