"""In a repository: how long `git status`, the keys of all sessions and discovery take, as JSON.

Run with the Python that has `cicd`; the first round imports, and does not count.
"""

import json
import os
import runpy
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from nox import registry

from cicd.cache.elements import Unknown
from cicd.config.survey import survey
from cicd.sessions.registry import subject_of
from cicd.steps.fingerprint.assemble import fingerprint
from cicd.steps.snapshot import take_snapshot
from cicd.steps.subject import Subject
from cicd.system.git import read_tree


def main() -> None:
    runpy.run_path("noxfile.py")
    subjects = [subject for name in registry.get() if (subject := subject_of(name))]
    actions = {"status": status, "keys": lambda: keys(subjects), "discovery": discover}
    times: dict[str, list[float]] = {name: [] for name in actions}
    for _ in range(int(sys.argv[1]) + 1):
        for name, action in actions.items():
            started = time.perf_counter()
            action()
            times[name].append(time.perf_counter() - started)
    print(json.dumps({name: values[1:] for name, values in times.items()}))


def status() -> None:
    subprocess.run(("git", "status", "--porcelain"), check=True, capture_output=True)


def keys(subjects: Sequence[Subject]) -> None:
    snapshot = take_snapshot(Path.cwd(), os.environ)
    for subject in subjects:
        found = fingerprint(snapshot, subject, ())
        if isinstance(found, Unknown):
            sys.exit(f"{subject.session} has no key: {found.reason}")


def discover() -> None:
    survey(read_tree(Path.cwd()))


if __name__ == "__main__":
    main()
