import subprocess
from pathlib import Path, PurePosixPath

import pytest

from cicd.system.git import read_commit, read_tree


def git(root: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=n", "-c", "user.email=e@example.org")
    subprocess.run(("git", "-C", str(root), *identity, *arguments), check=True, capture_output=True)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / ".gitignore").write_text("ignored/\n")
    for name in ("kept.py", "with space/ä\nnew line.py", "ignored/secret.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    return tmp_path


def test_what_git_ignores_is_not_in_the_tree(files: Path) -> None:
    git(files, "init")
    git(files, "add", "kept.py")
    names = set(read_tree(files).files)
    assert names == {".gitignore", "kept.py", "with space/ä\nnew line.py"}


def test_without_git_every_file_counts_but_those_that_tools_make(files: Path) -> None:
    (files / "node_modules").mkdir()
    (files / "node_modules" / "package.json").write_text("{}")
    tree = read_tree(files)
    assert "ignored/secret.py" in tree.files
    assert list(tree.below(PurePosixPath("node_modules"))) == []


def test_a_commit_with_changes_is_marked(files: Path) -> None:
    assert read_commit(files) == ""
    git(files, "init")
    git(files, "add", ".")
    git(files, "commit", "-m", "first")
    clean = read_commit(files)
    (files / "kept.py").write_text("changed")
    assert len(clean) == 40
    assert read_commit(files) == f"{clean}+"


def test_a_hook_of_another_repository_does_not_hide_this_one(
    files: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(files, "init")
    other = tmp_path_factory.mktemp("other_repository")
    git(other, "init")
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    assert "ignored/secret.py" not in read_tree(files).files
