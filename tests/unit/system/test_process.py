import io
import os
import signal
import sys
import time
from pathlib import Path

import pytest

from cicd.errors import MissingError
from cicd.model import Command, Secret
from cicd.system.console import Screen
from cicd.system.masking import Masks
from cicd.system.owner import owner_of
from cicd.system.process import LocalRunner


def python(code: str) -> Command:
    return Command((sys.executable, "-c", code))


@pytest.fixture
def screen() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def runner(tmp_path: Path, screen: io.StringIO) -> LocalRunner:
    return LocalRunner(tmp_path, environ=os.environ, out=screen, ledger=tmp_path / "ledger")


def test_output_is_shown_and_returned(runner: LocalRunner, screen: io.StringIO) -> None:
    done = runner.run(python("print('hello')"))
    assert (done.return_code, done.output, screen.getvalue()) == (0, "hello\n", "hello\n")


def test_a_quiet_command_shows_nothing_and_keeps_its_errors_apart(
    runner: LocalRunner, screen: io.StringIO
) -> None:
    done = runner.run(python("import sys; print('out'); print('err', file=sys.stderr)"), quiet=True)
    assert (done.output, done.errors, screen.getvalue()) == ("out\n", "err\n", "")


def test_an_exit_code_is_returned_and_not_raised(runner: LocalRunner) -> None:
    assert not runner.run(python("raise SystemExit(3)")).ok


def test_a_program_that_is_not_there_is_missing(runner: LocalRunner) -> None:
    with pytest.raises(MissingError, match="no-such-program"):
        runner.run(Command(("no-such-program",)))


def test_a_folder_that_is_not_there_is_named(runner: LocalRunner, tmp_path: Path) -> None:
    with pytest.raises(MissingError, match="gone"):
        runner.run(Command(("true",), cwd=tmp_path / "gone"))


def test_at_the_time_limit_the_command_and_its_children_are_gone(
    runner: LocalRunner, tmp_path: Path
) -> None:
    code = (
        "import subprocess, sys, time, pathlib\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "pathlib.Path('child').write_text(str(child.pid))\n"
        "time.sleep(600)"
    )
    done = runner.run(python(code), timeout_s=1.5)
    assert done.timed_out
    child = int((tmp_path / "child").read_text())
    wait_until_gone(child)
    assert list((tmp_path / "ledger").iterdir()) == []


def test_what_a_command_leaves_running_ends_with_it(runner: LocalRunner, tmp_path: Path) -> None:
    code = (
        "import subprocess, sys, pathlib\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "pathlib.Path('child').write_text(str(child.pid))"
    )
    assert runner.run(python(code)).ok
    wait_until_gone(int((tmp_path / "child").read_text()))


def test_a_command_that_ignores_sigterm_is_killed(runner: LocalRunner) -> None:
    code = "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(600)"
    begun = time.monotonic()
    assert runner.run(python(code), timeout_s=0.5).return_code == -signal.SIGKILL
    assert time.monotonic() - begun < 30


def test_a_secret_reaches_the_process_and_not_the_screen(
    tmp_path: Path, screen: io.StringIO
) -> None:
    secret, masks = Secret("hunter2hunter2"), Masks()
    masks.add(secret)
    runner = LocalRunner(tmp_path, environ=os.environ, out=screen, masks=masks)
    code = (
        "import os, sys\n"
        "for letter in os.environ['PASSWORD'] + sys.stdin.read():\n"
        "    print(letter, end='', flush=True)"
    )
    done = runner.run(Command((sys.executable, "-c", code), env={"PASSWORD": secret}, stdin=secret))
    assert done.output == "hunter2hunter2" * 2
    assert screen.getvalue() == "******"


def test_a_secret_that_nobody_announced_is_masked_by_the_runner(
    runner: LocalRunner, screen: io.StringIO
) -> None:
    code = "import os; print(os.environ['TOKEN'])"
    runner.run(Command((sys.executable, "-c", code), env={"TOKEN": Secret("hunter2hunter2")}))
    assert screen.getvalue() == "***\n"


def test_a_character_that_is_cut_between_two_reads_is_shown_whole(
    runner: LocalRunner, screen: io.StringIO
) -> None:
    """Of three bytes each: 65536, the size of a read, is no multiple of it."""
    runner.run(python("import sys; sys.stdout.buffer.write('✓'.encode() * 100_000)"))
    assert screen.getvalue() == "✓" * 100_000


class ClosedScreen(io.StringIO):
    def write(self, text: str, /) -> int:
        raise BrokenPipeError


def test_a_command_ends_although_nobody_reads_what_it_prints(tmp_path: Path) -> None:
    """More than a pipe holds: it would wait for ever for somebody to read on."""
    runner = LocalRunner(tmp_path, environ=os.environ, out=Screen(ClosedScreen()))
    done = runner.run(python("print('x' * 300_000)"), timeout_s=30)
    assert (done.ok, len(done.output)) == (True, 300_001)


def test_a_file_that_is_no_program_is_missing(runner: LocalRunner, tmp_path: Path) -> None:
    (tmp_path / "tool").write_text("no program\n")
    (tmp_path / "tool").chmod(0o755)
    with pytest.raises(MissingError, match="tool"):
        runner.run(Command((str(tmp_path / "tool"),)))


def test_none_removes_a_variable(runner: LocalRunner) -> None:
    command = python("import os; print('HOME' in os.environ)")
    assert runner.run(command.with_env({"HOME": None})).output == "False\n"


def wait_until_gone(pid: int) -> None:
    deadline = time.monotonic() + 20
    while owner_of(pid).started and time.monotonic() < deadline:
        os.sched_yield()
    assert owner_of(pid).started == ""
