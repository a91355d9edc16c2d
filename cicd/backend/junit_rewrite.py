"""Makes the JUnit report say what was decided: what passed later, and what does not decide."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from cicd.backend.junit import parse_case

if TYPE_CHECKING:
    from pathlib import Path
    from xml.etree.ElementTree import Element

_COUNTS = {"failure": "failures", "error": "errors"}
_LATER = {"failure": "flakyFailure", "error": "flakyError"}
"""As Maven's Surefire has it, and those who read its reports."""
Key = tuple[str, str, str]


def rewrite_junit(path: Path, *, flaky: Iterable[Key], aside: Mapping[Key, str]) -> None:
    """Tests of `flaky` passed with what they failed with kept; those of `aside` count as
    skipped, for the reason given."""
    from xml.etree import ElementTree

    later = frozenset(flaky)
    if not (later or aside):
        return
    tree = ElementTree.parse(path)
    for suite in tree.iter("testsuite"):
        for case in suite.iter("testcase"):
            key = parse_case(case).key
            if key in later:
                _count_off(suite, case, _LATER)
            elif key in aside:
                _count_off(suite, case, {})
                case.insert(0, ElementTree.Element("skipped", message=aside[key]))
                _add(suite, "skipped", 1)
    tree.write(path, encoding="utf-8", xml_declaration=True)


def _count_off(suite: Element, case: Element, renamed: Mapping[str, str]) -> None:
    for told in [child for child in case if child.tag in _COUNTS]:
        _add(suite, _COUNTS[told.tag], -1)
        if told.tag in renamed:
            told.tag = renamed[told.tag]
        else:
            text = "\n".join(filter(None, (told.get("message"), told.text)))
            told.clear()
            told.tag, told.text = "system-out", text


def _add(suite: Element, name: str, number: int) -> None:
    if (counted := suite.get(name, "")).isdigit():
        suite.set(name, str(max(0, int(counted) + number)))
