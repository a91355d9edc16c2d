import os
import subprocess
import sys
from pathlib import Path

from cicd.records.runs import Run, open_run, sweep_runs
from cicd.records.whole import is_whole, last_whole_run, mark_whole
from cicd.system.state import write_text


def test_the_newest_whole_run_counts_and_not_one_of_a_few_sessions(tmp_path: Path) -> None:
    older = run_of(ended_process(), tmp_path, "20261122T100000", whole=True)
    newer = run_of(ended_process(), tmp_path, "20261122T110000", whole=True)
    run_of(ended_process(), tmp_path, "20261122T120000", whole=False)
    assert is_whole(older) and last_whole_run(tmp_path) == newer


def test_a_run_that_goes_on_has_no_verdict_yet(tmp_path: Path) -> None:
    over = run_of(ended_process(), tmp_path, "20261122T100000", whole=True)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        going_on = run_of(process.pid, tmp_path, "20261122T110000", whole=True)
        assert last_whole_run(tmp_path) == over
        process.communicate(b"\n")
    assert last_whole_run(tmp_path) == going_on


def test_without_a_run_there_is_none(tmp_path: Path) -> None:
    assert last_whole_run(tmp_path) is None


def test_calls_that_judge_nothing_push_no_run_out(tmp_path: Path) -> None:
    dead = ended_process()
    judged = run_of(dead, tmp_path, "20261122T100000", whole=False)
    write_text(judged.records / "api_test.json", "{}")
    cheap = [run_of(dead, tmp_path, f"20261122T1100{n:02}", whole=False) for n in range(12)]
    write_text(cheap[-1].records / "github_workflow.json", "{}")
    sweep_runs(tmp_path, open_run(tmp_path, f"20261122T120000-{os.getpid()}-b8ae9a"))
    assert judged.folder.is_dir()
    assert not any(run.folder.exists() for run in cheap)


def test_the_last_whole_run_stays_however_many_came_after(tmp_path: Path) -> None:
    dead = ended_process()
    whole = [run_of(dead, tmp_path, f"20261122T10000{n}", whole=True) for n in range(2)]
    later = [run_of(dead, tmp_path, f"20261122T1100{n:02}", whole=False) for n in range(12)]
    for run in (*whole, *later):
        write_text(run.records / "api_test.json", "{}")
    sweep_runs(tmp_path, open_run(tmp_path, f"20261122T120000-{os.getpid()}-b8ae9a"))
    kept = [run.folder.exists() for run in (*whole, *later)]
    assert kept == [False, True, False, False, *[True] * 10]


def run_of(pid: int, state: Path, stamp: str, *, whole: bool) -> Run:
    run = open_run(state, f"{stamp}-{pid}-b8ae9a")
    if whole:
        mark_whole(run)
    return run


def ended_process() -> int:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    return process.pid
