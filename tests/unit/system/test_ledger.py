import subprocess
import sys
from pathlib import Path

from cicd.system.ledger import noted, sweep
from cicd.system.owner import owner_of

SLEEP = "import time; time.sleep(600)"


def test_a_group_that_is_written_down_is_ended(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", SLEEP], start_new_session=True) as process:
        (tmp_path / str(process.pid)).write_text(str(owner_of(process.pid)))
        assert sweep(tmp_path) == (process.pid,)
    assert list(tmp_path.iterdir()) == []


def test_a_process_that_took_over_the_number_is_left_alone(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", SLEEP], start_new_session=True) as process:
        text = str(owner_of(process.pid)).rsplit("/", 1)[0] + "/1"
        (tmp_path / str(process.pid)).write_text(text)
        assert sweep(tmp_path) == ()
        assert process.poll() is None
        process.kill()


def test_a_note_stands_only_while_the_block_runs(tmp_path: Path) -> None:
    with noted(tmp_path, 1):
        assert [path.name for path in tmp_path.iterdir()] == ["1"]
    assert list(tmp_path.iterdir()) == []


def test_where_a_start_is_not_known_nothing_is_ended(tmp_path: Path) -> None:
    """Without /proc, any process may have the number by now."""
    with subprocess.Popen([sys.executable, "-c", SLEEP], start_new_session=True) as process:
        text = str(owner_of(process.pid)).rsplit("/", 1)[0] + "/-"
        (tmp_path / str(process.pid)).write_text(text)
        assert sweep(tmp_path) == ()
        assert process.poll() is None
        process.kill()
