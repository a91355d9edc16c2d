"""Random one-line mutations of the bookshop: is any verdict that is reused a wrong one?

    python -m benchmarks.mutations --count 200 --seed 1 [--together 5] [--folder FOLDER]

After each mutation all checks run with the cache. What ran has the verdict that it has without
one; each session that did not run is then run with `CICD_CACHE=off`, and must be green. With
`--together N` it is run once for up to N mutations in different files that all left it alone,
and one by one where that is not green. What was done is kept below the folder: the same call
goes on where one was stopped. Ends with 1 when a verdict was wrong.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from benchmarks.cases.six import NOXFILE
from benchmarks.mutations.mutate import Mutation, choose_mutation
from benchmarks.mutations.shop import Said, Shop, is_green
from benchmarks.mutations.trial import Tried, judge, look, verify
from benchmarks.yard import copy_bookshop, enter_yard
from cicd.system.state import cache_folder

Looked = tuple[Mutation, Said]


def main(arguments: list[str]) -> int:
    chosen = parse(arguments)
    yard = enter_yard(chosen.folder)
    root = yard.folder / "mutated"
    root.mkdir(exist_ok=True)
    copy_bookshop(root, {"noxfile.py": NOXFILE})
    shop = Shop(root, ("nox",), yard.env())
    done = yard.folder / f"mutations-{chosen.seed}.jsonl"
    tried = try_mutations(shop, done, chosen.seed, chosen.count, chosen.together)
    print(summary(tried, chosen.seed, chosen.together))
    return 1 if any(one.wrong for one in tried) else 0


def parse(arguments: list[str]) -> argparse.Namespace:
    assert __doc__
    parser = argparse.ArgumentParser(prog="mutations", description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--together", type=int, default=1)
    parser.add_argument("--folder", type=Path, default=cache_folder(os.environ) / "benchmarks")
    return parser.parse_args(arguments)


def try_mutations(shop: Shop, done: Path, seed: int, count: int, together: int) -> list[Tried]:
    """Those that `done` holds already are not tried again. Raises `SystemExit` for a repository
    that is not green as it is."""
    tried = (
        [Tried(**json.loads(line)) for line in done.read_text().splitlines()]
        if done.exists()
        else []
    )
    if len(tried) >= count:
        return tried[:count]
    checks, files = keep_green_run(shop), shop.files()
    rest = (choose_mutation(files, f"{seed}:{number}") for number in range(len(tried), count))
    for group in grouped(shop, rest, checks, together):
        doubted = doubt(shop, group)
        for mutation, said in group:
            one = judge(shop, mutation, said, doubted & said.reused)
            tried.append(one)
            with done.open("a") as file:
                file.write(json.dumps(asdict(one)) + "\n")
            print(f"{len(tried):4} {render(one)}", flush=True)
    return tried


def keep_green_run(shop: Shop) -> list[str]:
    """Runs everything until all verdicts are kept; the names of the checks."""
    shop.undo()
    for _ in range(3):
        said = shop.run(("ci",), cache="write")
        red = [name for name, verdict in said.verdicts.items() if not is_green(verdict)]
        if said.code != 0 or red or not said.verdicts:
            sys.exit(f"not green before anything was changed: {red}\n{said.output[-4000:]}")
        if said.reused == set(said.verdicts):
            break
    if waiting := sorted(set(said.verdicts) - said.reused):
        print(f"never reused, so nothing is proven of them: {', '.join(waiting)}")
    return sorted(said.verdicts)


def grouped(
    shop: Shop, mutations: Iterator[Mutation], checks: Sequence[str], together: int
) -> Iterator[list[Looked]]:
    """Runs with the cache, in groups in which no file is changed twice."""
    group: list[Looked] = []
    for mutation in mutations:
        if len(group) == together or any(mutation.file == other.file for other, _ in group):
            yield group
            group = []
        group.append((mutation, look(shop, mutation, checks)))
    if group:
        yield group


def doubt(shop: Shop, group: Sequence[Looked]) -> set[str]:
    """The reused sessions that are not green when they run. Each runs with those mutations in
    place that left it alone."""
    left_alone: dict[tuple[int, ...], set[str]] = {}
    for session in {name for _, said in group for name in said.reused}:
        numbers = tuple(n for n, (_, said) in enumerate(group) if session in said.reused)
        left_alone.setdefault(numbers, set()).add(session)
    return {
        name
        for numbers, sessions in left_alone.items()
        for name in verify(shop, [group[number][0] for number in numbers], sessions)
    }


def render(one: Tried) -> str:
    told = f"{one.kind:10} {one.how:9} {one.file}:{one.line}"
    if one.wrong:
        return f"{told}  WRONG: {', '.join(one.wrong)}\n       {one.before!r} -> {one.after!r}"
    if one.refused:
        return f"{told}  refused, as without the cache"
    unsteady = f", unsteady: {', '.join(one.unsteady)}" if one.unsteady else ""
    return f"{told}  ran {len(one.ran)} (red {len(one.red)}), reused {len(one.reused)}{unsteady}"


def summary(tried: Sequence[Tried], seed: int, together: int) -> str:
    kinds = Counter(one.kind for one in tried)
    totals = {
        "sessions reused": sum(len(one.reused) for one in tried),
        "sessions run": sum(len(one.ran) for one in tried),
        "of these red": sum(len(one.red) for one in tried),
        "mutations with a red session": sum(bool(one.red) for one in tried),
        "mutations that nox refused": sum(one.refused for one in tried),
        "unsteady": sum(len(one.unsteady) for one in tried),
        "WRONG": sum(len(one.wrong) for one in tried),
    }
    told = ", ".join(f"{kind} {number}" for kind, number in sorted(kinds.items()))
    lines = [f"{len(tried)} mutations ({told}), seed {seed}, checked {together} together"]
    return "\n".join([*lines, *(f"  {name}: {number}" for name, number in totals.items())])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
