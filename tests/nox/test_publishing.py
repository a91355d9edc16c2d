"""What a session that publishes says when it cannot."""

from pathlib import Path

from tests.nox.conftest import Repository

NOXFILE = """\
    import cicd

    project = cicd.project(
        cicd.Image("api", context="."),
        cicd.Registry("127.0.0.1:9", user="somebody", password="env:NOT_SET_ANYWHERE"),
    )
    """


def test_what_could_not_be_published_is_red_and_not_merely_unverified(tmp_path: Path) -> None:
    """What comes after it, a deployment, goes by its exit code."""
    repository = Repository(tmp_path)
    repository.put_all({"noxfile.py": NOXFILE, "Dockerfile": "FROM scratch\n"})
    ended = repository.nox("-s", "promote", "--", "127.0.0.1:9/api:1.2.3", ":production")
    assert ended.code == 1
    assert "the secret of env:NOT_SET_ANYWHERE is empty or not set" in ended.end
    assert "Red in" in ended.end
