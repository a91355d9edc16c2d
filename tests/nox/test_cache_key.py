"""Real runs: what decides a verdict causes a run, and what does not lets it be reused."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.nox.conftest import THREE_LINES, Repository, locked

FILES = {
    "noxfile.py": THREE_LINES,
    ".gitignore": ".nox/\n__pycache__/\n.env\n",
    "README.md": "# Shop\n",
    "ruff.toml": "",
    "docs/index.md": "",
    "backend/pyproject.toml": """\
        [project]
        name = "shop"
        version = "1"
        requires-python = ">=3.11"

        [dependency-groups]
        dev = ["pytest"]
        """,
    "backend/shop.py": "PRICE = 1\n",
    "backend/tests/test_shop.py": """\
        from pathlib import Path

        import shop


        def test_price() -> None:
            assert shop.PRICE == 1
            change = Path("change")
            if change.exists():
                change.unlink()
                Path("shop.py").write_text("PRICE = 2\\n")
        """,
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    made = locked(tmp_path_factory.mktemp("keyed"), FILES)
    git(made.root, "init")
    return made


@pytest.fixture
def keyed(home: Repository) -> Repository:
    """A repository whose `backend_lint` has a verdict that is kept."""
    for path in home.root.iterdir():
        if path.name not in (".git", ".cicd"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    home.put_all(home.files)
    reused(home)
    assert reused(home)
    return home


def git(root: Path, *arguments: str) -> None:
    settings = ("-c", "user.name=n", "-c", "user.email=e@example.org")
    command = ("git", "-C", str(root), *settings, *arguments)
    subprocess.run(command, check=True, capture_output=True)


def reused(repository: Repository, *arguments: str, **env: str) -> bool:
    """Whether `backend_lint` need not run."""
    ended = repository.nox("-s", "backend_lint", *arguments, **env)
    assert ended.code == 0, ended.output
    return repository.records()["backend_lint"].reused is not None


def source(repository: Repository) -> None:
    repository.put("backend/shop.py", "PRICE = 3\n")


def untracked(repository: Repository) -> None:
    repository.put("backend/new.py", "")


def settings_above(repository: Repository) -> None:
    repository.put("ruff.toml", "line-length = 90\n")


def an_option(repository: Repository) -> None:
    noxfile = THREE_LINES.replace("project()", 'project(cicd.Backend("backend", timeout_s=800))')
    repository.put("noxfile.py", noxfile)


def ignored_variables(repository: Repository) -> None:
    repository.put("backend/.env", "A=1\n")


CHANGES = (source, untracked, settings_above, an_option, ignored_variables)


@pytest.mark.parametrize("change", CHANGES)
def test_what_decides_causes_a_run_and_the_way_back_does_not(
    keyed: Repository, change: Callable[[Repository], None]
) -> None:
    change(keyed)
    assert not reused(keyed)
    keyed.put_all(keyed.files)
    for name in ("backend/new.py", "backend/.env"):
        (keyed.root / name).unlink(missing_ok=True)
    assert reused(keyed)


def test_a_variable_and_an_argument_cause_a_run(keyed: Repository) -> None:
    assert not reused(keyed, SHOP_MODE="2")
    assert reused(keyed, SHOP_MODE="2")
    assert not reused(keyed, "--", "--max-complexity=9")


def test_noise_does_not_cause_a_run(keyed: Repository) -> None:
    os.utime(keyed.root / "backend" / "shop.py", (1, 1))
    keyed.put("README.md", "# Another shop\n")
    keyed.put("docs/index.md", "words")
    git(keyed.root, "add", ".")
    git(keyed.root, "commit", "--allow-empty", "-m", "the same content")
    assert reused(keyed, TERM="other", GITHUB_RUN_ID="7", SSH_TTY="/dev/null")


def test_without_git_it_runs(keyed: Repository) -> None:
    (keyed.root / ".git").rename(keyed.root / "away")
    try:
        assert not reused(keyed)
        assert not reused(keyed)
    finally:
        (keyed.root / "away").rename(keyed.root / ".git")


def test_a_part_that_is_never_reused_runs(keyed: Repository) -> None:
    noxfile = THREE_LINES.replace("project()", 'project(cicd.Backend("backend", reuse=False))')
    keyed.put("noxfile.py", noxfile)
    assert not reused(keyed)
    assert not reused(keyed)


def test_a_run_that_changes_what_it_judges_is_not_kept(keyed: Repository) -> None:
    keyed.put("backend/change", "")
    ended = keyed.nox("-s", "backend_test")
    assert ended.code == 0, ended.output
    assert "inputs changed while it ran" in ended.output
    keyed.put("backend/shop.py", "PRICE = 1\n")
    keyed.put("backend/change", "")
    assert keyed.nox("-s", "backend_test").code == 0
    assert keyed.records()["backend_test"].reused is None
