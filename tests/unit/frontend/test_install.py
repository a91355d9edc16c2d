import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from cicd.config.parts import Frontend
from cicd.errors import CheckFailed, RemoteError, SettingsError
from cicd.frontend.install import install_packages
from cicd.frontend.install_commands import find_lock, plan_install
from cicd.frontend.toolchain import Toolchain
from cicd.system.place import Place
from cicd.testing import FakeRunner

PACKAGE = {"version": "7.0.0", "resolved": "https://…", "integrity": "sha512-…"}
OTHER_PLATFORM = {"version": "2.0.0", "optional": True, "os": ["darwin"]}
CI = ("npm", "ci", "--no-audit", "--no-fund")


def write_lock(web: Path) -> None:
    packages = {
        "": {"name": "web", "dependencies": {"is-number": "^7.0.0"}},
        "node_modules/is-number": PACKAGE,
        "node_modules/fsevents": OTHER_PLATFORM,
    }
    lock = {"lockfileVersion": 3, "packages": packages}
    (web / "package-lock.json").write_text(json.dumps(lock))


def write_modules(web: Path, **change: str) -> None:
    """What `npm ci` leaves, here without fsevents."""
    (web / "node_modules/is-number").mkdir(parents=True)
    hidden = {"packages": {"node_modules/is-number": {**PACKAGE, **change}}}
    (web / "node_modules/.package-lock.json").write_text(json.dumps(hidden))


@pytest.fixture
def web(place: Place, write_manifest: Callable[..., None]) -> Path:
    write_manifest(dependencies={"is-number": "^7.0.0"})
    write_lock(place.root / "web")
    return place.root / "web"


@pytest.mark.parametrize(
    ("name", "version", "lock", "arguments"),
    [
        ("npm", "10.0.0", "package-lock.json", "ci --no-audit --no-fund"),
        ("pnpm", "10.0.0", "pnpm-lock.yaml", "install --frozen-lockfile"),
        ("yarn", "1.22.22", "yarn.lock", "install --frozen-lockfile --non-interactive"),
        ("yarn", "4.1.0", "yarn.lock", "install --immutable"),
        ("bun", "1.4.5", "bun.lock", "install --frozen-lockfile"),
        ("npm", "10.0.0", "", "install --no-save --no-package-lock --no-audit --no-fund"),
        ("pnpm", "10.0.0", "", "install --no-lockfile"),
        ("yarn", "1.22.22", "", "install --no-lockfile --non-interactive"),
        ("bun", "1.4.5", "", "install --no-save"),
    ],
)
def test_every_manager_installs_without_writing_a_lock(
    part: Frontend, toolchain: Toolchain, name: str, version: str, lock: str, arguments: str
) -> None:
    manager = replace(toolchain.manager, name=name, version=version, command=(name,))
    if lock:
        (toolchain.lock_root / lock).touch()
    chain = replace(toolchain, manager=manager)
    command = plan_install(part, chain, find_lock(toolchain.lock_root, name))
    assert str(command) == f"{name} {arguments}"
    assert command.env["NODE_ENV"] is None


def test_yarn_4_without_a_lock_is_a_wrong_setting(part: Frontend, toolchain: Toolchain) -> None:
    manager = replace(toolchain.manager, name="yarn", version="4.1.0")
    with pytest.raises(SettingsError, match="cannot install without a yarn.lock"):
        plan_install(part, replace(toolchain, manager=manager), None)


def test_dependencies_are_installed_once(
    place: Place, part: Frontend, toolchain: Toolchain, runner: FakeRunner, web: Path
) -> None:
    runner.answer(*CI)
    assert install_packages(place, part, toolchain).ran
    assert not install_packages(place, part, toolchain).ran
    assert [command.argv for command in runner.commands] == [CI]


def test_a_developers_node_modules_that_match_the_lock_are_kept(
    place: Place, part: Frontend, toolchain: Toolchain, runner: FakeRunner, web: Path
) -> None:
    write_modules(web)
    assert not install_packages(place, part, toolchain).ran
    assert runner.commands == []


def _another_version(web: Path) -> None:
    write_modules(web, version="6.0.0")


