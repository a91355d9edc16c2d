"""Runs unittest and Django's tests with a JUnit report, as `cicd` needs it.

Only the standard library, Python 3.8 and newer: it runs in the project's environment.
As a program: `cicd_unittest.py [arguments of unittest]`. As a module on the path it gives
Django its test runner: `manage.py test --testrunner=cicd_unittest.DjangoRunner`.
"""

from __future__ import annotations

import inspect
import json
import os
import re
import socket
import sys
import time
import traceback
import unittest
from typing import Any, Dict, List, Tuple
from xml.sax.saxutils import escape, quoteattr

_INVALID = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class JUnitResult(unittest.TextTestResult):
    """Prints as unittest does, keeps one entry per test, and names the test that runs."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cases: Dict[str, Dict[str, Any]] = {}
        self._started_s = 0.0

    def startTest(self, test: Any) -> None:
        self._started_s = time.monotonic()
        self._entry(test)
        _tell(test.id())
        super().startTest(test)

    def stopTest(self, test: Any) -> None:
        super().stopTest(test)
        self._entry(test)["time"] = time.monotonic() - self._started_s
        _tell("")

    def addError(self, test: Any, err: Any) -> None:
        super().addError(test, err)
        self._keep(test, "error", err)

    def addFailure(self, test: Any, err: Any) -> None:
        super().addFailure(test, err)
        self._keep(test, "failure", err)

    def addSubTest(self, test: Any, subtest: Any, err: Any) -> None:
        super().addSubTest(test, subtest, err)
        if err is not None:
            kind = "failure" if issubclass(err[0], test.failureException) else "error"
            self._keep(test, kind, err)

    def addSkip(self, test: Any, reason: str) -> None:
        super().addSkip(test, reason)
        self._entry(test)["outcome"] = ("skipped", reason, "")

    def addExpectedFailure(self, test: Any, err: Any) -> None:
        super().addExpectedFailure(test, err)
        self._entry(test)["outcome"] = ("skipped", "expected failure", "")

    def addUnexpectedSuccess(self, test: Any) -> None:
        super().addUnexpectedSuccess(test)
        self._entry(test)["outcome"] = ("failure", "unexpected success", "")

    def _keep(self, test: Any, kind: str, err: Any) -> None:
        message = "".join(traceback.format_exception_only(err[0], err[1])).strip()
        text = self._exc_info_to_string(err, test)  # type: ignore[attr-defined]
        self._entry(test)["outcome"] = (kind, message, text)

    def _entry(self, test: Any) -> Dict[str, Any]:
        subject = getattr(test, "test_case", test)
        name = subject.id()
        if name not in self.cases:
            self.cases[name] = {"place": _place(subject), "time": 0.0, "outcome": None}
        return self.cases[name]

    def printErrors(self) -> None:
        super().printErrors()
        if os.environ.get("CICD_JUNIT"):
            write_junit(os.environ["CICD_JUNIT"], self.cases, self.shouldStop)


def _tell(name: str) -> None:
    folder = os.environ.get("CICD_RUNNING")
    if folder:
        with open(os.path.join(folder, "main"), "w", encoding="utf-8") as file:
            file.write(name)


def _place(test: Any) -> Tuple[str, int]:
    """The file and the line of a test; nothing for what stands for a failed import."""
    try:
        method = inspect.unwrap(getattr(test, test._testMethodName))
        file = inspect.getsourcefile(method) or ""
        return os.path.relpath(file), method.__code__.co_firstlineno - 1
    except (AttributeError, TypeError, ValueError):
        return "", 0


def write_junit(path: str, cases: Dict[str, Dict[str, Any]], stopped: bool = False) -> None:
    lines = ['<?xml version="1.0" encoding="utf-8"?>', "<testsuites>"]
    told = ' stopped="true"' if stopped else ""
    lines.append('<testsuite name="unittest" tests="%d"%s>' % (len(cases), told))
    for name, case in cases.items():
        lines += _case_lines(name, case)
    lines += ["</testsuite>", "</testsuites>"]
    aside = path + ".aside"
    with open(aside, "w", encoding="utf-8") as file:
        file.write("\n".join(lines))
    os.replace(aside, path)


def _case_lines(name: str, case: Dict[str, Any]) -> List[str]:
    file, line = case["place"]
    parts = name.rpartition(".")
    attributes = {"classname": parts[0], "name": parts[2], "time": "%.3f" % case["time"]}
    if file:
        attributes.update(file=file, line=str(line))
    head = "<testcase %s" % " ".join("%s=%s" % (k, _quote(v)) for k, v in attributes.items())
    if not case["outcome"]:
        return [head + "/>"]
    kind, message, text = case["outcome"]
    body = escape(_INVALID.sub("?", text))
    return [
        head + ">",
        "<%s message=%s>%s</%s>" % (kind, _quote(message), body, kind),
        "</testcase>",
    ]


def _quote(text: str) -> str:
    return quoteattr(_INVALID.sub("?", text))


class JUnitRunner(unittest.TextTestRunner):
    resultclass = JUnitResult

    def run(self, test: Any) -> Any:
        return super().run(share_of(test))


def share_of(suite: Any) -> Any:
    """The tests of the share that `CICD_SHARE` names; without one, all of them."""
    share = os.environ.get("CICD_SHARE")
    if not share:
        return suite
    if hasattr(suite, "subsuites"):
        raise SystemExit("cicd: a share of the tests and --parallel do not go together")
    from importlib import import_module

    division = import_module("cicd_share")
    cases = _flat(suite)
    places = [(type(case).__module__, type(case).__qualname__, case.id()) for case in cases]
    mine = division.chosen(places, share)
    division.note_division(places, mine)
    return unittest.TestSuite(case for case, own in zip(cases, mine) if own)


def _flat(suite: Any) -> List[Any]:
    if not isinstance(suite, unittest.BaseTestSuite):
        return [suite]
    return [case for one in suite for case in _flat(one)]


def __getattr__(name: str) -> Any:
    """Django's runner is made when Django asks for it, from the project's own TEST_RUNNER."""
    if name != "DjangoRunner":
        raise AttributeError(name)
    from importlib import import_module

    settings = import_module("django.conf").settings
    base = import_module("django.test.utils").get_runner(settings)

    class DjangoRunner(base):  # type: ignore[misc, valid-type]
        test_runner = reporting(base.test_runner)

        def build_suite(self, *labels: Any, **options: Any) -> Any:
            return share_of(super().build_suite(*labels, **options))

        def setup_databases(self, **kwargs: Any) -> Any:
            made = super().setup_databases(**kwargs)
            _have_databases_noticed()
            return made

    return DjangoRunner


def _have_databases_noticed() -> None:
    """Django drops its test databases at its end: the session looks while they are there."""
    host, _, port = os.environ.get("CICD_BROKER", "").rpartition(":")
    if not host:
        return
    words = ({"token": os.environ.get("CICD_BROKER_TOKEN", "")}, {"op": "look"})
    try:
        with socket.create_connection((host, int(port)), timeout=10) as line:
            line.sendall("".join(json.dumps(word) + "\n" for word in words).encode())
            line.recv(1000)
    except OSError:
        pass  # Nobody listens any more: there is nothing to be told to anybody.


def reporting(runner: Any) -> Any:
    """The same runner, whose results report to us too, whatever class it makes them of."""

    class Reporting(runner):  # type: ignore[misc]
        def _makeResult(self) -> Any:
            return _adopt(super()._makeResult())

        def _make_result(self) -> Any:  # unittest-xml-reporting calls it so
            return _adopt(super()._make_result())

    return Reporting


def _adopt(result: Any) -> Any:
    if not isinstance(result, JUnitResult):
        result.__class__ = type("Result", (JUnitResult, type(result)), {})
        result.cases, result._started_s = {}, 0.0
    return result


def main(arguments: List[str]) -> None:
    sys.path[0] = os.getcwd()
    named = [argument for argument in arguments if not argument.startswith("-")]
    words = arguments if named else ["discover"] + arguments
    unittest.main(module=None, argv=["python -m unittest"] + words, testRunner=JUnitRunner)


if __name__ == "__main__":
    main(sys.argv[1:])
