"""A share of the tests: which one of how many, as `CICD_SHARD` says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

VARIABLE = "CICD_SHARD"
"""Never given to the commands that sessions run: a nox that a test starts runs all of its own."""


@dataclass(frozen=True, slots=True)
class Shard:
    """`number` counts from 1; `str()` is "2/4", as jest and vitest write it."""

    number: int
    of: int

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"


def read_shard(environ: Mapping[str, str]) -> Shard | None:
    """The share that this job is to run; None where all of it is. Raises `SettingsError`."""
    given = environ.get(VARIABLE, "").strip()
    if not given:
        return None
    if shard := parse_shard(given):
        return shard
    fix = 'it is which share and how many there are, from "1/4" to "4/4"'
    raise SettingsError(f'{VARIABLE} is "{given}"', fix=fix)


def parse_shard(text: str) -> Shard | None:
    """What "2/4" says; None for anything that names no share."""
    found = re.fullmatch(r"([1-9]\d{0,5})/([1-9]\d{0,5})", text, re.ASCII)
    shard = Shard(int(found[1]), int(found[2])) if found else None
    return shard if shard and shard.number <= shard.of else None
