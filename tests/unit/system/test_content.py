"""One key for the content of files: the same for the same content, however git has it."""

import os
import subprocess
from pathlib import Path

import pytest

from cicd.system.content import read_contents


def git(root: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=n", "-c", "user.email=e@example.org")
    subprocess.run(("git", "-C", str(root), *identity, *arguments), check=True, capture_output=True)


NAMES = ("app.py", "pkg/ä b.py", "pkg/new\nline.py")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    made = tmp_path / "repository"
    for name in (*NAMES, "ignored/x.py"):
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).write_text(f"content of {name}")
    (made / ".gitignore").write_text("ignored/\n")
    return made


def key(root: Path) -> str:
    return read_contents(root).key(NAMES)


def test_the_key_is_that_of_the_content_committed_or_not(root: Path) -> None:
    plain = key(root)
    git(root, "init")
    untracked = key(root)
    git(root, "add", ".")
    staged = key(root)
    git(root, "commit", "-m", "first")
    assert len({plain, untracked, staged, key(root)}) == 1


@pytest.mark.parametrize("change", ["content", "mode", "link", "deleted", "staged"])
def test_every_change_of_a_file_changes_it(root: Path, change: str) -> None:
    git(root, "init")
    git(root, "add", ".")
    git(root, "commit", "-m", "first")
    before, path = key(root), root / "app.py"
    if change == "mode":
        path.chmod(0o755)
    elif change in ("deleted", "link"):
        path.unlink()
    else:
        path.write_text("other")
    if change == "link":
        os.symlink("pkg", path)
    if change == "staged":
        git(root, "add", ".")
    after = key(root)
    assert after != before
    git(root, "checkout", "-f", "HEAD", "--", ".")
    assert key(root) == before


def test_what_python_compiled_is_no_content_where_nobody_ignores_it(root: Path) -> None:
    before = read_contents(root)
    (root / "__pycache__").mkdir()
    (root / "__pycache__" / "a.cpython-313.pyc").write_bytes(b"1")
    assert read_contents(root).ids == before.ids


def test_a_new_file_is_there_and_an_ignored_one_is_not(root: Path) -> None:
    git(root, "init")
    git(root, "add", "app.py")
    assert set(read_contents(root).ids) == {*NAMES, ".gitignore"}


def test_a_repository_around_the_folder_does_not_matter(root: Path) -> None:
    before = key(root)
    git(root.parent, "init")
    git(root.parent, "add", ".")
    (root.parent / "beside.py").write_text("x")
    assert key(root) == before
    assert "beside.py" not in str(read_contents(root).ids)


def test_a_submodule_counts_by_its_commit(root: Path) -> None:
    inner = root / "inner"
    inner.mkdir()
    git(inner, "init")
    (inner / "a").write_text("1")
    git(inner, "add", ".")
    git(inner, "commit", "-m", "first")
    git(root, "init")
    git(root, "add", ".")
    before = read_contents(root).key(["inner"])
    (inner / "a").write_text("2")
    git(inner, "commit", "-am", "second")
    assert read_contents(root).key(["inner"]) != before


def test_files_are_told_one_by_one_and_many_of_them_by_folders(root: Path) -> None:
    contents = read_contents(root)
    assert set(contents.overview(NAMES)) == set(NAMES)
    for number in range(300):
        path = root / f"many/{number % 3}/{number}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(str(number))
    contents = read_contents(root)
    told = contents.overview(name for name in contents.ids if name.startswith("many/"))
    assert set(told) == {"many/0", "many/1", "many/2"}
    (root / "many/1/1.py").write_text("changed")
    again = read_contents(root)
    after = again.overview(name for name in again.ids if name.startswith("many/"))
    assert {name for name in told if told[name] != after[name]} == {"many/1"}
