"""Every noxfile that the documentation shows is one that nox loads."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from cicd.github.workflow.caller import render_caller
from cicd.github.workflow.document import read_workflow
from cicd.github.workflow.release import read_release
from tests.nox.conftest import THREE_LINES, Repository
from tests.nox.docs_pages import DOCS, PAGES, SHOP, blocks, noxfiles

BACKENDS = ("services/orders", "services/billing", "libraries/money")
ALIKE = ("orders/backend", "billing/backend")
FRONTENDS = ("apps/shop", "apps/admin")
MONOREPO = {
    **{f"{name}/pyproject.toml": '[project]\nname = "it"\n' for name in (*BACKENDS, *ALIKE)},
    **{f"{name}/test_it.py": "def test_it():\n    pass\n" for name in (*BACKENDS, *ALIKE)},
    **{f"{name}/package.json": '{"scripts": {"build": "node it.js"}}' for name in FRONTENDS},
}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_noxfiles_of_a_page_load_and_list_sessions(repository: Repository, page: Path) -> None:
    repository.put_all(MONOREPO if page.stem == "monorepo" else SHOP)
    repository.put("backend/Dockerfile", "FROM scratch\n")
    for noxfile in noxfiles(page):
        repository.put("noxfile.py", noxfile)
        ended = repository.nox("-l")
        assert ended.code == 0, f"{noxfile}\n{ended.output}"
        assert "ci" in repository.sessions()


def test_every_page_that_speaks_of_noxfiles_shows_one() -> None:
    without = {page.stem for page in PAGES if not noxfiles(page)}
    assert without == {"dockerfiles", "other-ci", "parity", "troubleshooting"}


def test_the_tutorial_writes_the_three_lines() -> None:
    assert noxfiles(DOCS / "tutorial.md") == [THREE_LINES]


def test_parts_of_a_monorepo_have_the_names_that_the_page_says(repository: Repository) -> None:
    repository.put_all(MONOREPO)
    names = set(repository.sessions())
    assert {"orders_test", "money_lint", "shop_build", "admin_build"} <= names
    assert {"orders_backend_test", "billing_backend_test"} <= names
    repository.put("noxfile.py", noxfiles(DOCS / "how-to" / "monorepo.md")[0])
    sessions = repository.sessions()
    assert {"orders_test", "invoices_test", "money_test", "shop_build"} <= set(sessions)
    assert "orders_backend_test" not in sessions
    assert sessions["orders_test"]["tags"] == ["orders", "test"]


def test_a_field_of_none_registers_no_session(repository: Repository) -> None:
    repository.put_all(SHOP)
    assert "frontend_types" in repository.sessions()
    repository.put("noxfile.py", noxfiles(DOCS / "how-to" / "override-a-step.md")[0])
    assert "frontend_types" not in repository.sessions()


def test_the_page_about_github_shows_the_workflow_that_is_written() -> None:
    shown = blocks(DOCS / "how-to" / "github.md", "yaml")
    release = replace(read_release("1.0", None), commit="<commit>", version="<version>")
    assert shown[0] == render_caller(release, "main")


def test_actions_are_pinned_to_the_commits_of_our_own_workflow() -> None:
    ours = (DOCS.parent / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    shown = "\n".join(blocks(DOCS / "how-to" / "github.md", "yaml"))
    used = re.findall(r"uses: (actions/.*)", shown)
    assert used and [line for line in used if f"uses: {line}\n" not in ours] == []


def test_the_page_about_github_names_every_input_and_its_default() -> None:
    page = (DOCS / "how-to" / "github.md").read_text(encoding="utf-8")
    ours = DOCS.parent / ".github" / "workflows" / "ci.yml"
    workflow = read_workflow(ours.name, ours.read_text(encoding="utf-8"))
    inputs = workflow.mapping("on", "workflow_call", "inputs")
    rows = dict(re.findall(r"^\| `([\w-]+)` \| (.*?) \|", page, re.M))
    assert set(rows) == set(inputs)
    for name, said in inputs.items():
        default = str(said["default"]).lower()
        assert rows[name].strip("`") == ", ".join(default.split("\n")).rstrip(", ")
