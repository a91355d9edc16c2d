"""Whatever a repository looks like: another content has another key, and what cannot be told is
said."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cicd.system.content import Contents, read_contents
from cicd.system.listing import Listing, list_files, parse_listing

NOBODY = 65534


def git(root: Path, *arguments: str, **env: str) -> str:
    settings = ("user.name=n", "user.email=e@example.org", "protocol.file.allow=always")
    chosen = [word for one in settings for word in ("-c", one)]
    done = subprocess.run(
        ("git", "-C", str(root), *chosen, *arguments),
        check=True,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, **env},
    )
    return done.stdout


def make(root: Path, **files: str) -> Path:
    """A repository with one commit; in a name "__" stands for a slash and "_dot_" for a dot."""
    put(root, **files)
    git(root, "init")
    git(root, "add", ".")
    git(root, "commit", "--allow-empty", "-m", "first")
    return root


def put(root: Path, **files: str) -> None:
    for name, text in files.items():
        path = root / name.replace("__", "/").replace("_dot_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())


def key(root: Path) -> str:
    contents = read_contents(root)
    assert not contents.unread and not contents.unlisted
    return contents.key(contents.ids)


@pytest.mark.parametrize("told", ["--assume-unchanged", "--skip-worktree"])
def test_a_file_that_git_is_told_not_to_look_at_is_read(tmp_path: Path, told: str) -> None:
    root = make(tmp_path, a_dot_py="1\n", b_dot_py="1\n")
    before = key(root)
    git(root, "update-index", told, "a.py")
    assert key(root) == before
    put(root, a_dot_py="2\n")
    assert git(root, "status", "--porcelain") == ""
    assert key(root) != before


def test_what_a_sparse_checkout_leaves_out_is_not_there(tmp_path: Path) -> None:
    root = make(tmp_path, a__x="1", b__x="1")
    git(root, "sparse-checkout", "set", "--no-cone", "/a/")
    assert set(read_contents(root).ids) == {"a/x"}
    put(root, b__x="other")
    contents = read_contents(root)
    assert set(contents.ids) == {"a/x", "b/x"}
    assert not contents.unread


def test_a_shallow_clone_has_the_same_key(tmp_path: Path) -> None:
    root = make(tmp_path / "whole", a="1")
    put(root, a="2")
    git(root, "commit", "-am", "second")
    git(tmp_path, "clone", "--depth", "1", f"file://{root}", "shallow")
    assert key(tmp_path / "shallow") == key(root)


@pytest.fixture
def outer(tmp_path: Path) -> Path:
    """A repository with a submodule in `inner`."""
    library = make(tmp_path / "library", a="1")
    root = make(tmp_path / "outer", own="1")
    git(root, "submodule", "add", str(library), "inner")
    git(root, "commit", "-m", "with a submodule")
    return root


def test_each_change_in_a_submodule_counts(outer: Path) -> None:
    seen = {key(outer)}
    put(outer, inner__a="dirty")
    seen.add(key(outer))
    put(outer, inner__b="untracked")
    seen.add(key(outer))
    assert len(seen) == 3
    dirty = key(outer)
    git(outer / "inner", "add", ".")
    git(outer / "inner", "commit", "-m", "the same content")
    assert key(outer) == dirty


def test_a_submodule_that_is_not_initialised_is_another_content(outer: Path) -> None:
    before = key(outer)
    git(outer, "submodule", "deinit", "-f", "inner")
    empty = key(outer)
    assert empty != before
    put(outer, inner__a="put here by hand")
    assert key(outer) not in (before, empty)


def test_files_of_a_repository_that_nobody_declared_count(tmp_path: Path) -> None:
    root = make(tmp_path / "outer", own="1")
    inner = make(root / "inner", a="1")
    before = key(root)
    put(inner, a="2")
    assert key(root) != before


@pytest.mark.parametrize("committed", [True, False])
def test_what_a_link_leads_to_counts(tmp_path: Path, committed: bool) -> None:
    root = tmp_path / "root"
    put(root, part__x="1", shared__y="1", _dot_gitignore="made/\n", made__z="1")
    put(tmp_path, beside__w="1")
    for name, target in {
        "inside": "../shared",
        "outside": str(tmp_path / "beside"),
        "ignored": "../made/z",
        "missing": "nowhere",
        "itself": "itself",
        "above": "..",
    }.items():
        (root / "part" / name).symlink_to(target)
    git(root, "init")
    if committed:
        git(root, "add", ".")

    def part() -> str:
        contents = read_contents(root)
        assert not contents.unread
        names = [name for name in contents.ids if name.startswith("part/") and name != "part/above"]
        return contents.key(names)

    seen = [part()]
    for name in ("root__shared__y", "beside__w", "root__made__z", "root__part__nowhere"):
        put(tmp_path, **{name: "2"})
        seen.append(part())
    (root / "part" / "missing").unlink()
    (root / "part" / "missing").symlink_to("x")
    seen.append(part())
    assert len(set(seen)) == 6
    assert part() == seen[-1]


def test_what_links_in_a_folder_outside_lead_to_counts(tmp_path: Path) -> None:
    put(tmp_path, beside__own="1", other__a="1", other__b="2", further__deep__c="1")
    put(tmp_path, beside__venv__big="1")
    for name, target in {
        "beside/one": "../other/a",
        "beside/two": "../other/b",
        "beside/itself": "itself",
        "beside/around": "../beside",
        "beside/folder": "../further",
        "beside/.venv": "../environment",
        "further/deep/back": "../../beside",
    }.items():
        (tmp_path / name).symlink_to(target)
    root = make(tmp_path / "root", x="1")
    (root / "outside").symlink_to("../beside")
    seen = [key(root)]
    put(tmp_path, other__a="2", other__b="1")
    seen.append(key(root))
    put(tmp_path, further__deep__c="2")
    seen.append(key(root))
    put(tmp_path, environment__big="2", beside__venv__big="2")
    assert len(set(seen)) == 3
    assert key(root) == seen[-1]


def test_a_link_that_leads_elsewhere_by_another_one_counts(tmp_path: Path) -> None:
    put(tmp_path, other__a="1", other__b="2", beside__own="1")
    for name, target in {"one": "a", "two": "b", "three": "between"}.items():
        (tmp_path / "beside" / name).symlink_to(f"../other/{target}")
    between = tmp_path / "other" / "between"
    between.symlink_to("a")
    root = make(tmp_path / "root", x="1")
    (root / "outside").symlink_to("../beside")
    before = key(root)
    between.unlink()
    between.symlink_to("b")
    assert key(root) != before


def test_two_links_of_a_linked_folder_are_told_apart(tmp_path: Path) -> None:
    put(tmp_path, a="1", b="2")
    root = make(tmp_path / "root", part__x="1", shared__y="1")
    (root / "part" / "shared").symlink_to("../shared")
    (root / "shared" / "one").symlink_to("../../a")
    (root / "shared" / "two").symlink_to("../../b")
    before = read_contents(root).key(["part/shared"])
    put(tmp_path, a="2", b="1")
    assert read_contents(root).key(["part/shared"]) != before


def test_a_link_to_more_than_can_be_read_is_said(tmp_path: Path) -> None:
    root = make(tmp_path, a="1")
    (root / "everything").symlink_to("/")
    assert set(read_contents(root).unread) == {"everything"}


NAMES = ("tab\tx", "new\nline", 'quo"te', "back\\slash", "ä", "a", "A", " lead", "-dash", "? x")


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("name", [*NAMES, os.fsdecode(b"\xff\xfe"), "H 100644 a\n 0"])
def test_names_of_any_kind_are_told_apart(tmp_path: Path, name: str, known: bool) -> None:
    for each in NAMES:
        (tmp_path / each).write_text("1")
    (tmp_path / name).write_text("1")
    git(tmp_path, "init")
    if known:
        git(tmp_path, "add", ".")
    contents = read_contents(tmp_path)
    assert set(contents.ids) == {*NAMES, name}
    (tmp_path / name).write_text("2")
    now = read_contents(tmp_path).ids
    assert {each for each in now if now[each] != contents.ids[each]} == {name}


def test_a_repository_without_a_commit_is_read(tmp_path: Path) -> None:
    put(tmp_path, a="1")
    git(tmp_path, "init")
    before = key(tmp_path)
    put(tmp_path, a="2")
    assert key(tmp_path) != before


def test_without_git_the_reason_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, a="1")
    none = read_contents(tmp_path)
    assert "not a git repository" in none.unlisted
    assert set(none.ids) == {"a"}
    git(tmp_path, "init")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert read_contents(tmp_path).unlisted == "git: No such file or directory"


def test_a_git_that_refuses_or_is_broken_is_quoted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make(tmp_path, a="1")
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    assert "dubious ownership" in read_contents(root).unlisted
    monkeypatch.delenv("GIT_TEST_ASSUME_DIFFERENT_OWNER")
    (root / ".git" / "index").write_text("no index")
    assert read_contents(root).unlisted
    assert set(read_contents(root).ids) == {"a"}


def test_a_folder_below_the_repository_is_one_of_its_own(tmp_path: Path) -> None:
    make(tmp_path, sub__a="1", beside="1")
    before = key(tmp_path / "sub")
    put(tmp_path, beside="2")
    assert key(tmp_path / "sub") == before
    put(tmp_path, sub__a="2")
    assert key(tmp_path / "sub") != before


def test_a_merge_conflict_counts_as_it_lies_on_the_disk(tmp_path: Path) -> None:
    root = make(tmp_path, a="1\n")
    git(root, "checkout", "-b", "other")
    put(root, a="2\n")
    git(root, "commit", "-am", "two")
    git(root, "checkout", "-")
    put(root, a="3\n")
    git(root, "commit", "-am", "three")
    ours = key(root)
    with pytest.raises(subprocess.CalledProcessError):
        git(root, "merge", "other")
    conflict = key(root)
    put(root, a="3\n")
    assert conflict != ours == key(root)


def test_a_file_that_is_only_announced_is_read(tmp_path: Path) -> None:
    root = make(tmp_path)
    put(root, a="1")
    git(root, "add", "-N", "a")
    before = key(root)
    put(root, a="2")
    assert key(root) != before


def test_a_change_in_the_moment_of_staging_is_seen(tmp_path: Path) -> None:
    root = make(tmp_path)
    for number in range(10):
        put(root, a=f"{number}")
        git(root, "add", "a")
        put(root, a=f"{number + 1}")
        racy = key(root)
        put(root, a=f"{number}")
        assert key(root) != racy


def test_a_change_with_the_old_time_and_size_is_seen(tmp_path: Path) -> None:
    root = make(tmp_path, a="1")
    for setting in ("trustctime", "checkStat"):
        git(root, "config", f"core.{setting}", "minimal" if setting == "checkStat" else "false")
    path, before = root / "a", key(root)
    long_ago = 1_000_000_000
    os.utime(path, (long_ago, long_ago))
    git(root, "status")
    second = int(path.stat().st_ctime)
    while int(path.stat().st_ctime) == second:  # git looks at whole seconds
        put(root, a="2")
        os.utime(path, (long_ago, long_ago))
    assert git(root, "status", "--porcelain") == ""
    assert key(root) != before


def test_the_mode_counts_where_git_is_told_that_it_does_not(tmp_path: Path) -> None:
    root = make(tmp_path, a="1")
    git(root, "config", "core.fileMode", "false")
    before = key(root)
    (root / "a").chmod(0o755)
    assert key(root) != before


def test_line_ends_count_where_git_converts_them(tmp_path: Path) -> None:
    root = make(tmp_path, _dot_gitattributes="* text=auto\n", a="1\n2\n")
    before = key(root)
    put(root, a="1\r\n2\r\n")
    changed = key(root)
    git(root, "add", "a")
    assert git(root, "status", "--porcelain") == ""
    staged = key(root)
    assert before not in (changed, staged)
    put(root, a="1\n2\n")
    assert key(root) == before


def test_a_large_file_that_git_keeps_elsewhere_counts_as_it_lies_on_the_disk(
    tmp_path: Path,
) -> None:
    root = make(tmp_path, _dot_gitattributes="*.big filter=elsewhere\n")
    git(root, "config", "filter.elsewhere.clean", "echo pointer")
    put(root, x_dot_big="the content\n")
    git(root, "add", ".")
    before = key(root)
    put(root, x_dot_big="pointer\n")
    assert key(root) != before


def by_its_own_file(root: Path, line: str) -> None:
    put(root, _dot_gitattributes=line)


def by_an_ignored_file(root: Path, line: str) -> None:
    put(root, sub__inner__x="1", sub__inner___dot_gitattributes=line)
    put(root, _dot_gitignore=".gitattributes\n")


def by_a_file_that_is_deleted(root: Path, line: str) -> None:
    put(root, sub___dot_gitattributes=line)
    git(root, "add", ".")
    (root / "sub" / ".gitattributes").unlink()


def beside_the_repository(root: Path, line: str) -> None:
    put(root, _dot_git__info__attributes=line)


def at_home(root: Path, line: str) -> None:
    put(root.parent, home___dot_config__git__attributes=line)


def where_a_setting_says(root: Path, line: str) -> None:
    put(root.parent, elsewhere=line)
    git(root, "config", "core.attributesFile", str(root.parent / "elsewhere"))


TELLING = [
    by_its_own_file,
    by_an_ignored_file,
    by_a_file_that_is_deleted,
    beside_the_repository,
    at_home,
    where_a_setting_says,
]


@pytest.mark.parametrize("folder", [".", "sub"])
@pytest.mark.parametrize("tell", TELLING)
def test_what_a_filter_hides_from_git_counts(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    tell: Callable[[Path, str], None],
    folder: str,
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    root = make(tmp_path / "root", a="1")
    git(root, "config", "filter.strip.clean", "sed s/out=.*/out=/")
    tell(root, "*.ipynb filter=strip\n")
    put(root, sub__inner__x_dot_ipynb="out=42\n")
    git(root, "add", "sub/inner")
    before = key(root / folder)
    put(root, sub__inner__x_dot_ipynb="out=43\n")
    git(root, "add", "sub/inner")
    assert key(root / folder) != before
    put(root, sub__inner__x_dot_ipynb="out=42\n")
    assert key(root / folder) == before


def test_an_id_that_git_puts_into_a_file_counts(tmp_path: Path) -> None:
    root = make(tmp_path, _dot_gitattributes="*.c ident\n", x_dot_c="$Id: 1 $\n")
    before = key(root)
    put(root, x_dot_c="$Id: 2 $\n")
    git(root, "add", ".")
    assert key(root) != before


def test_in_a_work_tree_attributes_of_its_repository_are_known(tmp_path: Path) -> None:
    root, second = make(tmp_path / "root", x_dot_ipynb="out=\n"), tmp_path / "second"
    git(root, "config", "filter.strip.clean", "sed s/out=.*/out=/")
    put(root, _dot_git__info__attributes="*.ipynb filter=strip\n")
    git(root, "worktree", "add", str(second))
    seen = set()
    for number in ("1", "2"):
        put(second, x_dot_ipynb=f"out={number}\n")
        git(second, "add", ".")
        seen.add(key(second))
    assert len(seen) == 2


def test_of_large_files_that_git_keeps_elsewhere_only_the_small_ones_are_read(
    tmp_path: Path,
) -> None:
    root = make(tmp_path, _dot_gitattributes="*.big filter=lfs\n")
    git(root, "config", "filter.lfs.clean", "sha1sum")
    put(root, large_dot_big="1" * 2000, small_dot_big="12")
    git(root, "add", ".")
    listing = list_files(root)
    assert isinstance(listing, Listing)
    assert listing.changed == ["small.big"]


@pytest.mark.parametrize(("line", "questions"), [("*.py text eol=lf", 3), ("*.py filter=x", 5)])
def test_git_is_asked_for_converted_files_only_where_there_may_be_any(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, questions: int
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    root = make(tmp_path / "root", _dot_gitattributes=f"{line}\n", a="1")
    trace = tmp_path / "trace"
    monkeypatch.setenv("GIT_TRACE", str(trace))
    read_contents(root)
    assert trace.read_text().count("built-in: git") == questions


def test_a_monitor_of_the_file_system_is_not_asked(tmp_path: Path) -> None:
    root = make(tmp_path, a="1")
    git(root, "config", "core.fsmonitor", "true > asked; false")
    assert set(read_contents(root).ids) == {"a"}


def test_another_repository_in_the_environment_does_not_matter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, other = make(tmp_path / "one", a="1"), make(tmp_path / "two", b="1")
    before = key(root)
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other / ".git" / "index"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    assert key(root) == before


def test_a_work_tree_of_the_repository_has_the_same_key(tmp_path: Path) -> None:
    root = make(tmp_path / "root", a="1", link="1")
    git(root, "worktree", "add", str(tmp_path / "second"))
    assert key(tmp_path / "second") == key(root)
    put(tmp_path / "second", a="2")
    assert key(tmp_path / "second") != key(root)


def test_the_same_content_at_another_time_and_place_has_the_same_key(tmp_path: Path) -> None:
    root = make(tmp_path / "root", a="1", b__c="2")
    before = key(root)
    os.utime(root / "a", (1, 1))
    assert key(root) == before
    git(root, "commit", "--allow-empty", "-m", "nothing new")
    assert key(root) == before
    assert key(make(tmp_path / "elsewhere", a="1", b__c="2")) == before


def test_a_large_file_is_read_in_pieces(tmp_path: Path) -> None:
    root = make(tmp_path, a="1")
    with open(root / "large", "wb") as file:
        file.truncate(110 * 1024 * 1024)
    before = read_contents(root).ids["large"]
    assert before.split(" ")[2] == str(110 * 1024 * 1024)
    with open(root / "large", "r+b") as file:
        file.seek(-1, os.SEEK_END)
        file.write(b"x")
    assert read_contents(root).ids["large"] != before


def a_pipe(path: Path) -> None:
    os.mkfifo(path)


def a_socket_name_too_long(path: Path) -> None:
    path.symlink_to("x" * 300 + "/y")


@pytest.mark.parametrize("put_there", [a_pipe, a_socket_name_too_long])
def test_what_cannot_be_read_is_said(tmp_path: Path, put_there: Callable[[Path], None]) -> None:
    root = make(tmp_path, a="1", b="1")
    (root / "a").unlink()
    put_there(root / "a")
    contents = read_contents(root)
    assert set(contents.unread) == {"a"}
    assert contents.key(["b"]) == Contents({"b": contents.ids["b"]}).key(["b"])


@pytest.fixture
def open_folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that belongs to whoever runs the test, and to nobody where that is root: root
    may read everything."""
    folder = Path(tempfile.mkdtemp())
    monkeypatch.setenv("HOME", str(folder))
    # git may stand on PATH by a link in a folder that nobody may look into.
    program = Path(shutil.which("git") or "git").resolve()
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    if os.geteuid() == 0:
        os.chown(folder, NOBODY, -1)
        os.seteuid(NOBODY)
    try:
        yield folder
    finally:
        if os.getuid() == 0:
            os.seteuid(0)
        shutil.rmtree(folder)


