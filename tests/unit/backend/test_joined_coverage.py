import json
import subprocess
import sys
from pathlib import Path

import pytest

from cicd.backend.joined_coverage import unite_coverage

SHOP = """\
def price(book, member):
    if member:
        return book * 0.9
    return book

def ship(country):
    for place in ("here", "there"):
        if place == country:
            return 1
    return 2

def never():
    return 3
"""
CALLS = ("price(10, True)", "price(10, False); ship('here')", "ship('nowhere')")


def coverage(folder: Path, *arguments: str) -> None:
    command = (sys.executable, "-m", "coverage", *arguments)
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


def percent(report: Path) -> float:
    found: float = json.loads(report.read_text())["totals"]["percent_covered"]
    return found


@pytest.mark.parametrize("branch", [(), ("--branch",)])
def test_shares_together_come_to_what_coverage_itself_combines(
    tmp_path: Path, branch: tuple[str, ...]
) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "__init__.py").write_text(SHOP)
    (tmp_path / "shop" / "forgotten.py").write_text("a = 1\nif a:\n    b = 2\n")
    reports, measured = [], []
    for number, call in enumerate(CALLS):
        (tmp_path / "run.py").write_text(f"from shop import *\n{call}\n")
        data = f"--data-file=.measured{number}"
        coverage(tmp_path, "run", data, "--source=shop", *branch, "run.py")
        coverage(tmp_path, "json", data, "-o", f"{number}.json")
        reports.append(tmp_path / f"{number}.json")
        measured.append(f".measured{number}")
    coverage(tmp_path, "combine", "--keep", "--data-file=.all", *measured)
    coverage(tmp_path, "json", "--data-file=.all", "-o", "all.json")
    whole = percent(tmp_path / "all.json")
    assert unite_coverage(reports) == pytest.approx(whole)
    assert all(percent(report) < whole for report in reports)


def test_nothing_measured_is_no_percentage(tmp_path: Path) -> None:
    assert unite_coverage([]) is None
    (tmp_path / "a.json").write_text('{"files": {}}')
    assert unite_coverage([tmp_path / "a.json"]) is None


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"files": {"a.py": {}}}'])
def test_a_report_that_cannot_be_read_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(ValueError, match="a.json cannot be joined"):
        unite_coverage([tmp_path / "a.json"])
