"""How long our build of the bookshop's images takes, over plain `docker build` of the same files.

    python benchmarks/images.py [--rounds 3]

Plain builds run one after the other; ours builds all images in one go. Both sides run in turns,
each with content of its own where nothing may come from the cache. `cold` builds every stage
anew and downloads what a cache mount would have kept, `source` after one source file of the
first image changed, `warm` with nothing changed. Medians in seconds, and ours over plain.
Aims: cold of two below 0.8, warm of one at most 1.05.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path

from cicd.config.images import survey_images
from cicd.config.parts import Image
from cicd.config.resolve_image import resolve_image
from cicd.records.runs import open_run
from cicd.steps.image_build import build_image
from cicd.steps.work import Work
from cicd.system.git import read_tree
from cicd.system.masking import Masks
from cicd.system.place import Place
from cicd.system.process import LocalRunner
from cicd.system.run_name import RUN_VARIABLE, name_run
from cicd.system.state import state_folder

BOOKSHOP = Path(__file__).parent.parent / "examples" / "bookshop"
IGNORED = shutil.ignore_patterns(".venv", "node_modules", "dist", ".cicd", ".nox", "__pycache__")
GIT = ("git", "-c", "user.name=b", "-c", "user.email=b@b")


class Shop:
    """A copy of the bookshop, below git."""

    def __init__(self, folder: Path, side: str) -> None:
        self.root = folder / f"bookshop-{side}"
        self.side = side
        shutil.copytree(BOOKSHOP, self.root, ignore=IGNORED)
        self._run(*GIT, "init", "-q")
        self.images = survey_images(read_tree(self.root))
        tree = read_tree(self.root)
        self.found = {image.name: resolve_image(tree, image).image for image in self.images}
        self._originals = {
            name: (self.root / str(image.dockerfile)).read_text()
            for name, image in self.found.items()
        }

    def forget(self) -> None:
        """Names every stage and cache anew, so that nothing of an earlier build serves."""
        for name, text in self._originals.items():
            value = uuid.uuid4().hex
            text = text.replace("--mount=type=cache,", f"--mount=type=cache,id={value},")
            text = re.sub("^FROM .*$", rf"\g<0>\nENV BENCHMARK={value}", text, flags=re.M)
            (self.root / str(self.found[name].dockerfile)).write_text(text)
        self.commit()

    def change_source(self) -> None:
        source = next(self.root.glob("backend/*/main.py"))
        source.write_text(f"{source.read_text()}\n# {uuid.uuid4().hex}\n")
        self.commit()

    def commit(self) -> None:
        self._run(*GIT, "add", "--all")
        self._run(*GIT, "commit", "-q", "--allow-empty", "-m", "a change")

    def build_plainly(self, names: list[str]) -> None:
        for name in names:
            image = self.found[name]
            files = ("--file", str(image.dockerfile), "--tag", f"cicd-benchmark/{name}")
            target = ("--target", image.target) if isinstance(image.target, str) else ()
            arguments = image.build_args if isinstance(image.build_args, dict) else {}
            given = [f"--build-arg={key}={value}" for key, value in arguments.items()]
            self._run("docker", "build", "--quiet", *files, *target, *given, str(image.context))

    def build_ours(self, names: list[str]) -> None:
        images = [image for image in self.images if image.name in names]
        for image in images:
            build_image(self._work(image), image, images)

    def _work(self, image: Image) -> Work:
        """All images of one build are those of one run."""
        state = state_folder(self.root)
        run = open_run(state, os.environ[RUN_VARIABLE])
        reports = run.reports(image.name)
        reports.mkdir(parents=True, exist_ok=True)
        runner = LocalRunner(self.root, environ=os.environ, out=io.StringIO())
        place = Place(
            root=self.root, state=state, cache=state / "cache", reports=reports, runner=runner
        )
        return Work(
            session=image.name,
            arguments=(),
            environ=os.environ,
            strict=False,
            run=run,
            place=place,
            masks=Masks(),
            say=lambda line: None,
        )

    def _run(self, *argv: str) -> None:
        done = subprocess.run(argv, cwd=self.root, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            sys.exit(f"{' '.join(argv)}\n{done.stdout}{done.stderr}")


def seconds(action: Callable[[], object]) -> float:
    os.environ.pop(RUN_VARIABLE, None)
    name_run(os.environ)
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def measure(plain: Shop, ours: Shop, names: list[str], rounds: int) -> None:
    before: dict[str, Callable[[Shop], None]] = {
        "cold": Shop.forget,
        "source": Shop.change_source,
        "warm": lambda shop: None,
    }
    times: dict[tuple[str, str], list[float]] = {}
    for _ in range(rounds):
        for kind, prepare in before.items():
            for shop in (plain, ours):
                prepare(shop)
            pairs = (
                ("plain", lambda: plain.build_plainly(names)),
                ("ours", lambda: ours.build_ours(names)),
            )
            for side, build in pairs:
                times.setdefault((kind, side), []).append(seconds(build))
    for kind in before:
        one, other = (statistics.median(times[kind, side]) for side in ("plain", "ours"))
        print(
            f"{' and '.join(names):24} {kind:8} {one:8.2f} {other:8.2f} {other / one:8.2f}",
            flush=True,
        )


def remove_images(folder: Path) -> None:
    listing = ("docker", "image", "ls", "--format", "{{.Repository}}:{{.Tag}}")
    listed = subprocess.run(listing, capture_output=True, text=True, check=True).stdout.split()
    mine = [n for n in listed if n.startswith(("cicd-benchmark/", "cicd.local/bookshop-ours-"))]
    if mine:
        subprocess.run(("docker", "image", "rm", *mine), capture_output=True, check=False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        plain, ours = Shop(Path(folder), "plain"), Shop(Path(folder), "ours")
        names = [image.name for image in plain.images]
        print(f"{os.cpu_count()} processors, {chosen.rounds} rounds")
        print(f"{'images':24} {'':8} {'plain s':>8} {'ours s':>8} {'ratio':>8}")
        try:
            measure(plain, ours, names[:1], chosen.rounds)
            measure(plain, ours, names, chosen.rounds)
        finally:
            remove_images(Path(folder))


if __name__ == "__main__":
    main()
