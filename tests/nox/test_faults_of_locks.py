"""Locks that are missing or out of date."""

import json

from tests.nox import miniatures
from tests.nox.conftest import Repository
from tests.nox.screen import assert_red

TEST = ("-s", "backend_test")


def test_a_lock_that_was_asked_for_and_is_not_there_is_red(shop: Repository) -> None:
    shop.put("noxfile.py", miniatures.library(install="uv"))
    (shop.root / "backend" / "uv.lock").unlink()
    assert_red(shop.nox(*TEST), "backend_test", "backend/uv.lock is not there", "fix:     uv lock")
    assert not (shop.root / "backend" / "uv.lock").exists()


def test_without_a_lock_the_newest_is_installed_and_that_is_said(repository: Repository) -> None:
    repository.put_all(miniatures.SHOP)
    repository.put("noxfile.py", miniatures.library())
    repository.put("backend/tests/test_shop.py", "def test_one():\n    pass\n")
    ended = repository.nox(*TEST)
    assert ended.code == 0, ended.output
    assert "backend has no lock file: the newest versions it allows were installed" in ended.output


def test_a_lock_out_of_date_is_red_and_names_the_package(shop: Repository) -> None:
    shop.put("noxfile.py", miniatures.library())
    project = miniatures.plain(shop.files["backend/pyproject.toml"])
    more = project.replace("dependencies = [", 'dependencies = ["idna>=3", ')
    shop.put("backend/pyproject.toml", more)
    ended = shop.nox(*TEST)
    said = "backend/uv.lock is out of date with backend/pyproject.toml"
    assert_red(ended, "backend_test", said, "the lock does not have idna", "fix:     uv lock")
    lock = (shop.root / "backend" / "uv.lock").read_text(encoding="utf-8")
    assert lock == shop.files["backend/uv.lock"]


def test_a_package_lock_out_of_date_is_red_and_names_the_package(repository: Repository) -> None:
    repository.put_all(miniatures.package(test="node --test"))
    lock = {"name": "web", "lockfileVersion": 3, "requires": True, "packages": {"": {}}}
    repository.put("web/package-lock.json", json.dumps(lock))
    repository.put_all(miniatures.package({"is-odd": "3.0.1"}, test="node --test"))
    ended = repository.nox("-s", "web_test")
    said = "web/package-lock.json  package-lock.json disagrees with package.json: is-odd"
    assert_red(ended, "web_test", said, "fix:     run `npm install` in web")
    assert json.loads((repository.root / "web" / "package-lock.json").read_text()) == lock


def test_a_package_without_a_lock_says_so(repository: Repository) -> None:
    repository.put_all(miniatures.package(test="node --test"))
    repository.put("web/a.test.js", 'require("node:test")("a", () => {});\n')
    ended = repository.nox("-s", "web_test")
    assert "web: no lock file: versions are not pinned" in ended.output
