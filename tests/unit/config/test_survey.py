"""Which folders are parts, and what they are called."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from cicd.config.parts import Backend
from cicd.config.survey import survey

if TYPE_CHECKING:
    from tests.unit.config.conftest import MakeTree

PROJECT = '[project]\nname = "{}"\n'
DJANGO = 'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\n'
PACKAGE = json.dumps({"scripts": {"lint": "eslint ."}})


def found(make_tree: MakeTree, contents: dict[str, str]) -> dict[str, str]:
    """Path → name, backends with a `b:` in front."""
    parts = survey(make_tree(contents))
    return {f"{'b' if isinstance(p, Backend) else 'f'}:{p.path}": str(p.name) for p in parts}


def test_a_uv_workspace_root_is_no_part_and_its_members_are(make_tree: MakeTree) -> None:
    assert found(
        make_tree,
        {
            "pyproject.toml": '[tool.uv.workspace]\nmembers = ["backend"]\n',
            "backend/pyproject.toml": PROJECT.format("app"),
            "backend/app/main.py": "",
            "package.json": json.dumps(
                {"workspaces": ["frontend"], "scripts": {"lint": "bun run --filter frontend lint"}}
            ),
            "frontend/package.json": PACKAGE,
        },
    ) == {"b:backend": "backend", "f:frontend": "frontend"}


def test_a_project_that_is_only_a_roof_over_its_members_is_no_part(make_tree: MakeTree) -> None:
    assert found(
        make_tree,
        {
            "pyproject.toml": PROJECT.format("roof") + '[tool.uv.workspace]\nmembers = ["a/*"]\n',
            "scripts/release.py": "",
            "a/api/pyproject.toml": PROJECT.format("api"),
            "a/api/src/api/__init__.py": "",
        },
    ) == {"b:a/api": "api"}


def test_settings_of_tools_alone_make_no_project(make_tree: MakeTree) -> None:
    files = {"pyproject.toml": "[tool.black]\nline-length = 90\n", "x.py": ""}
    assert found(make_tree, files) == {}


def test_manage_py_below_a_project_belongs_to_it(make_tree: MakeTree) -> None:
    files = {"pyproject.toml": PROJECT.format("p"), "src/manage.py": DJANGO, "src/p/urls.py": ""}
    assert found(make_tree, files) == {"b:.": "p"}


def test_manage_py_beside_requirements_in_the_root_belongs_to_the_root(
    make_tree: MakeTree,
) -> None:
    files = {"requirements.txt": "django\n", "src/manage.py": DJANGO, "src/p/urls.py": ""}
    assert found(make_tree, files) == {"b:.": "shop"}


def test_a_requirements_folder_belongs_to_the_folder_above_it(make_tree: MakeTree) -> None:
    files = {"api/requirements/base.txt": "", "api/manage.py": DJANGO, "api/p/urls.py": ""}
    assert found(make_tree, files) == {"b:api": "api"}


def test_two_services_with_requirements_are_two_backends(make_tree: MakeTree) -> None:
    files = {
        "requirements.txt": "pre-commit\n",
        "api/requirements.txt": "flask\n",
        "api/app.py": "",
        "api/Dockerfile": "",
        "worker/requirements.txt": "celery\n",
        "worker/work.py": "",
        "worker/Dockerfile": "",
    }
    assert found(make_tree, files) == {"b:api": "api", "b:worker": "worker"}


def test_documentation_scripts_and_fixtures_are_no_parts(make_tree: MakeTree) -> None:
    files = {
        "pyproject.toml": PROJECT.format("lib"),
        "lib/__init__.py": "",
        "docs/requirements.txt": "sphinx\n",
        "docs/conf.py": "",
        "docs/package.json": PACKAGE,
        ".github/scripts/requirements.txt": "requests\n",
        ".github/scripts/x.py": "",
        "tests/fixtures/pkg/pyproject.toml": PROJECT.format("pkg"),
        "tests/fixtures/pkg/pkg.py": "",
        "examples/app/pyproject.toml": PROJECT.format("example"),
        "examples/app/app.py": "",
        "{{cookiecutter.slug}}/pyproject.toml": PROJECT.format("x"),
        "{{cookiecutter.slug}}/x.py": "",
        "vendor/other/package.json": PACKAGE,
    }
    assert found(make_tree, files) == {"b:.": "lib"}


def test_examples_count_where_there_is_nothing_else(make_tree: MakeTree) -> None:
    files = {"examples/app/pyproject.toml": PROJECT.format("app"), "examples/app/app.py": ""}
    assert found(make_tree, files) == {"b:examples/app": "app"}


def test_a_function_called_setup_makes_no_project(make_tree: MakeTree) -> None:
    files = {
        "pyproject.toml": PROJECT.format("p"),
        "p/handlers/setup.py": "def setup(): ...\n",
        "p/handlers/x.py": "",
    }
    assert found(make_tree, files) == {"b:.": "p"}


def test_a_package_that_only_holds_tooling_is_no_part(make_tree: MakeTree) -> None:
    package = json.dumps({"scripts": {"prepare": "husky"}, "devDependencies": {"husky": "9"}})
    assert found(make_tree, {"package.json": package}) == {}


def test_scripts_that_only_change_folder_make_no_part(make_tree: MakeTree) -> None:
    package = json.dumps({"scripts": {"lint": "cd frontend && npm run lint"}})
    files = {"package.json": package, "frontend/package.json": PACKAGE}
    assert found(make_tree, files) == {"f:frontend": "frontend"}


def test_a_workspace_root_with_checks_of_its_own_is_a_part(make_tree: MakeTree) -> None:
    root = {"workspaces": ["web"], "scripts": {"format:check": "prettier --check ."}}
    files = {"package.json": json.dumps(root), "web/package.json": PACKAGE}
    assert found(make_tree, files) == {"f:.": "shop", "f:web": "web"}


def test_a_backend_and_a_frontend_in_one_folder_are_told_apart(make_tree: MakeTree) -> None:
    files = {"pyproject.toml": PROJECT.format("shop"), "shop.py": "", "package.json": PACKAGE}
    assert found(make_tree, files) == {"b:.": "shop_backend", "f:.": "shop_frontend"}


def test_parts_of_one_name_get_their_parents_name_in_front(make_tree: MakeTree) -> None:
    files = {"a/web/package.json": PACKAGE, "b/web/package.json": PACKAGE}
    assert found(make_tree, files) == {"f:a/web": "a_web", "f:b/web": "b_web"}


def test_names_are_identifiers_and_no_words_with_another_meaning(make_tree: MakeTree) -> None:
    files = {f"{name}/package.json": PACKAGE for name in ("my-App.v2", "3d", "Größe", "class")}
    files["apps/ci/package.json"] = PACKAGE
    assert found(make_tree, files) == {
        "f:my-App.v2": "my_app_v2",
        "f:3d": "_3d",
        "f:Größe": "grosse",
        "f:class": "class_part",
        "f:apps/ci": "apps_ci",
    }
