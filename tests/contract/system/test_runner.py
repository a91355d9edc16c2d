"""The Runner's promises, kept by the real one and by the fake."""

import io
import os
from pathlib import Path

import pytest

from cicd.errors import MissingError
from cicd.model import Command
from cicd.system.process import LocalRunner, Runner
from cicd.testing import FakeRunner

SHOUT = Command(("sh", "-c", "echo out; echo err >&2; exit 3"))
SLEEP = Command(("sleep", "600"))


def real_runner(folder: Path) -> Runner:
    return LocalRunner(folder, environ=os.environ, out=io.StringIO())


def fake_runner(folder: Path) -> Runner:
    fake = FakeRunner()
    fake.answer("sh", output="wrong")
    fake.answer(*SHOUT.argv, return_code=3, output="out\n", errors="err\n")
    fake.answer("sleep", return_code=-15, timed_out=True)
    return fake


@pytest.fixture(params=[real_runner, fake_runner], ids=["real", "fake"])
def runner(request: pytest.FixtureRequest, tmp_path: Path) -> Runner:
    made: Runner = request.param(tmp_path)
    return made


def test_a_failing_command_is_returned(runner: Runner) -> None:
    done = runner.run(SHOUT)
    assert (done.return_code, done.output, done.errors, done.ok) == (3, "out\nerr\n", "", False)


def test_a_quiet_command_keeps_its_errors_apart(runner: Runner) -> None:
    done = runner.run(SHOUT, quiet=True)
    assert (done.output, done.errors) == ("out\n", "err\n")


def test_a_program_that_is_not_there_is_missing(runner: Runner) -> None:
    with pytest.raises(MissingError, match="cannot start no-such-program"):
        runner.run(Command(("no-such-program",)))


def test_a_time_limit_is_told(runner: Runner) -> None:
    done = runner.run(SLEEP, timeout_s=0.05)
    assert (done.timed_out, done.ok) == (True, False)


def test_a_command_may_be_run_twice(runner: Runner) -> None:
    assert runner.run(SHOUT).output == runner.run(SHOUT).output
