"""Writes the reports of a coverage measurement: `cicd_coverage.py <xml> <json> [--show]`.

Runs in the project's environment. One process for three reports: to start Python and to read
the data for each would take a second.
"""

from __future__ import annotations

import sys
from importlib import import_module


def main(xml: str, json: str, show: bool) -> None:
    measured = import_module("coverage").Coverage()
    measured.load()
    measured.xml_report(outfile=xml)
    measured.json_report(outfile=json)
    if show:
        measured.report(file=sys.stdout, skip_covered=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], "--show" in sys.argv)