def _a_folder_removed(web: Path) -> None:
    write_modules(web)
    (web / "node_modules/is-number").rmdir()


def _a_range_moved(web: Path) -> None:
    write_modules(web)
    (web / "package.json").write_text('{"dependencies": {"is-number": "^7.1.0"}}')


def _one_too_many(web: Path) -> None:
    write_modules(web)
    hidden = web / "node_modules/.package-lock.json"
    packages = json.loads(hidden.read_text())["packages"]
    hidden.write_text(json.dumps({"packages": {**packages, "node_modules/is-odd": {}}}))


@pytest.mark.parametrize(
    "spoil", [_another_version, _a_folder_removed, _a_range_moved, _one_too_many]
)
def test_node_modules_that_differ_are_installed_anew(
    place: Place,
    part: Frontend,
    toolchain: Toolchain,
    runner: FakeRunner,
    web: Path,
    spoil: Callable[[Path], None],
) -> None:
    spoil(web)
    runner.answer(*CI)
    assert install_packages(place, part, toolchain).ran


def test_an_installation_behind_our_back_is_noticed(
    place: Place, part: Frontend, toolchain: Toolchain, runner: FakeRunner, web: Path
) -> None:
    runner.answer(*CI)
    install_packages(place, part, toolchain)
    write_modules(web, version="6.0.0")
    assert install_packages(place, part, toolchain).ran


def test_another_major_of_node_installs_anew(
    place: Place, part: Frontend, toolchain: Toolchain, runner: FakeRunner, web: Path
) -> None:
    write_modules(web)
    runner.answer(*CI)
    install_packages(place, part, toolchain)
    newer = replace(toolchain, node=replace(toolchain.node, version="22.0.0"))
    assert install_packages(place, part, newer).ran


def test_an_interrupted_installation_is_done_again(
    place: Place, part: Frontend, toolchain: Toolchain, runner: FakeRunner, web: Path
) -> None:
    runner.answer(*CI, return_code=-15, timed_out=True)
    with pytest.raises(CheckFailed, match="did not end within 900 s"):
        install_packages(place, part, toolchain)
    write_modules(web)
    runner.answer(*CI)
    assert install_packages(place, part, toolchain).ran


def test_a_package_without_a_lock_says_so_every_time(
    place: Place, part: Frontend, toolchain: Toolchain, runner: FakeRunner, web: Path
) -> None:
    (web / "package-lock.json").unlink()
    runner.answer("npm", "install")
    notes = [install_packages(place, part, toolchain).notes for _ in range(2)]
    assert notes == [("web: no lock file: versions are not pinned",)] * 2


def test_a_lock_that_disagrees_fails_and_names_the_package(
    place: Place, part: Frontend, toolchain: Toolchain, runner: FakeRunner, web: Path
) -> None:
    output = (
        "npm error `npm ci` can only install packages when your package.json and\n"
        "npm error Missing: is-odd@3.0.1 from lock file\n"
    )
    runner.answer(*CI, return_code=1, output=output)
    with pytest.raises(CheckFailed) as caught:
        install_packages(place, part, toolchain)
    (failure,) = caught.value.outcome.failures
    assert failure.title == (
        "package-lock.json disagrees with package.json: is-odd@3.0.1 is missing from the lock"
    )
    assert failure.path == "web/package-lock.json"
    assert failure.fix == "run `npm install` in web, commit package-lock.json"


def test_an_unreachable_registry_is_no_fault_of_the_code(
    place: Place, part: Frontend, toolchain: Toolchain, runner: FakeRunner, web: Path
) -> None:
    runner.answer(*CI, return_code=1, output="npm error code ENOTFOUND\n")
    with pytest.raises(RemoteError, match="web: npm cannot install: npm error code ENOTFOUND"):
        install_packages(place, part, toolchain)


def test_a_script_that_fails_during_the_installation_is_shown(
    place: Place, part: Frontend, toolchain: Toolchain, runner: FakeRunner, web: Path
) -> None:
    runner.answer(*CI, return_code=1, output="npm error code 1\nnpm error sh: gcc: not found\n")
    with pytest.raises(CheckFailed) as caught:
        install_packages(place, part, toolchain)
    assert "gcc: not found" in caught.value.outcome.failures[0].detail
