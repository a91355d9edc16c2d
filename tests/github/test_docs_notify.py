"""The job on the page about telling people, below the workflow that stands in a repository."""

import shutil
from pathlib import Path

import pytest
from tests.conftest import ROOT
from tests.github import second
from tests.github.acting import act
from tests.github.judges import Parser, audit, check_schema
from tests.listening import http_server
from tests.nox.conftest import Repository
from tests.nox.docs_pages import blocks

from cicd.model import Verdict
from cicd.notify.known import write_known
from cicd.notify.turning import Known

TOKEN = "s3cr3t-t0ken-0f-a-channel"


def with_job(workflow: Path) -> str:
    (job,) = blocks(ROOT / "docs" / "how-to" / "notify.md", "yaml")
    return workflow.read_text(encoding="utf-8") + job


@pytest.fixture
def workflow(caller: Path, tmp_path: Path) -> Path:
    path = tmp_path / ".github" / "workflows" / "ci.yml"
    path.parent.mkdir(parents=True)
    path.write_text(with_job(caller), encoding="utf-8")
    return path


def test_nobody_finds_anything_in_it(workflow: Path) -> None:
    assert audit([workflow]) == []
    assert check_schema([workflow]) == []


def test_the_parser_of_github_takes_it(workflow: Path, parser: Parser) -> None:
    assert parser([workflow]) == []


@pytest.mark.network
def test_it_tells_people_what_the_called_workflow_came_to(
    stall_home: Repository, tmp_path: Path
) -> None:
    """`act` ends at a called workflow that is red; so people know of a red one here."""
    shop = Repository(tmp_path / "shop")
    shutil.copytree(stall_home.root, shop.root, symlinks=True)
    shutil.rmtree(shop.root / ".cicd")
    write_known(shop.root / ".cicd", "main", Known(Verdict.FAILED))
    second.change(shop, "noxfile.py", '"nox-cicd @', '"nox-cicd[notify] @')
    second.change(shop, "noxfile.py", "project(", 'project(cicd.Notify("env:SLACK_URL"), ')
    shop.put(second.WORKFLOW, with_job(shop.root / second.WORKFLOW))
    second.commit(shop)
    with http_server() as web:
        # Where act looks for the secrets of a repository.
        shop.put(".secrets", f"SLACK_URL=json://127.0.0.1:{web.port}/{TOKEN}\n")
        shop.put(".git/info/exclude", ".secrets\n")
        acted = act(shop, tmp_path / "act")
    assert acted.code == 0, acted.output
    (request,) = web.requests
    assert request.json["title"] == "someone/shop: main is green again"
    assert "https://github.com/someone/shop/actions/runs/" in request.json["message"]
    assert [key for key in acted.saved() if key.startswith("cicd-notify-")], acted.saved()
    assert TOKEN not in acted.output
