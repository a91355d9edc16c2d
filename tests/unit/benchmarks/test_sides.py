"""A benchmark is worth something only when each side did the work that it is compared for."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from benchmarks import processes
from benchmarks.measure import run
from benchmarks.sides import NotDone, Side, run_in_turns, run_side

MEBIBYTE = 1 << 20


def python(title: str, text: str, cwd: Path, expects: tuple[str, ...] = ()) -> Side:
    command = (sys.executable, "-c", text)
    return Side(title=title, command=command, cwd=cwd, env=os.environ, expects=expects)


def test_a_side_that_ends_red_is_no_quick_result(tmp_path: Path) -> None:
    side = python("quick", "print('2 passed'); raise SystemExit(3)", tmp_path, ("2 passed",))
    with pytest.raises(NotDone, match="quick ended with 3"):
        run_side(side)


def test_a_side_that_found_nothing_to_do_is_no_quick_result(tmp_path: Path) -> None:
    side = python("quick", "print('0 passed')", tmp_path, ("2 passed",))
    with pytest.raises(NotDone, match="did not say '2 passed':\n0 passed"):
        run_side(side)


def test_a_side_that_did_the_work_is_measured(tmp_path: Path) -> None:
    sample = run_side(python("slow", "print('2 passed')", tmp_path, ("2 passed",)))
    assert (sample.code, sample.output) == (0, "2 passed\n")
    assert sample.wall_s > 0


def test_sides_take_turns_and_change_who_is_first(tmp_path: Path) -> None:
    text = "open('turns', 'a').write({!r})"
    one, other = (python(name, text.format(name), tmp_path) for name in ("a", "b"))
    found = run_in_turns([one, other], 3, lambda line: None, memory=False)
    assert (tmp_path / "turns").read_text() == "abbaab"
    assert [len(figures.samples) for figures in found.values()] == [3, 3]


def test_what_is_done_before_a_side_is_not_measured_and_done_each_time(tmp_path: Path) -> None:
    done: list[int] = []
    command = (sys.executable, "-c", "")
    side = Side(
        title="a", command=command, cwd=tmp_path, env=os.environ, before=lambda: done.append(1)
    )
    run_in_turns([side], 2, lambda line: None)
    assert len(done) == 3, "two rounds, and one that looks at memory"


def test_cpu_time_of_a_process_that_outlives_its_parent_counts(tmp_path: Path) -> None:
    busy = "import time\nwhile time.process_time() < 0.5: pass\nopen('done', 'w')"
    text = (
        "import pathlib, subprocess, sys, time\n"
        "subprocess.Popen((sys.executable, '-c', 'import subprocess, sys; "
        'subprocess.Popen((sys.executable, "busy.py"))\')).wait()\n'
        "while not pathlib.Path('done').exists(): time.sleep(0.01)\n"
    )
    (tmp_path / "busy.py").write_text(busy)
    if sys.platform != "linux":
        pytest.skip("orphans are adopted on Linux only")
    processes.adopt_orphans()
    assert run_side(python("daemon", text, tmp_path)).cpu_s >= 0.5


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
def test_what_takes_too_long_is_ended(tmp_path: Path) -> None:
    with pytest.raises(subprocess.TimeoutExpired):
        run(("sleep", "60"), tmp_path, os.environ, limit_s=0.1)


def test_memory_is_that_of_the_whole_tree(tmp_path: Path) -> None:
    hold = f"held = bytearray(b'x') * {60 * MEBIBYTE}; import time; time.sleep(0.5)"
    text = f"import subprocess, sys; subprocess.run((sys.executable, '-c', {hold!r}))"
    sample = run_in_turns([python("heavy", text, tmp_path)], 1, lambda line: None)["heavy"]
    assert 60 * MEBIBYTE < sample.peak < 600 * MEBIBYTE
