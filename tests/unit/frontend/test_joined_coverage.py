from collections.abc import Callable
from pathlib import Path

import pytest

from cicd.frontend.joined_coverage import unite_lcov


@pytest.fixture
def lcov(tmp_path: Path) -> Callable[..., Path]:
    def write(**files: dict[int, int]) -> Path:
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.info"
        records = [
            "\n".join((f"SF:src/{name}.ts", *(f"DA:{n},{hits}" for n, hits in lines.items())))
            for name, lines in files.items()
        ]
        path.write_text("".join(f"TN:\n{record}\nend_of_record\n" for record in records))
        return path

    return write


def test_a_line_is_covered_when_any_share_covers_it(lcov: Callable[..., Path]) -> None:
    one = lcov(a={1: 3, 2: 0, 3: 0}, b={1: 0})
    other = lcov(a={1: 0, 2: 1, 3: 0})
    assert unite_lcov([one]) == 25.0
    assert unite_lcov([one, other]) == 50.0


def test_a_percentage_is_cut_as_the_runners_cut_it(lcov: Callable[..., Path]) -> None:
    assert unite_lcov([lcov(a={1: 1, 2: 1, 3: 0})]) == 66.66


@pytest.mark.parametrize("swapped", [False, True])
def test_of_a_file_that_one_share_never_loaded_the_other_knows_the_lines(
    lcov: Callable[..., Path], swapped: bool
) -> None:
    """vitest counts every line of a file that no test loads, also those without code."""
    reports = [lcov(a={1: 1, 3: 0}), lcov(a={1: 0, 2: 0, 3: 0, 4: 0})]
    assert unite_lcov(reversed(reports) if swapped else reports) == 50.0


def test_nothing_measured_is_no_percentage() -> None:
    assert unite_lcov([]) is None


def test_a_report_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "lcov.info").write_text("SF:a.ts\nDA:1,many\n")
    with pytest.raises(ValueError, match="lcov.info cannot be joined"):
        unite_lcov([tmp_path / "lcov.info"])
