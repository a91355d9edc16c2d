"""All cases, or some, and the page that shows them: `nox -s benchmarks`.

    python -m benchmarks [--only CASE ...] [--rounds 3] [--folder FOLDER]

What was found is kept below the folder, so that the page has all cases when one is measured anew.
Ends with 1 when a side did not do its work; a reach that is missed is shown, and no error.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import machine, page, results
from benchmarks.catalog import CASES, Case
from benchmarks.sides import NotDone
from benchmarks.yard import ROOT, NotPrepared, Yard, enter_yard
from cicd.system.state import cache_folder

PAGE = ROOT / "docs" / "explanation" / "benchmarks.md"


def main(arguments: list[str]) -> int:
    chosen = parse(arguments)
    yard = enter_yard(chosen.folder)
    names = chosen.only or [name for name, case in CASES.items() if case.usual]
    failed = [name for name in names if not measure_case(yard, name, CASES[name], chosen.rounds)]
    write_page(yard)
    if failed:
        print(f"not measured: {', '.join(failed)}")
    return 1 if failed else 0


def parse(arguments: list[str]) -> argparse.Namespace:
    assert __doc__
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=CASES, metavar="CASE", help=", ".join(CASES))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=cache_folder(os.environ) / "benchmarks")
    return parser.parse_args(arguments)


def measure_case(yard: Yard, name: str, case: Case, rounds: int) -> bool:
    """A case that fails is told and left; the others go on."""
    say(f"{case.title}: {datetime.now():%H:%M:%S}")
    try:
        found = case.run(yard, rounds, say)
    except (NotDone, NotPrepared) as error:
        say(str(error))
        return False
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    results.keep(yard.folder / "results", dataclasses.replace(found, on=today))
    for compared in found.comparisons:
        say(f"  {compared.what}: {compared.ours}, {compared.beside}: {compared.ratio:.2f}")
    return True


def write_page(yard: Yard) -> None:
    """Of what is kept, by earlier calls as well."""
    kept = {name: results.read(yard.folder / "results", name) for name in CASES}
    there = [result for result in kept.values() if result]
    absent = [CASES[name].title for name, result in kept.items() if result is None]
    text = page.render(there, absent, machine.describe_machine(), machine.tool_versions(yard))
    PAGE.write_text(text)
    say(f"written: {PAGE.relative_to(ROOT)}")


def say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
