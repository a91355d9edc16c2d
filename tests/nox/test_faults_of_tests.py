"""Tests that cannot be run, or that end badly: the verdict, the screen and what is left."""

import pytest
from tests.nox import miniatures
from tests.nox.conftest import Repository
from tests.nox.leftovers import processes_of
from tests.nox.screen import assert_red

BODY = "import os\nimport signal\nimport threading\n\n\ndef test_before():\n    pass\n\n\n"


def test_no_test_is_red(shop: Repository) -> None:
    shop.put("noxfile.py", miniatures.library())
    shop.put("backend/tests/test_shop.py", "def helper():\n    pass\n")
    ended = shop.nox("-s", "backend_test")
    assert_red(ended, "backend_test", "no test was found")


def test_a_choice_that_leaves_nothing_is_red_and_named(shop: Repository) -> None:
    shop.put("noxfile.py", miniatures.library())
    ended = shop.nox("-s", "backend_test", "--", "-k", "nothing_of_the_kind")
    assert_red(ended, "backend_test", "no test was run: `-k nothing_of_the_kind` chooses none")


def test_settings_that_deselect_everything_are_red(shop: Repository) -> None:
    shop.put("noxfile.py", miniatures.library())
    shop.put("backend/pytest.ini", "[pytest]\naddopts = -k nothing_of_the_kind\n")
    assert_red(shop.nox("-s", "backend_test"), "backend_test", "no test was found")


@pytest.mark.parametrize(
    ("body", "ended"),
    [
        ("os._exit(0)", "ended with exit code 0"),
        ("os.kill(os.getpid(), signal.SIGKILL)", "was ended by SIGKILL"),
    ],
)
def test_a_test_that_ends_its_process_is_named_and_repeated(
    shop: Repository, body: str, ended: str
) -> None:
    shop.put("noxfile.py", miniatures.library())
    shop.put("backend/tests/test_shop.py", f"{BODY}def test_end():\n    {body}\n")
    run = shop.nox("-s", "backend_test")
    assert_red(run, "backend_test", f"the test run {ended}", "tests/test_shop.py::test_end ran")
    assert "repeat:  nox -s backend_test -- tests/test_shop.py::test_end\n" in run.end


def test_a_test_that_hangs_is_ended_at_the_time_limit_and_named(shop: Repository) -> None:
    shop.put("noxfile.py", miniatures.shop(timeout_s=6.0))
    hang = f"{BODY}def test_hang():\n    threading.Event().wait()\n"
    shop.put("backend/tests/test_shop.py", hang)
    run = shop.nox("-s", "backend_test")
    said = "the time limit of 6 s was reached while tests/test_shop.py::test_hang ran"
    assert_red(run, "backend_test", said)
    assert "repeat:  nox -s backend_test -- tests/test_shop.py::test_hang\n" in run.end
    assert processes_of(shop.root) == []
