"""The content key is the same for the same input, and another for any other."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cicd.images.content import content_key, context_files, unknown_files
from cicd.images.ignored import Ignored, read_ignored

FILES = {"api/Dockerfile": "FROM scratch", "api/a.py": "a", "api/b.py": "b", "web/c.js": "c"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, content in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content)
    return tmp_path


def key(root: Path, **given: object) -> str:
    plain: dict[str, object] = {
        "files": context_files(FILES, "api", ()),
        "dockerfile": "api/Dockerfile",
        "target": None,
        "args": {"A": "1", "B": "2"},
        "platforms": (),
        "bases": {"python": "sha256:1"},
    }
    return content_key(root, **{**plain, **given})  # type: ignore[arg-type]


def test_the_same_input_has_the_same_key_whatever_its_times_and_order(root: Path) -> None:
    before = key(root)
    os.utime(root / "api/a.py", (0, 0))
    (root / "web/c.js").write_text("changed, and outside of the context")
    files = tuple(reversed(context_files(FILES, "api", ())))
    assert key(root, files=files, args={"B": "2", "A": "1"}) == before


@pytest.mark.parametrize(
    "given",
    [
        {"target": "final"},
        {"args": {"A": "1", "B": "3"}},
        {"platforms": ("linux/arm64",)},
        {"bases": {"python": "sha256:2"}},
        {"files": ("api/Dockerfile", "api/a.py")},
        {"dockerfile": "api/a.py"},
    ],
)
def test_every_input_counts(root: Path, given: dict[str, object]) -> None:
    assert key(root, **given) != key(root)


def test_content_mode_and_links_count(root: Path) -> None:
    keys = {key(root)}
    (root / "api/a.py").write_text("b")
    keys.add(key(root))
    (root / "api/a.py").chmod(0o755)
    keys.add(key(root))
    (root / "api/a.py").unlink()
    keys.add(key(root))
    (root / "api/a.py").symlink_to("b.py")
    keys.add(key(root))
    assert len(keys) == 5


def test_what_moves_from_one_file_to_the_next_is_seen(root: Path) -> None:
    before = key(root)
    (root / "api/a.py").write_text("")
    (root / "api/b.py").write_text("ab")
    assert key(root) != before


def test_ignored_files_are_no_input() -> None:
    names = ("api/a.py", "api/deep/a.pyc", "api/keep.md", "api/x.md", "api/env/x", "b.py")
    patterns = ("**/*.pyc", "*.md", "!keep.md", "env")
    assert context_files(names, "api", patterns) == ("api/a.py", "api/keep.md")


@pytest.mark.parametrize(
    ("pattern", "name", "out"),
    [
        ("node_modules", "node_modules/a/b.js", True),
        ("node_modules", "web/node_modules/a.js", False),
        ("**/node_modules", "web/node_modules/a.js", True),
        ("**/node_modules", "node_modules/a.js", True),
        ("/build/", "build/x", True),
        ("*.log", "a.log", True),
        ("*.log", "b/a.log", False),
        ("a?c", "abc", True),
        ("[ab].txt", "b.txt", True),
        (".", "anything", False),
        ("docs/*.md", "docs/x/y.md", False),
        ("a+b", "a+b", True),
    ],
)
def test_patterns_mean_what_docker_means(pattern: str, name: str, out: bool) -> None:
    assert (name in Ignored([pattern])) is out


def test_the_patterns_of_a_dockerfile_come_before_those_of_its_folder(root: Path) -> None:
    (root / "api/.dockerignore").write_text("# a comment\n\nall\n")
    assert read_ignored(root, "api", "api/Dockerfile") == ("all",)
    (root / "api/Dockerfile.dockerignore").write_text("own\n")
    assert read_ignored(root, "api", "api/Dockerfile") == ("own",)


def test_a_file_that_git_ignores_is_noticed_and_our_own_folders_are_not(root: Path) -> None:
    known = tuple(FILES)
    before = unknown_files(root, known, ".", ())
    (root / ".cicd").mkdir()
    (root / ".cicd" / "record").write_text("x")
    assert unknown_files(root, known, ".", ()) == before
    (root / "api" / "built.js").write_text("x")
    assert unknown_files(root, known, ".", ()) != before
    assert unknown_files(root, known, ".", ("api/*.js",)) == before
