"""Runners of a project's own, whose results report to us as well."""

import io
import unittest
from typing import Any

from cicd.backend.drivers.cicd_unittest import reporting


class OwnResult(unittest.TextTestResult):
    def __init__(self, stream: Any, descriptions: Any, verbosity: int, times: bool) -> None:
        super().__init__(stream, descriptions, verbosity)
        self.times = times


class OwnRunner(unittest.TextTestRunner):
    """Makes its results as unittest-xml-reporting does, and uses them afterwards."""

    def _makeResult(self) -> OwnResult:
        return OwnResult(self.stream, self.descriptions, self.verbosity, True)


class Sample(unittest.TestCase):
    __test__ = False

    def test_passes(self) -> None: ...

    def test_fails(self) -> None:
        self.fail("no")


def test_a_result_class_with_other_arguments_keeps_its_own_and_reports() -> None:
    suite = unittest.TestSuite([Sample("test_passes"), Sample("test_fails")])
    result = reporting(OwnRunner)(stream=io.StringIO()).run(suite)
    assert result.times is True
    assert {name.rpartition(".")[2]: case["outcome"] for name, case in result.cases.items()} == {
        "test_passes": None,
        "test_fails": ("failure", "AssertionError: no", result.failures[0][1]),
    }
