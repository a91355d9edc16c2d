"""How long a job of our workflow takes until the first session says its first line.

`python -m benchmarks.github_start [runs]`, from the root of this repository, with `act` on PATH.
A small repository with the one-line workflow is run on this machine; its Python has nothing but
pip, pip's and uv's caches are warm after the first run, which does not count. Checkout is not in
it: act copies the work tree before the job starts. Reach: below 10 s.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from subprocess import DEVNULL, PIPE

import uv
from tests.github import second
from tests.github.acting import act_command

ROOT = Path(__file__).parent.parent
STEPS = {
    "pip has nox": "Success - Main Install nox",
    "nox runs": "nox > ",
    "the first session": "nox > Running session ",
}


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    with tempfile.TemporaryDirectory() as folder:
        wheels = Path(folder, "wheels")
        build = (uv.find_uv_bin(), "build", "--quiet", "--wheel", "--out-dir", wheels, ROOT)
        subprocess.run(build, check=True)
        stall = second.stall(Path(folder, "stall"), next(wheels.glob("*.whl")))
        measured = [measure_s(stall.root, Path(folder, str(number))) for number in range(runs + 1)]
    print(f"seconds from the start of the job, medians of {runs} runs (most)")
    for step in STEPS:
        taken = [times[step] for times in measured[1:]]
        print(f"  {step:20}{statistics.median(taken):5.1f} ({max(taken):.1f})")


def measure_s(root: Path, folder: Path) -> dict[str, float]:
    """When the log of a job came to each of the steps."""
    command, env = act_command(root, folder)
    found: dict[str, float] = {}
    started = 0.0
    with subprocess.Popen(
        command, cwd=root, env=env, stdout=PIPE, stderr=DEVNULL, text=True
    ) as running:
        assert running.stdout
        for line in running.stdout:
            if not started and "Run Set up job" in line:
                started = time.monotonic()
            for step, words in STEPS.items():
                if started and words in line:
                    found.setdefault(step, time.monotonic() - started)
    return found


if __name__ == "__main__":
    main()
