"""What `import cicd` and `project()` add to `nox -l`, in CPU time, over a noxfile without them.

`python benchmarks/listing.py [runs]`, with the Python that has nox and cicd; both sides run in
turns. Reach: at most 15 ms on this repository.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
BARE = "import nox\n\n\n@nox.session\ndef ci(session):\n    pass\n"


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 31
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "noxfile.py").write_text(BARE)
        measure_ms(Path(folder)), measure_ms(ROOT)  # the first run writes bytecode
        bare, ours = zip(*((measure_ms(Path(folder)), measure_ms(ROOT)) for _ in range(runs)))
    added = [one - other for one, other in zip(ours, bare)]
    print(f"nox -l, CPU in ms, medians of {runs} runs in turns (least)")
    print(f"  bare noxfile     {statistics.median(bare):6.1f} ({min(bare):.1f})")
    print(f"  this repository  {statistics.median(ours):6.1f} ({min(ours):.1f})")
    print(f"  added            {statistics.median(added):6.1f} ({min(ours) - min(bare):.1f})")


def measure_ms(folder: Path) -> float:
    """The CPU time of one listing and of all that it starts."""
    env = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        (sys.executable, "-m", "nox", "-l"), cwd=folder, env=env, check=True, capture_output=True
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


if __name__ == "__main__":
    main()
