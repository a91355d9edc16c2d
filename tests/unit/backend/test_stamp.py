from pathlib import Path

from cicd.backend.stamp import environment_key, requirement_files


def test_the_key_follows_content_and_words(tmp_path: Path) -> None:
    file = tmp_path / "uv.lock"
    missing = environment_key((file,), ("a",))
    file.write_text("1")
    first = environment_key((file,), ("a",))
    assert len({missing, first, environment_key((file,), ("b",))}) == 3
    file.touch()
    assert environment_key((file,), ("a",)) == first
    file.write_text("2")
    assert environment_key((file,), ("a",)) != first


def test_included_requirements_are_followed_once(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "dev.txt").write_text("-r base.txt\n--constraint=deep/limits.txt\npytest\n")
    (tmp_path / "base.txt").write_text("-r dev.txt\n-c deep/limits.txt\n")
    (tmp_path / "deep" / "limits.txt").write_text("-r more.txt\n")
    names = ("dev.txt", "base.txt", "deep/limits.txt", "deep/more.txt")
    assert requirement_files(tmp_path, ("dev.txt",)) == tuple(tmp_path / name for name in names)
