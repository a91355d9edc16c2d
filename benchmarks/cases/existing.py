"""What has a command of its own: images, and a job of our workflow until its first session."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable

from benchmarks.results import Comparison, Result
from benchmarks.yard import ROOT, Yard, do

IMAGES, GITHUB_START = "images", "github-start"
_REACHES = {("backend", "warm"): 1.05, ("backend and frontend", "cold"): 0.8}
_START_REACH_S = 10


def images(yard: Yard, rounds: int, say: Callable[[str], None]) -> Result:
    """Reach: a cold build of two at most 0.8 of plain builds, a warm one of one at most 1.05."""
    said = _ask("benchmarks.images", "--rounds", str(rounds))
    found = re.findall(r"^(\S.*?) +(cold|source|warm) +([\d.]+) +([\d.]+) +([\d.]+)$", said, re.M)
    return Result(
        case=IMAGES,
        title="Images",
        text="The bookshop's images, built by ours in one go, beside `docker build` one after the"
        " other (`benchmarks/images.py`). Cold builds every stage anew, source has one changed"
        " source file, warm nothing.",
        columns=("images", "", "docker build", "ours", "ours to docker build"),
        lines=[
            [names, kind, f"{plain} s", f"{ours} s", r] for names, kind, plain, ours, r in found
        ],
        comparisons=[
            Comparison(
                what=f"image {names}, {kind}",
                ours=f"{ours} s",
                beside=f"docker build: {plain} s",
                ratio=float(ratio),
                reach=_REACHES.get((names, kind)),
            )
            for names, kind, plain, ours, ratio in found
        ],
        rounds=rounds,
    )


def github_start(yard: Yard, rounds: int, say: Callable[[str], None]) -> Result:
    """Reach: the first session says its first line within 10 s."""
    said = _ask("benchmarks.github_start", str(rounds))
    found = re.findall(r"^  (\S.*?) +([\d.]+) \(([\d.]+)\)$", said, re.M)
    first = float(found[-1][1])
    return Result(
        case=GITHUB_START,
        title="A job of our workflow until its first session",
        text="The workflow of one line on this machine, by `act`, from the start of the job, on a"
        " Python that has nothing but pip; caches are warm (`python -m benchmarks.github_start`).",
        columns=("", "median", "most"),
        lines=[[step, f"{median} s", f"{most} s"] for step, median, most in found],
        comparisons=[
            Comparison(
                what="a job until its first session",
                ours=f"{first} s",
                beside=f"a bound of {_START_REACH_S} s",
                ratio=first / _START_REACH_S,
                reach=1.0,
            )
        ],
        rounds=rounds,
    )


def _ask(module: str, *arguments: str) -> str:
    return do((sys.executable, "-m", module, *arguments), ROOT, os.environ)
