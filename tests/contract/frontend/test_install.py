import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from tests.contract.frontend.conftest import make_part, write_manifest

from cicd.config.parts import Frontend
from cicd.errors import CheckFailed, RemoteError
from cicd.frontend.install import install_packages
from cicd.frontend.toolchain import Toolchain
from cicd.model import Command
from cicd.system.place import Place

pytestmark = pytest.mark.network

Open = Callable[[Place, Frontend], Toolchain]
ONLY_LOCK = {
    "npm": ("install", "--package-lock-only"),
    "pnpm": ("install", "--lockfile-only"),
    "yarn": ("install", "--ignore-scripts"),
    "bun": ("install",),
}
MANAGERS = [
    ("npm", {}),
    ("pnpm", {}),
    ("pnpm", {"packageManager": "pnpm@8.15.9"}),
    ("yarn", {"packageManager": "yarn@1.22.22"}),
    ("yarn", {"packageManager": "yarn@4.18.1"}),
    ("bun", {}),
]


def write_lock(place: Place, toolchain: Toolchain) -> None:
    manager = toolchain.manager
    if manager.is_berry:
        (toolchain.folder / "yarn.lock").touch()
    arguments = () if manager.is_berry else ONLY_LOCK[manager.name]
    env = {"PATH": manager.path, "YARN_ENABLE_IMMUTABLE_INSTALLS": "0"}
    command = Command((*manager.command, *arguments), cwd=toolchain.folder, env=env)
    done = place.runner.run(command)
    assert done.ok, done.output


@pytest.mark.parametrize(("name", "fields"), MANAGERS, ids=lambda value: str(value))
def test_every_manager_installs_from_its_lock_and_tells_where_it_disagrees(
    place: Place, open_toolchain: Open, name: str, fields: dict[str, str]
) -> None:
    part = make_part(name)
    folder = place.root / part.path
    write_manifest(folder, dependencies={"is-number": "^6.0.0"}, **fields)
    (folder / ".yarnrc.yml").write_text("nodeLinker: node-modules\nenableTelemetry: false\n")
    toolchain = open_toolchain(place, part)
    write_lock(place, toolchain)

    install_packages(place, part, toolchain)
    installed = json.loads((folder / "node_modules/is-number/package.json").read_text())
    assert installed["version"] == "6.0.0"
    assert not install_packages(place, part, toolchain).ran

    before = {path: path.read_bytes() for path in folder.glob("*lock*")}
    write_manifest(folder, dependencies={"is-number": "^7.0.0", "is-odd": "3.0.1"}, **fields)
    with pytest.raises(CheckFailed) as caught:
        install_packages(place, part, toolchain)
    (failure,) = caught.value.outcome.failures
    assert "disagrees with package.json" in failure.title
    assert "is-number" in f"{failure.title}\n{failure.detail}"
    assert failure.path.startswith("web ü/")
    assert {path: path.read_bytes() for path in folder.glob("*lock*")} == before


def test_npms_own_installation_is_kept_and_a_spoilt_one_is_not(
    place: Place, open_toolchain: Open
) -> None:
    part = make_part()
    folder = place.root / part.path
    write_manifest(folder, dependencies={"is-odd": "3.0.1"}, optionalDependencies={"fsevents": "2"})
    toolchain = open_toolchain(place, part)
    by_hand = Command((*toolchain.manager.command, "install", "--no-audit"), cwd=folder)
    assert place.runner.run(by_hand).ok
    assert not install_packages(place, part, toolchain).ran
    (folder / "node_modules/is-number").rename(folder / "node_modules/.gone")
    (place.state / "frontend").rename(place.state / "before")
    assert install_packages(place, part, toolchain).ran
    assert (folder / "node_modules/is-number").is_dir()


def test_a_workspace_is_installed_where_its_lock_lies(place: Place, open_toolchain: Open) -> None:
    part = make_part()
    root, inner = place.root / part.path, place.root / part.path / "packages/inner"
    write_manifest(root, workspaces=["packages/*"])
    write_manifest(inner, name="inner", dependencies={"is-number": "6.0.0"})
    toolchain = open_toolchain(place, part)
    write_lock(place, toolchain)
    assert install_packages(place, part, toolchain).ran
    assert (root / "node_modules/is-number").is_dir()
    (place.state / "frontend").rename(place.state / "before")
    assert not install_packages(place, part, toolchain).ran


def test_a_workspace_that_yarn_1_does_not_compare_is_compared(
    place: Place, open_toolchain: Open
) -> None:
    part = make_part("yarn")
    root, inner = place.root / part.path, place.root / part.path / "packages/inner"
    write_manifest(root, workspaces=["packages/*"])
    write_manifest(inner, name="inner", dependencies={"is-number": "^6.0.0"})
    toolchain = replace(open_toolchain(place, part), folder=inner)
    write_lock(place, replace(toolchain, folder=root))
    assert install_packages(place, part, toolchain).ran
    write_manifest(inner, name="inner", dependencies={"is-number": "^7.0.0"})
    with pytest.raises(CheckFailed, match="is-number@.7.0.0 is missing from the lock"):
        install_packages(place, part, toolchain)


def test_sessions_at_the_same_time_install_once(place: Place, open_toolchain: Open) -> None:
    part = make_part()
    write_manifest(place.root / part.path, dependencies={"is-number": "6.0.0"})
    toolchain = open_toolchain(place, part)
    write_lock(place, toolchain)
    with ThreadPoolExecutor(3) as sessions:
        done = [sessions.submit(install_packages, place, part, toolchain) for _ in range(3)]
    assert sorted(one.result().ran for one in done) == [False, False, True]


def test_a_registry_that_does_not_answer_is_told(place: Place, open_toolchain: Open) -> None:
    part = make_part()
    folder: Path = place.root / part.path
    write_manifest(folder, dependencies={"is-number": "6.0.0"})
    settings = "registry=http://127.0.0.1:9/\nfetch-retries=0\ncache=./.cache\n"
    (folder / ".npmrc").write_text(settings)
    env = {"npm_config_cache": str(place.root / "empty")}
    with pytest.raises(RemoteError, match="ECONNREFUSED"):
        install_packages(place, make_part(env=env), open_toolchain(place, part))
