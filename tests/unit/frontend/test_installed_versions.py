"""The versions of a Node package's own dependencies."""

import json
from pathlib import Path
from typing import cast

from cicd.frontend.installed_versions import read_versions
from cicd.frontend.toolchain import Toolchain


class Folders:
    """As much of a toolchain as is asked for."""

    def __init__(self, folder: Path, lock_root: Path) -> None:
        self.folder, self.lock_root = folder, lock_root


def put(folder: Path, **manifest: object) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "package.json").write_text(json.dumps(manifest))


def test_versions_come_from_the_nearest_folder_and_the_workspaces_root(tmp_path: Path) -> None:
    web = tmp_path / "packages" / "web"
    put(tmp_path, devDependencies={"eslint": "^9", "prettier": "3"})
    put(web, dependencies={"react": "^19"}, devDependencies={"eslint": "^8", "gone": "1"})
    put(tmp_path / "node_modules" / "eslint", version="9.1.0")
    put(web / "node_modules" / "eslint", version="8.2.0")
    put(tmp_path / "node_modules" / "react", version="19.3.1")
    put(tmp_path / "node_modules" / "prettier")
    found = read_versions(cast(Toolchain, Folders(web, tmp_path)))
    assert found == {"eslint": "8.2.0", "react": "19.3.1"}
