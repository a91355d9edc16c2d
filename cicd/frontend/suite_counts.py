"""How many tests a runner without a readable report says that it ran."""

from __future__ import annotations

import re

from cicd.output import plain

_SAID = tuple(
    re.compile(said, re.M)
    for said in (
        r"^(?:#|ℹ) tests (\d+)$",  # node --test
        r"^\s+(\d+) (?:passing|failing)\b",  # mocha, cypress
        r"^\s*(\d+) (?:pass|fail)$",  # bun test
        r"^.*Executed (\d+) of \d+ .*\(.*\)$(?![\s\S]*Executed \d+ of)",  # karma's last line
    )
)


def parse_count(output: str) -> int | None:
    """The number of tests that ran, of all runners of the script; None when none says."""
    text = plain(output)
    numbers = [int(number) for said in _SAID for number in said.findall(text)]
    return sum(numbers) if numbers else None
