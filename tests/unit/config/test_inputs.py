"""Which files decide what is found in a part."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.config.inputs import part_inputs
from cicd.config.parts import Backend, Frontend

if TYPE_CHECKING:
    from tests.unit.config.conftest import MakeTree


def test_a_part_hangs_on_its_own_files_and_on_settings_above(make_tree: MakeTree) -> None:
    tree = make_tree(
        {
            "apps/api/app.py": "",
            "apps/api/README.md": "",
            "apps/web/package.json": "{}",
            "apps/ruff.toml": "",
            "noxfile.py": "",
            "uv.lock": "",
            ".flake8": "",
            "README.md": "",
            "LICENSE": "",
            "scripts/deploy.sh": "",
        }
    )
    parts = (Backend("apps/api", name="api"), Frontend("apps/web", name="web"))
    own = {"apps/api/app.py", "apps/api/README.md"}
    above = {"apps/ruff.toml", "noxfile.py", "uv.lock", ".flake8"}
    assert part_inputs(tree, parts[0], parts) == own | above
    assert part_inputs(tree, parts[1], parts) == {"apps/web/package.json"} | above


def test_a_part_around_another_leaves_it_out(make_tree: MakeTree) -> None:
    tree = make_tree({"app.py": "", "web/package.json": "{}", "docs/index.md": "", "web2/a": ""})
    parts = (Backend(".", name="app"), Frontend("web", name="web"))
    assert part_inputs(tree, parts[0], parts) == {"app.py", "docs/index.md", "web2/a"}


def test_what_settings_name_by_a_path_is_in(make_tree: MakeTree) -> None:
    tree = make_tree(
        {
            "apps/api/pyproject.toml": 'lib = { path = "../../libs/lib", editable = true }',
            "apps/api/requirements.txt": "-r ../base.txt\n-e ../../../outside\n",
            "apps/base.txt": "",
            "libs/lib/pyproject.toml": 'core = {path="../core"}',
            "libs/lib/lib.py": "",
            "libs/core/core.py": "",
            "libs/other/other.py": "",
            "apps/web/tsconfig.json": '{"extends": "../../config/tsconfig.base.json"}',
            "config/tsconfig.base.json": "{}",
            "config/unused.json": "{}",
        }
    )
    parts = (Backend("apps/api", name="api"), Frontend("apps/web", name="web"))
    api = part_inputs(tree, parts[0], parts)
    assert {"libs/lib/lib.py", "libs/core/core.py", "apps/base.txt"} <= api
    assert not {"libs/other/other.py", "config/tsconfig.base.json"} & api
    web = part_inputs(tree, parts[1], parts)
    assert "config/tsconfig.base.json" in web and "config/unused.json" not in web


def test_what_settings_name_by_a_projects_name_is_in(make_tree: MakeTree) -> None:
    tree = make_tree(
        {
            "package.json": '{"workspaces": ["packages/*"]}',
            "packages/web/package.json": '{"name": "web", "dependencies": {"@a/ui": "1"}}',
            "packages/ui/package.json": '{"name": "@a/ui"}',
            "packages/ui/button.tsx": "",
            "packages/admin/package.json": '{"name": "admin"}',
            "api/pyproject.toml": '[project]\nname = "api"\ndependencies = ["My_Core>=1"]',
            "core/pyproject.toml": '[project]\nname = "my-core"',
            "core/core.py": "",
            "tests/fixtures/node_modules/x/package.json": '{"name": "my-core"}',
        }
    )
    web, ui, api = (
        Frontend("packages/web", name="web"),
        Frontend("packages/ui", name="ui"),
        Backend("api", name="api"),
    )
    parts = (web, ui, api)
    found = part_inputs(tree, web, parts)
    assert "packages/ui/button.tsx" in found and "package.json" in found
    assert "packages/admin/package.json" not in found
    assert "packages/web/package.json" not in part_inputs(tree, ui, parts)
    assert {"core/core.py"} <= part_inputs(tree, api, parts)


def test_what_cannot_be_read_as_settings_does_not_matter(make_tree: MakeTree) -> None:
    tree = make_tree(
        {"api/pyproject.toml": "[[[", "api/package.json": "{", "x/pyproject.toml": "]"}
    )
    part = Backend("api", name="api")
    assert part_inputs(tree, part, (part,)) == {"api/pyproject.toml", "api/package.json"}
