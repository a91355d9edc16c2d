"""From `nox -s ci` to the registry, as people call it: what they see, and what is recorded."""

import contextlib
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import docker
import pytest
from tests.engine.images.proving import APP, WELL, require_base
from tests.nox.conftest import Repository
from tests.oci import place_at
from tests.pushing import registry
from tests.registry import RunningRegistry

__all__ = ["registry"]

pytestmark = pytest.mark.engine
NOXFILE = """\
    import os

    import cicd

    project = cicd.project(
        cicd.Image(
            "api", context=".", port=8000, health="/health", repository="REGISTRY/published/api"
        )
    )


    @project.session(part_of="ci")
    def mood(session):
        if "IN_A_MOOD" in os.environ:
            session.error("not today")
    """


@pytest.fixture
def api(tmp_path: Path, registry: RunningRegistry) -> Iterator[Repository]:
    require_base()
    repository = Repository(tmp_path / "api")
    noxfile = NOXFILE.replace("REGISTRY", registry.host)
    ignored = ".nox/\n.cicd/\n__pycache__/\nmark/\n"
    repository.put_all({"noxfile.py": noxfile, "Dockerfile": WELL, "app.py": APP})
    (repository.root / ".gitignore").write_text(ignored)
    git(repository, "init", "-q", "-b", "main")
    commit(repository)
    yield repository
    with contextlib.closing(docker.from_env()) as client:
        for built in (repository.root / ".cicd" / "images").glob("api.json"):
            with contextlib.suppress(docker.errors.APIError):
                client.images.remove(json.loads(built.read_text())["image_id"], force=True)


def git(repository: Repository, *arguments: str) -> None:
    who = ("-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *who, *arguments], cwd=repository.root, check=True)


def commit(repository: Repository) -> None:
    git(repository, "add", "--all")
    git(repository, "commit", "-q", "--allow-empty", "-m", "a change")


def test_what_ci_verified_is_pushed_promoted_and_kept(
    api: Repository, registry: RunningRegistry, tmp_path: Path
) -> None:
    early = api.nox("-s", "push")
    assert early.code == 1
    assert "nothing was pushed: `ci` was not green for the content of" in early.end

    assert api.nox("-s", "ci").code == 0
    output = tmp_path / "output"
    ended = api.nox("-s", "push", GITHUB_OUTPUT=str(output))
    assert ended.code == 0, ended.output
    assert "1 image · 4 tags · 4 new" in ended.end
    told = dict(line.split("=", 1) for line in output.read_text().splitlines())
    facts = api.records()["push"].outcome.facts
    repository = f"{registry.host}/published/api"
    with place_at(repository) as place:
        for tag in place.client.tags(place.repository):
            digest = place.client.find_digest(place.repository, tag)
            assert facts[f"{repository}:{tag}"] == digest == told["digest"]
            assert f"{repository}:{tag}" in ended.output and digest in ended.output

    promoted = api.nox("-s", "promote", "--", f"{repository}:latest", ":production")
    assert promoted.code == 0, promoted.output
    with place_at(repository) as place:
        assert place.client.find_digest(place.repository, "production") == told["digest"]

    planned = api.nox("-s", "registry_prune")
    assert "0 tags would go with --delete, 5 stay" in planned.end


def test_a_changed_file_is_named_and_nothing_is_pushed(
    api: Repository, registry: RunningRegistry
) -> None:
    api.put("app.py", f"{APP}\n# changed\n")
    ended = api.nox("-s", "push")
    assert ended.code == 1
    assert "files differ from the commit" in ended.end and "app.py" in ended.end


def test_a_red_ci_is_not_published(api: Repository) -> None:
    api.put("Dockerfile", WELL.replace("1000", "root"))
    commit(api)
    assert api.nox("-s", "ci").code == 1
    ended = api.nox("-s", "push")
    assert ended.code == 1
    assert "`ci` was not green" in ended.end


def test_what_was_green_and_is_red_now_is_not_published(
    api: Repository, registry: RunningRegistry
) -> None:
    assert api.nox("-s", "ci").code == 0
    assert api.nox("-s", "ci", "push", IN_A_MOOD="1").code == 1
    ended = api.nox("-s", "push")
    assert ended.code == 1
    assert "nothing was pushed: `ci` was not green for the content of" in ended.end
    with place_at(f"{registry.host}/published/api") as place:
        tags = place.client.tags(place.repository)
    commit_of = ("git", "rev-parse", "--short=12", "HEAD")
    head = subprocess.run(commit_of, cwd=api.root, capture_output=True, text=True, check=True)
    assert f"sha-{head.stdout.strip()}" not in tags


def test_in_one_call_ci_comes_first_whatever_the_order(api: Repository) -> None:
    commit(api)
    ended = api.nox("-s", "push", "ci", "-j", "2")
    assert ended.code == 0, ended.output
    assert "✓" in next(line for line in ended.end.splitlines() if line.startswith("  push "))
