from pathlib import Path, PurePosixPath

import pytest

from cicd.backend.sources import avoided_inside, cover, python_files
from cicd.tree import Tree


def paths(*names: str) -> tuple[PurePosixPath, ...]:
    return tuple(map(PurePosixPath, names))


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    names = (
        "noxfile.py",
        "backend/shop/a.py",
        "backend/shop/data.json",
        "backend/build/generated.py",
        "backend/.hidden/b.py",
        "backend/inner/c.py",
        "backend/gone.py",
    )
    for name in names[:-1]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "backend" / "link.py").symlink_to("shop/a.py")
    return Tree(tmp_path, (*names, "backend/link.py"))


def test_the_files_of_a_part_are_those_that_a_tool_would_find(tree: Tree) -> None:
    assert python_files(tree, "backend") == paths("shop/a.py", "inner/c.py")
    assert python_files(tree, "backend", ("backend", "backend/inner")) == paths("shop/a.py")
    assert python_files(tree, ".", ("backend",)) == paths("noxfile.py")


def test_few_names_cover_all_files_and_nothing_else() -> None:
    files = paths("a.py", "shop/b.py", "shop/deep/c.py", "examples/d.py", "examples/x/e.py")
    assert cover(files, ()) == ("a.py", "examples", "shop")
    assert cover(files, paths("examples/y")) == ("a.py", "examples/d.py", "examples/x", "shop")


def test_only_parts_inside_are_avoided() -> None:
    assert avoided_inside("backend", ("backend", "backend/x/y", "web")) == paths("x/y")
    assert avoided_inside(".", (".", "web")) == paths("web")
