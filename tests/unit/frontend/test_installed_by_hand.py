"""What is written down when packages are installed, and not when they are only found there."""

import json
from collections.abc import Callable
from pathlib import Path

from cicd.config.parts import Frontend
from cicd.frontend.install import install_packages
from cicd.frontend.runtime import managed_folders, managed_shelves
from cicd.frontend.toolchain import Toolchain
from cicd.system.node_packages import made_path, read_changes
from cicd.system.place import Place


def put(web: Path, version: str) -> None:
    folder = web / "node_modules" / "is-number"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "package.json").write_text(json.dumps({"version": version}))


def write_locks(web: Path) -> None:
    held = {"version": "7.0.0", "resolved": "https://…", "integrity": "sha512-…"}
    wanted = {"": {"name": "web", "dependencies": {"is-number": "^7.0.0"}}}
    packages = {"node_modules/is-number": held}
    (web / "package-lock.json").write_text(json.dumps({"packages": {**wanted, **packages}}))
    hidden = web / "node_modules" / ".package-lock.json"
    hidden.write_text(json.dumps({"packages": packages}))


def test_a_package_that_somebody_changes_after_an_installation_is_told(
    place: Place,
    part: Frontend,
    toolchain: Toolchain,
    write_manifest: Callable[..., None],
) -> None:
    web = place.root / "web"
    write_manifest(dependencies={"is-number": "^7.0.0"})
    put(web, "7.0.0")
    write_locks(web)

    def changes() -> dict[str, tuple[str, str]]:
        install_packages(place, part, toolchain)
        return read_changes(made_path(place.state, "web"), web, ".")

    assert changes() == {}
    put(web, "6.0.0")
    assert changes() == {"is-number": ("7.0.0", "6.0.0")}
    assert changes() == {"is-number": ("7.0.0", "6.0.0")}
    put(web, "7.0.0")
    assert changes() == {}


def test_every_managed_node_lies_on_a_shelf(tmp_path: Path) -> None:
    for place in (".nvm/versions/node/v20.1.0/bin", ".volta/tools/image/node/20.2.0/bin"):
        (tmp_path / place).mkdir(parents=True)
    environ = {"HOME": str(tmp_path)}
    found = managed_folders(environ)
    assert len(found) == 2
    shelves = managed_shelves(environ)
    assert all(any(folder.is_relative_to(shelf) for shelf in shelves) for folder in found)
