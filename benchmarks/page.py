"""docs/explanation/benchmarks.md, from what the cases found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from benchmarks.results import Comparison, Result

_HEAD = """\
# Benchmarks

`nox -s benchmarks` wrote this page: all sides run in turns on one machine, and the figures are
medians. A side that ends red, or does not say that it did the work, ends the case.
`nox -s benchmarks -- --only nothing-changed --rounds 3` measures one case anew. Trust the ratios
more than the seconds.
"""


def render(
    results: Sequence[Result], absent: Sequence[str], machine: str, versions: Mapping[str, str]
) -> str:
    """`absent` are titles of cases that were not measured."""
    compared = [each for result in results for each in result.comparisons]
    tools = ", ".join(f"{name} {version}" for name, version in versions.items())
    parts = [
        _HEAD,
        f"The machine: {machine}. {tools}.\n",
        _summary(compared),
        *([f"Not measured here: {'; '.join(absent)}.\n"] if absent else []),
        *map(_section, results),
    ]
    return "\n".join(parts)


def _summary(compared: Sequence[Comparison]) -> str:
    rows = [
        (
            each.what,
            each.ours,
            each.beside,
            _number(each.ratio, each.unit),
            "–" if each.reach is None else f"at most {_number(each.reach, each.unit)}",
            {None: "–", True: "yes", False: "**no**"}[each.reached],
        )
        for each in compared
    ]
    return table(("case", "ours", "beside", "ratio", "reach", "reached"), rows)


def _section(result: Result) -> str:
    said = [result.text]
    if result.versions:
        named = ", ".join(f"{name} {version}" for name, version in result.versions.items())
        said.append(f"Besides: {named}.")
    when = f"Measured on {result.on}, {result.rounds} rounds."
    notes = "".join(f"- {note}\n" for note in result.notes)
    body = "\n\n".join((*said, when))
    lines = table(result.columns, result.lines)
    return f"## {result.title}\n\n{body}\n\n{lines}" + (f"\n{notes}" if notes else "")


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    shown = [columns, ["---"] * len(columns), *rows]
    return "".join(f"| {' | '.join(row)} |\n" for row in shown)


def _number(value: float, unit: str) -> str:
    return f"{value:.0f} {unit}" if unit else f"{value:.2f}"
