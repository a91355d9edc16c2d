"""jest and vitest take their share of the cores, unless the project says how many."""

from pathlib import Path

import pytest

from cicd.frontend.suite_tool import SuiteTool
from cicd.frontend.suite_workers import worker_arguments, worker_variables


def test_jest_is_told_how_many_it_may_start(tmp_path: Path) -> None:
    assert worker_arguments(SuiteTool.JEST, ("jest",), tmp_path, 2) == ("--maxWorkers=2",)
    assert worker_variables(SuiteTool.JEST, ("jest",), tmp_path, 2) == {}


def test_vitest_is_told_by_the_variables_of_each_version(tmp_path: Path) -> None:
    told = worker_variables(SuiteTool.VITEST, ("vitest", "run"), tmp_path, 2)
    assert told["VITEST_MAX_WORKERS"] == told["VITEST_MAX_FORKS"] == "2"
    assert told["VITEST_MIN_THREADS"] == "1"
    assert worker_arguments(SuiteTool.VITEST, ("vitest", "run"), tmp_path, 2) == ()


def test_who_may_have_all_cores_is_told_nothing(tmp_path: Path) -> None:
    assert worker_arguments(SuiteTool.JEST, ("jest",), tmp_path, None) == ()
    assert worker_variables(SuiteTool.VITEST, ("vitest",), tmp_path, None) == {}


@pytest.mark.parametrize(
    ("words", "file", "text"),
    [
        (("jest", "-i"), "package.json", "{}"),
        (("jest", "--runInBand"), "package.json", "{}"),
        (("jest", "--maxWorkers=1"), "package.json", "{}"),
        (("jest",), "package.json", '{"jest": {"maxWorkers": 1}}'),
        (("jest",), "jest.config.js", "module.exports = {maxWorkers: '50%'}"),
    ],
)
def test_what_the_project_says_holds(
    tmp_path: Path, words: tuple[str, ...], file: str, text: str
) -> None:
    (tmp_path / file).write_text(text, encoding="utf-8")
    assert worker_arguments(SuiteTool.JEST, words, tmp_path, 2) == ()


def test_what_the_settings_of_vitest_say_holds(tmp_path: Path) -> None:
    (tmp_path / "vite.config.ts").write_text("test: { fileParallelism: false }", encoding="utf-8")
    assert worker_variables(SuiteTool.VITEST, ("vitest",), tmp_path, 2) == {}
