"""Which of the tests are in a share: "2/4" is the second of four.

Only the standard library, Python 3.8 and newer: it runs in the project's environment.
Every share comes to the same division, since it depends on nothing but the names of all tests.
What each of them saw is written down; who joins them proves that no test was left out.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from typing import Dict, List, Sequence, Set, Tuple

Test = Tuple[str, str, str]
"""A test's file or module, its class or function below that, and its whole name."""


def chosen(tests: Sequence[Test], share: str) -> List[bool]:
    """For each test whether it is in the share; each of them is in exactly one.

    Files stay whole, since tests of a file share fixtures and may rely on their order. A file
    with more tests than a fair share is divided by classes and functions, and those with more
    by single tests. The largest goes to the share that has least so far.
    """
    number, count = (int(word) for word in share.split("/"))
    units = _units(tests, -(-len(tests) // count))
    sizes = Counter(units)
    shares = [0] * count
    mine: Set[Tuple[str, ...]] = set()
    for unit in sorted(sizes, key=lambda unit: (-sizes[unit], unit)):
        lightest = shares.index(min(shares))
        shares[lightest] += sizes[unit]
        if lightest == number - 1:
            mine.add(unit)
    return [unit in mine for unit in units]


def _units(tests: Sequence[Test], fair: int) -> List[Tuple[str, ...]]:
    """What each test stays together with."""
    depths = [1] * len(tests)
    for depth in (1, 2):
        sizes = Counter(test[:depth] for test in tests)
        for place, test in enumerate(tests):
            if depths[place] == depth and sizes[test[:depth]] > fair:
                depths[place] = depth + 1
    return [test[:depth] for test, depth in zip(tests, depths)]


def note_division(tests: Sequence[Test], mine: Sequence[bool]) -> None:
    """Writes down how many tests there were, how many are run here, and the names of all."""
    names = "\n".join(sorted(test[2] for test in tests))
    digest = hashlib.sha256(names.encode("utf-8", "replace")).hexdigest()
    note({"collected": len(tests), "selected": sum(mine), "names": digest[:16]})


def note(values: Dict[str, object]) -> None:
    """Adds to what the session reads; each process of a run has a file of its own."""
    folder = os.environ.get("CICD_SHARE_NOTES")
    if not folder:
        return
    os.makedirs(folder, exist_ok=True)
    file = os.path.join(folder, "%d.json" % os.getpid())
    known: Dict[str, object] = {}
    if os.path.exists(file):
        with open(file, encoding="utf-8") as written:
            known = json.load(written)
    with open(file, "w", encoding="utf-8") as written:
        json.dump({**known, **values}, written)
