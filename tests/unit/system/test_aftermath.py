"""What is run after our end, and only after a bad one."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cicd.system.aftermath import when_killed

KILLED = """
import os, signal, sys
from cicd.system.aftermath import when_killed
with when_killed(("no-such-program",), ("touch", sys.argv[1]), environ=os.environ):
    os.killpg(0, signal.SIGKILL)
"""


def test_a_block_that_ends_runs_nothing(tmp_path: Path) -> None:
    with when_killed(("touch", str(tmp_path / "ran")), environ=os.environ):
        pass
    assert not (tmp_path / "ran").exists()


def test_a_block_that_raises_has_cleaned_up_itself(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        with when_killed(("touch", str(tmp_path / "ran")), environ=os.environ):
            raise ZeroDivisionError
    assert not (tmp_path / "ran").exists()


@pytest.mark.skipif(os.name != "posix", reason="needs signals")
def test_after_a_kill_of_the_whole_group_the_commands_are_run_each_by_itself(
    tmp_path: Path,
) -> None:
    fifo = tmp_path / "ran"
    os.mkfifo(fifo)
    read = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    script = KILLED.replace('"touch"', '"sh", "-c", \'echo yes > "$0"\'')
    done = subprocess.run(
        (sys.executable, "-c", script, str(fifo)), start_new_session=True, check=False
    )
    assert done.returncode == -signal.SIGKILL
    os.set_blocking(read, True)
    with os.fdopen(os.open(fifo, os.O_RDONLY)) as opened:
        assert opened.read() == "yes\n"
    os.close(read)
