"""The reports of a verdict that is reused."""

from xml.etree import ElementTree

import pytest

from cicd.cache.entry import Entry
from cicd.steps.restoring import _marked

ENTRY = Entry(
    session="backend_test",
    key="k",
    elements={},
    record="",
    earned_at="2026-03-05T09:41:00+00:00",
    where='a "host" <1>',
)


@pytest.mark.parametrize(
    "junit",
    [
        '<testsuites><testsuite name="a > b" tests="1"><testcase name="t"/></testsuite>'
        "</testsuites>",
        '<testsuite name="a"><properties><property name="x" value="y"/></properties></testsuite>',
        '<testsuites><testsuite name="a"/><testsuite name="b"><testcase name="t"/></testsuite>'
        "</testsuites>",
    ],
)
def test_a_junit_says_that_it_is_reused_when_and_where(junit: str) -> None:
    root = ElementTree.fromstring(_marked(junit.encode(), ENTRY))
    (properties,) = root.iter("properties")
    told = {one.get("name"): one.get("value") for one in properties}
    assert told["reused"] == "true"
    assert told["earned_at"] == ENTRY.earned_at
    assert told["earned_where"] == ENTRY.where


def test_what_is_no_junit_stays_as_it_is() -> None:
    assert _marked(b"<html>", ENTRY) == b"<html>"
