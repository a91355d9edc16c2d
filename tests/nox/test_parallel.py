"""Two runs at once, in one checkout and in two; and one with several jobs."""

import shlex
import signal
import time
from pathlib import Path

import pytest
from tests.nox import miniatures
from tests.nox.conftest import Repository, require_postgresql
from tests.nox.leftovers import abandoned_folders, noted_processes, processes_of, what_stays
from tests.nox.running import Door, started

TEST = ("-s", "backend_test")


def test_two_runs_at_once_in_one_checkout_do_not_disturb_each_other(shop: Repository) -> None:
    require_postgresql()
    since, door = time.time(), Door()
    shop.put("backend/tests/test_shop.py", door.test)
    with started(shop, *TEST, CICD_DATABASE="local") as first:
        door.wait_for_knock()
        # The first waits with its server up; the second comes, works, sweeps and goes.
        shop.restore_file("backend/tests/test_shop.py")
        assert shop.nox(*TEST, CICD_DATABASE="local").code == 0
        assert first.process.poll() is None
        first.send(signal.SIGTERM)
        first.end()
    door.wait_until_gone()
    door.close()
    assert what_stays(lambda: processes_of(shop.root)) == []
    assert abandoned_folders(since) == []
    assert noted_processes(shop.root) == []


def test_two_checkouts_share_a_given_server(
    shop: Repository, tmp_path: Path, given: dict[str, str]
) -> None:
    other = Repository(tmp_path / "other", shop.files)
    other.put_all(other.files)
    with started(shop, *TEST, **given) as here, started(other, *TEST, **given) as there:
        ended = (here.end(), there.end())
    assert [one.code for one in ended] == [0, 0], ended


def test_a_path_with_spaces_and_other_letters_is_green_with_two_jobs(tmp_path: Path) -> None:
    files = {**miniatures.SHOP, **miniatures.package(test="node --test", lint="node a.test.js")}
    files["web/a.test.js"] = 'require("node:test")("a", () => {});\n'
    files["noxfile.py"] = miniatures.noxfile(
        'cicd.Backend("bäck end", name="backend", postgres="15", '
        'migrations=("python", "migrate.py"))',
        'cicd.Frontend("web")',
    )
    moved = {name.replace("backend/", "bäck end/"): text for name, text in files.items()}
    repository = Repository(tmp_path / "ein Räpo 'sitory' ☃")
    repository.put_all(moved)
    ended = repository.nox("-j", "2")
    assert ended.code == 0, ended.output
    assert ended.last_line.startswith("Green in ")
    repository.put("bäck end/tests/test_shop.py", "def test_ü():\n    assert False\n")
    assert repository.nox(*TEST).code == 1
    (failure,) = repository.records()["backend_test"].outcome.failures
    assert failure.location == "bäck end/tests/test_shop.py:2"
    again = repository.nox(*shlex.split(failure.repeat)[1:])
    assert "1 of 1 tests failed" in again.end
    assert processes_of(repository.root) == []


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_red_run_has_the_same_last_lines_whatever_the_jobs(shop: Repository, jobs: str) -> None:
    shop.put("noxfile.py", miniatures.library())
    shop.put("backend/tests/test_shop.py", "def test_wrong():\n    assert False\n")
    ended = shop.nox("-j", jobs)
    assert ended.code == 1
    assert "  backend_format  ✓ " in ended.end
    assert "backend_test  backend/tests/test_shop.py:2  test_wrong\n" in ended.end
    assert ended.last_line.startswith("Red in ") and ended.last_line.endswith("s: backend_test")