def test_what_may_not_be_read_is_said(open_folder: Path) -> None:
    root = make(open_folder / "repository", a="1")
    put(root, b="1", c__d="1")
    (root / "b").chmod(0)
    assert set(read_contents(root).unread) == {"b"}
    (root / "c").chmod(0)
    assert "could not open directory" in read_contents(root).unlisted
    (root / "c").chmod(0o755)


def test_a_folder_in_the_place_of_a_file_counts_by_what_lies_in_it(tmp_path: Path) -> None:
    root = make(tmp_path, a="1")
    (root / "a").unlink()
    put(root, a__b="1")
    assert set(read_contents(root).ids) == {"a/b"}


def test_ids_of_the_longer_kind_are_understood(tmp_path: Path) -> None:
    put(tmp_path, a="1", empty="")
    git(tmp_path, "init", "--object-format=sha256")
    untracked = read_contents(tmp_path)
    git(tmp_path, "add", ".")
    staged = key(tmp_path)
    put(tmp_path, a="2")
    changed = key(tmp_path)
    put(tmp_path, a="1")
    assert changed != staged == key(tmp_path)
    assert set(untracked.ids) == {"a", "empty"}


def test_our_own_files_are_none_of_the_repository(tmp_path: Path) -> None:
    root = make(tmp_path, a="1")
    before = key(root)
    put(root, _dot_cicd__verdicts__x="1")
    assert key(root) == before


@pytest.mark.parametrize("text", ["X y\0", "H 100644 0123 0\ta\0  ctime: something else\n"])
def test_another_form_of_the_listing_is_not_guessed_at(text: str) -> None:
    with pytest.raises(ValueError):
        parse_listing(text)
