"""However a run ends, nothing of it stays: no process, no data folder, no note."""

import random
import signal
import subprocess
import time

import pytest
from tests.nox.conftest import Repository
from tests.nox.leftovers import abandoned_folders, noted_processes, processes_of, what_stays
from tests.nox.running import Door, started

from cicd.model import Verdict

ALONE = ("-s", "backend_test")
PARALLEL = ("-j", "2", "-s", "backend_test", "backend_lint")
KILLS = 6
SEED = 20261122


@pytest.fixture
def since() -> float:
    return time.time()


@pytest.mark.parametrize("arguments", [ALONE, PARALLEL], ids=["alone", "parallel"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_is_red_and_leaves_nothing(
    shop: Repository, door: Door, since: float, arguments: tuple[str, ...], number: signal.Signals
) -> None:
    shop.put("backend/tests/test_shop.py", door.test)
    with started(shop, *arguments, CICD_DATABASE="local") as run:
        door.wait_for_knock()
        # Ctrl-C reaches everything in the foreground, SIGTERM the one it is sent to.
        run.send(number, to_all=number == signal.SIGINT)
        ended = run.end()
    door.wait_until_gone()
    assert processes_of(shop.root) == []
    assert abandoned_folders(since) == []
    assert noted_processes(shop.root) == []
    assert ended.code not in (0, None)
    assert ended.last_line.startswith("Red in ")
    assert "backend_test" in ended.last_line
    record = shop.records()["backend_test"]
    assert (record.verdict, record.reason) == (Verdict.FAILED, "interrupted")


@pytest.mark.parametrize("arguments", [ALONE, PARALLEL], ids=["alone", "parallel"])
def test_after_kill_9_nothing_runs_on_and_the_next_run_tidies_up(
    shop: Repository, door: Door, since: float, arguments: tuple[str, ...]
) -> None:
    shop.put("backend/tests/test_shop.py", door.test)
    with started(shop, *arguments, CICD_DATABASE="local") as run:
        door.wait_for_knock()
        run.send(signal.SIGKILL)
        run.end()
    door.wait_until_gone()
    assert what_stays(lambda: processes_of(shop.root)) == []
    shop.restore_file("backend/tests/test_shop.py")
    assert shop.nox(*ALONE, CICD_DATABASE="local").code == 0
    assert what_stays(lambda: processes_of(shop.root)) == []
    assert what_stays(lambda: abandoned_folders(since)) == []
    assert noted_processes(shop.root) == []


def test_after_kills_at_any_moment_one_complete_run_leaves_nothing(
    shop: Repository, since: float
) -> None:
    print(f"seed {SEED}")
    moments = random.Random(SEED)
    begun = time.monotonic()
    assert shop.nox(*ALONE, CICD_DATABASE="local").code == 0
    whole_s = time.monotonic() - begun
    for number in range(KILLS):
        arguments = PARALLEL if number % 2 else ALONE
        with started(shop, *arguments, CICD_DATABASE="local") as run:
            try:
                run.process.wait(moments.uniform(0.1, 0.95) * whole_s)
            except subprocess.TimeoutExpired:
                run.send(signal.SIGKILL)
    ended = shop.nox(*ALONE, CICD_DATABASE="local")
    assert ended.code == 0, ended.output
    assert what_stays(lambda: processes_of(shop.root)) == []
    assert what_stays(lambda: abandoned_folders(since)) == []
    assert noted_processes(shop.root) == []
