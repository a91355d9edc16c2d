"""Writes the reports of a coverage measurement: `cicd_coverage.py <xml> <json> [--show]`.

Runs in the project's environment. One process for three reports: to start Python and to read
the data for each would take a second. Tests that were run again were measured apart, in
`retry-*` beside the data of the first run: first they are added to it.
"""

from __future__ import annotations

import glob
import os
import sys
from importlib import import_module
from typing import Any


def main(xml: str, json: str, show: bool) -> None:
    measured = import_module("coverage").Coverage()
    measured.load()
    add_further(measured)
    measured.xml_report(outfile=xml)
    measured.json_report(outfile=json)
    if show:
        measured.report(file=sys.stdout, skip_covered=True)


def add_further(measured: Any) -> None:
    folder = os.path.dirname(os.environ.get("COVERAGE_FILE", ""))
    for file in sorted(glob.glob(os.path.join(glob.escape(folder), "retry-*", ".coverage"))):
        more = import_module("coverage").CoverageData(basename=file)
        more.read()
        measured.get_data().update(more)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], "--show" in sys.argv)
