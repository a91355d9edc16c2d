"""What `ci` verified, kept for `push`."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from cicd.model import Outcome
from cicd.records.record import Record
from cicd.records.verified import (
    Verified,
    VerifiedImage,
    read_verified,
    verified_images,
    write_verified,
)

IMAGE = VerifiedImage(name="api", image_id="sha256:1", reference="a:b", content_key="k", digest="")
VERIFIED = Verified(
    tree="t1", commit="c1", run="r1", finished_at="2026-01-01T00:00:00+00:00", images=(IMAGE,)
)


def test_what_was_written_of_a_content_is_read_for_that_content_alone(tmp_path: Path) -> None:
    write_verified(tmp_path, VERIFIED)
    assert read_verified(tmp_path, "t1") == VERIFIED
    assert read_verified(tmp_path, "t2") is None


def test_the_last_twenty_stay(tmp_path: Path) -> None:
    for number in range(22):
        write_verified(tmp_path, replace(VERIFIED, tree=f"t{number}"))
        os.utime(tmp_path / "verified" / f"t{number}.json", (number, number))
    write_verified(tmp_path, replace(VERIFIED, tree="last"))
    assert {path.stem for path in (tmp_path / "verified").iterdir()} == {
        *(f"t{number}" for number in range(3, 22)),
        "last",
    }


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"schema": 2}', '{"schema": 1, "images": [{}]}'])
def test_a_file_that_is_none_of_ours_verifies_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "verified").mkdir()
    (tmp_path / "verified" / "t1.json").write_text(text)
    assert read_verified(tmp_path, "t1") is None


def test_the_images_of_a_run_are_those_that_its_sessions_recorded() -> None:
    facts = {"image_id": "sha256:1", "reference": "a:b", "content_key": "k", "python": "3.13"}
    image = Record(
        session="api_image",
        run="r1",
        part="api",
        verb="image",
        started_at="",
        outcome=Outcome(facts=facts),
    )
    other = Record(session="api_test", run="r1", part="api", verb="test", started_at="")
    assert verified_images((other, image)) == (IMAGE,)
