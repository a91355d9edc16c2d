"""Which files decide what is found in a part."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cicd.config.inputs import find_inputs, part_inputs
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


def test_members_of_a_uv_workspace_bring_their_folders_along(make_tree: MakeTree) -> None:
    tree = make_tree(
        {
            "pyproject.toml": '[tool.uv.workspace]\nmembers = ["packages/*"]',
            "uv.lock": "",
            "packages/api/pyproject.toml": '[[tool.uv.index]]\nname = "pypi"\n[project]\n'
            'name = "api"\ndependencies = ["core"]\n'
            "[tool.uv.sources]\ncore = { workspace = true }\n",
            "packages/core/pyproject.toml": '[[tool.uv.index]]\nname = "pypi"\n[project]\n'
            'name = "core"\ndependencies = ["base"]\n',
            "packages/core/core.py": "",
            "packages/base/pyproject.toml": '[project]\nname = "base"',
            "packages/base/base.py": "",
            "packages/other/pyproject.toml": '[project]\nname = "other"',
        }
    )
    part = Backend("packages/api", name="api")
    found = part_inputs(tree, part, (part, Backend("packages/core", name="core")))
    assert {"uv.lock", "packages/core/core.py", "packages/base/base.py"} <= found
    assert "packages/other/pyproject.toml" not in found


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("api/pyproject.toml", '[tool.poetry.dependencies]\nx = {path = "../lib", develop = true}'),
        ("api/requirements.txt", "-e ../lib\n"),
        ("api/requirements/dev.txt", "-e ../../lib[all]\n"),
        ("api/package.json", '{"dependencies": {"x": "file:../lib"}}'),
        ("api/package.json", '{"dependencies": {"x": "link:../lib"}}'),
        ("api/package.json", '{"dependencies": {"x": "portal:../lib"}}'),
        ("api/package.json", '{"devDependencies": {"@shop/lib": "workspace:*"}}'),
        ("api/tsconfig.json", '{"references": [{"path": "../lib"}]}'),
        ("api/tsconfig.json", '{"compilerOptions": {"paths": {"@/*": ["../lib/*"]}}}'),
        ("api/src/tsconfig.app.json", '{"extends": "../../lib/tsconfig.json"}'),
        ("api/vite.config.ts", 'resolve: { alias: { lib: "../lib/src" } }'),
        ("api/inner/package.json", '{"dependencies": {"x": "file:../../lib"}}'),
    ],
)
def test_each_way_to_name_a_folder_brings_it_along(
    make_tree: MakeTree, name: str, text: str
) -> None:
    files = {"lib/package.json": '{"name": "@shop/lib"}', "lib/tsconfig.json": "", "lib/src/a": ""}
    tree = make_tree({"api/app.py": "", **files, name: text})
    parts = (Backend("api", name="api"), Frontend("lib", name="lib"))
    found = part_inputs(tree, parts[0], parts)
    assert {"lib/tsconfig.json", "lib/src/a"} & found
    assert not part_inputs(make_tree({"api/app.py": "", **files, name: ""}), parts[0], parts) & {
        *files
    }


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("requirements.txt", "-e ./libs/core\n"),
        ("requirements.txt", "-e libs/core\n"),
        ("requirements.txt", "./libs/core[all]\n"),
        ("pyproject.toml", 'x = { path = "libs/core" }'),
        ("package.json", '{"dependencies": {"x": "file:libs/core"}}'),
        ("tsconfig.json", '{"references": [{"path": "./libs/core"}]}'),
        ("sub/requirements.txt", "-e ../libs/core\n"),
    ],
)
def test_a_part_around_another_that_uses_it_has_it_among_its_inputs(
    make_tree: MakeTree, name: str, text: str
) -> None:
    tree = make_tree({"app.py": "", "libs/core/core.py": "", "web/package.json": "{}", name: text})
    parts = (Backend(".", name="app"), Backend("libs/core", name="core"), Frontend("web"))
    found = part_inputs(tree, parts[0], parts)
    assert "libs/core/core.py" in found and "web/package.json" not in found


@pytest.mark.parametrize(
    ("name", "text", "between", "then"),
    [
        ("requirements.txt", "-r ../common/all.txt\n", "common/all.txt", "-r base.txt\n"),
        ("requirements.txt", "-r ../common/all.txt\n", "common/all.txt", "-c ./sub/../base.txt\n"),
        ("requirements.txt", "-r ../all.txt\n", "all.txt", "-r common/base.txt\n"),
        ("requirements.txt", "-r ../all.txt\n", "all.txt", "-e ./common\n"),
        ("tsconfig.json", '{"extends": "../lib/ts.json"}', "lib/ts.json", '"../common/base.txt"'),
        (".eslintrc.json", '{"extends": "../common/a.js"}', "common/a.js", "require('./base')"),
        (
            "tsconfig.json",
            '{"extends": "../tsconfig.json"}',
            "tsconfig.json",
            '{"paths": {"@c/*": ["common/*"]}}',
        ),
    ],
)
def test_what_is_named_by_a_file_of_another_folder_is_followed(
    make_tree: MakeTree, name: str, text: str, between: str, then: str
) -> None:
    files = {"api/app.py": "", "common/base.txt": "", "other/base.txt": "", f"api/{name}": text}
    part = Backend("api", name="api")
    found = part_inputs(make_tree({**files, between: then}), part, (part,))
    assert between in found and "common/base.txt" in found
    assert "other/base.txt" not in found
    assert "common/base.txt" not in part_inputs(make_tree({**files, between: ""}), part, (part,))


@pytest.mark.parametrize(
    ("name", "text", "outside"),
    [
        ("api/pyproject.toml", 'mypy_path = "../../stubs"', "../stubs"),
        ("api/mypy.ini", "mypy_path = $MYPY_CONFIG_FILE_DIR/../../stubs", "../stubs"),
        ("api/mypy.ini", "mypy_path = /x/stubs:src", "/x/stubs"),
        ("api/mypy.ini", "mypy_path = src:~/stubs", "~/stubs"),
        ("api/ruff.toml", 'extend = "../../ruff.toml"', "../ruff.toml"),
        ("ruff.toml", 'extend = "../ruff.toml"', "../ruff.toml"),
        ("api/pyproject.toml", 'common = {path = "../../../libs/common"}', "../../libs/common"),
        ("api/requirements/dev.txt", "-e ../../../libs/common[all]", "../libs/common"),
        ("api/requirements.txt", "common @ file:///x/common", "/x/common"),
        ("api/tsconfig.json", '{"extends": "/x/base.json"}', "/x/base.json"),
    ],
)
def test_what_settings_name_outside_of_the_root_is_told(
    make_tree: MakeTree, name: str, text: str, outside: str
) -> None:
    tree = make_tree({"api/app.py": "", "web/app.js": "", name: text})
    parts = (Backend("api", name="api"), Frontend("web", name="web"))
    assert find_inputs(tree, parts[0], parts).outside == {outside}
    assert find_inputs(tree, parts[1], parts).outside == (set() if "api/" in name else {outside})


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("api/pyproject.toml", 'home = "https://example.org/x"\n# and/or //x\n"/usr/bin/env"'),
        ("api/package.json", '{"main": "src/x.js", "x": "npm run x > /dev/null", "base": "/home"}'),
        ("api/manage.py", "#!/x/python\nroute('/x/y')"),
        ("api/compose.yaml", "- ../../other:/x/y"),
        ("noxfile.py", "reads=('../other',)"),
    ],
)
def test_what_only_looks_like_a_path_outside_is_none(
    make_tree: MakeTree, name: str, text: str
) -> None:
    part = Backend("api", name="api")
    tree = make_tree({"api/app.py": "", name: text})
    assert find_inputs(tree, part, (part,)).outside == set()


def test_what_a_file_of_another_folder_names_outside_is_told(make_tree: MakeTree) -> None:
    part = Backend("api", name="api")
    files = {
        "api/requirements.txt": "-r ../common/all.txt\n",
        "common/all.txt": "-r ../../base.txt",
    }
    assert find_inputs(make_tree(files), part, (part,)).outside == {"../base.txt"}


def test_an_absolute_path_in_the_repository_is_one_of_its_files(make_tree: MakeTree) -> None:
    part = Backend("api", name="api")
    root = make_tree({}).root
    tree = make_tree({"api/mypy.ini": f"mypy_path = {root}/lib", "lib/x.pyi": ""})
    found = find_inputs(tree, part, (part,))
    assert "lib/x.pyi" in found.files and not found.outside
