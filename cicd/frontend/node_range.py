"""The Node versions that a project accepts, as `engines` and `.nvmrc` write them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cicd.errors import SettingsError

Version = tuple[int, int, int]

_ANY = {"", "*", "x", "node", "stable", "latest", "current", "system"}
_LTS = {"hydrogen": 18, "iron": 20, "jod": 22, "krypton": 24}
_LTS_KEPT = (22, 24, 26)
"""The lines that `lts/*` may mean; the newest that can be had is taken."""
_COMPARATOR = re.compile(
    r"(?P<sign>>=|<=|>|<|=|\^|~>?)?\s*v?(?P<version>[\dxX*]+(\.[\dxX*]+){0,2})(-[\w.-]+)?(?=\s|$)"
)
_HYPHEN = re.compile(r"^\s*v?([\d.xX*]+)\s+-\s+v?([\d.xX*]+)\s*$")


@dataclass(frozen=True, slots=True)
class Interval:
    """The versions from `low` to below `high`; None: without end."""

    low: Version
    high: Version | None

    def holds(self, version: Version) -> bool:
        return self.low <= version and (self.high is None or version < self.high)

    def within(self, other: Interval) -> Interval:
        ends = [high for high in (self.high, other.high) if high is not None]
        return Interval(max(self.low, other.low), min(ends, default=None))

    @property
    def is_empty(self) -> bool:
        return self.high is not None and self.high <= self.low


@dataclass(frozen=True, slots=True)
class NodeRange:
    """A version satisfies the range when one of its intervals, newest first, holds it."""

    text: str
    intervals: tuple[Interval, ...]

    def holds(self, version: str) -> bool:
        return any(one.holds(parse_version(version)) for one in self.intervals)


_EVERYTHING = Interval((0, 0, 0), None)


def parse_version(text: str) -> Version:
    """The three numbers of "v20.18.0"; what is missing or no number is 0."""
    numbers = [int(number) for number in re.findall(r"\d+", text.partition("-")[0])[:3]]
    major, minor, patch = (*numbers, 0, 0, 0)[:3]
    return major, minor, patch


def parse_range(text: str) -> NodeRange:
    """Node's own grammar (npm's semver) without prereleases, and nvm's names.

    Raises `SettingsError` for a text that cannot be read or that no version satisfies.
    """
    wanted = text.strip().lower()
    intervals = [one for one in _read(wanted) if not one.is_empty]
    if not intervals:
        raise SettingsError(
            f'no Node version satisfies "{text}"',
            fix='write it like "20", ">=20 <23" or "lts/iron"',
        )
    return NodeRange(text, tuple(sorted(intervals, key=lambda one: one.low, reverse=True)))


def render_specifier(interval: Interval) -> str:
    """The interval as Python packages write it: ">=20.0.0,<21.0.0"."""
    low = ".".join(map(str, interval.low))
    high = "" if interval.high is None else ",<" + ".".join(map(str, interval.high))
    return f">={low}{high}"


def _read(wanted: str) -> list[Interval]:
    if wanted in _ANY:
        return [_EVERYTHING]
    name = wanted.removeprefix("lts/")
    if name in _LTS:
        return [_major(_LTS[name])]
    if wanted in ("lts", "lts/*", "--lts"):
        return [_major(major) for major in _LTS_KEPT]
    return [_alternative(part) for part in wanted.split("||")]


def _alternative(text: str) -> Interval:
    if hyphen := _HYPHEN.match(text):
        text = f">={hyphen[1]} <={hyphen[2]}"
    text = text.replace(",", " ").strip()
    if _COMPARATOR.sub("", text).strip():
        return Interval((0, 0, 0), (0, 0, 0))
    interval = _EVERYTHING
    for comparator in _COMPARATOR.finditer(text):
        interval = interval.within(_compare(comparator["sign"] or "", comparator["version"]))
    return interval


def _compare(sign: str, text: str) -> Interval:
    span, numbers = _span(text)
    match sign:
        case ">=":
            return Interval(span.low, None)
        case ">":
            return Interval(span.high or span.low, None)
        case "<":
            return Interval((0, 0, 0), span.low)
        case "<=":
            return Interval((0, 0, 0), span.high)
        case "^" if numbers:
            return Interval(span.low, (numbers[0] + 1, 0, 0))
        case "~" | "~>" if len(numbers) > 1:
            return Interval(span.low, (numbers[0], numbers[1] + 1, 0))
    return span


def _span(text: str) -> tuple[Interval, list[int]]:
    """All the versions that a partial one stands for: "20.1" is from 20.1.0 to below 20.2.0."""
    numbers: list[int] = []
    for part in text.split("."):
        if not part.isdigit():
            break
        numbers.append(int(part))
    if not numbers:
        return _EVERYTHING, numbers
    low, after = [*numbers, 0, 0][:3], [*numbers[:-1], numbers[-1] + 1, 0, 0][:3]
    return Interval((low[0], low[1], low[2]), (after[0], after[1], after[2])), numbers


def _major(number: int) -> Interval:
    return Interval((number, 0, 0), (number + 1, 0, 0))
