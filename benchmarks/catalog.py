"""All cases, in the order of the page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.cases import database, existing, growth, listing, parts, six, whole
from benchmarks.results import Result
from benchmarks.yard import Yard


@dataclass(frozen=True, slots=True)
class Case:
    """`usual` is measured when nothing is named."""

    title: str
    run: Callable[[Yard, int, Callable[[str], None]], Result]
    usual: bool = True


CASES = {
    six.NOTHING: Case("Nothing changed", six.nothing_changed),
    six.ONE_FILE: Case("One backend file changed", six.one_file),
    whole.EVERYTHING: Case("Everything, caches of downloads warm", whole.everything),
    whole.FIRST_RUN: Case("First run on a fresh clone", whole.first_run),
    database.DATABASE: Case("The suite's database", database.suite_database),
    listing.LISTING: Case("Listing and completion", listing.listing),
    growth.GROWTH: Case("How it grows with files", growth.growth),
    parts.PARTS: Case("How it grows with parts", parts.many),
    existing.IMAGES: Case("Images", existing.images, usual=False),
    existing.GITHUB_START: Case(
        "A job of our workflow until its first session", existing.github_start, usual=False
    ),
}
