from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from cicd.config.parts import Frontend
from cicd.errors import SettingsError
from cicd.frontend.fix import fix_commands
from cicd.frontend.package import read_package
from cicd.frontend.scripts import plan_script
from cicd.frontend.toolchain import Toolchain

Manifest = Callable[..., None]


def put_tool(folder: Path, name: str) -> Path:
    tool = folder / "node_modules/.bin" / name
    tool.parent.mkdir(parents=True, exist_ok=True)
    tool.touch()
    return tool


@pytest.mark.parametrize(
    ("manager", "argv"),
    [
        ("npm", ("npm", "run", "lint", "--", "--quiet")),
        ("pnpm", ("pnpm", "run", "lint", "--quiet")),
        ("yarn", ("yarn", "run", "lint", "--quiet")),
        ("bun", ("bun", "run", "lint", "--quiet")),
    ],
)
def test_a_script_is_run_by_its_package_manager(
    part: Frontend,
    toolchain: Toolchain,
    write_manifest: Manifest,
    manager: str,
    argv: tuple[str, ...],
) -> None:
    write_manifest({"lint": "eslint ."})
    chain = replace(toolchain, manager=replace(toolchain.manager, name=manager, command=(manager,)))
    package = read_package(chain.folder, chain.lock_root)
    command = plan_script(part, "lint", chain, package, arguments=("--quiet",))
    assert command.argv == argv
    assert (command.cwd, command.env["CI"]) == (chain.folder, "true")


def test_the_parts_own_variables_win(
    part: Frontend, toolchain: Toolchain, write_manifest: Manifest
) -> None:
    write_manifest({"build": "react-scripts build"})
    package = read_package(toolchain.folder, toolchain.lock_root)
    quiet = replace(part, env={"CI": "false"})
    assert plan_script(quiet, "build", toolchain, package).env["CI"] == "false"


def test_a_tool_is_found_near_the_package_then_at_the_lock(
    part: Frontend, toolchain: Toolchain
) -> None:
    chain = replace(toolchain, lock_root=toolchain.folder.parent)
    own, shared = put_tool(chain.folder, "eslint"), put_tool(chain.lock_root, "prettier")
    put_tool(chain.lock_root, "eslint")
    package = read_package(chain.folder, chain.lock_root)
    tools = replace(part, lint=("eslint", "."), format=("prettier", "--check", "."))
    assert plan_script(tools, "lint", chain, package).argv == (str(own), ".")
    command = plan_script(tools, "format", chain, package)
    assert command.argv == (str(shared), "--check", ".")
    assert str(command.env["PATH"]).split(":")[:2] == [str(own.parent), str(shared.parent)]


def test_prettier_in_the_repositorys_root_leaves_our_state_out(
    part: Frontend, toolchain: Toolchain, write_manifest: Manifest
) -> None:
    write_manifest({"format:check": "prettier --check ."})
    package = read_package(toolchain.folder, toolchain.lock_root)
    whole = plan_script(replace(part, path="."), "format", toolchain, package)
    assert whole.argv[-2:] == ("--", "!.cicd/**")
    assert plan_script(part, "format", toolchain, package).argv[-1] == "format:check"


def test_a_script_that_is_not_there_is_a_wrong_setting(
    part: Frontend, toolchain: Toolchain, write_manifest: Manifest
) -> None:
    write_manifest({"start": "vite"})
    package = read_package(toolchain.folder, toolchain.lock_root)
    with pytest.raises(SettingsError, match=r"has no script `lint` \(scripts: start\)"):
        plan_script(part, "lint", toolchain, package)


@pytest.mark.parametrize(
    "text",
    [
        "eslint . --fix",
        "eslint --fix=true .",
        "prettier --write src && eslint .",
        "prettier -w .",
        "biome check --apply .",
        "npm run lint:fix",
        "yarn lint:fix",
        "run-s other lint:fix",
    ],
)
def test_a_check_that_writes_is_refused(
    part: Frontend, toolchain: Toolchain, write_manifest: Manifest, text: str
) -> None:
    write_manifest({"lint": text, "lint:fix": "eslint . --fix", "other": "true"})
    package = read_package(toolchain.folder, toolchain.lock_root)
    with pytest.raises(SettingsError, match="web lint: .* rewrites files"):
        plan_script(part, "lint", toolchain, package)


@pytest.mark.parametrize("text", ["eslint . --fix-dry-run", "prettier --check .", "eslint -w"])
def test_a_check_that_only_reads_is_run(
    part: Frontend, toolchain: Toolchain, write_manifest: Manifest, text: str
) -> None:
    write_manifest({"lint": text})
    package = read_package(toolchain.folder, toolchain.lock_root)
    assert plan_script(part, "lint", toolchain, package).argv == ("npm", "run", "lint")


def test_a_tuple_that_writes_is_refused_too(part: Frontend, toolchain: Toolchain) -> None:
    package = read_package(toolchain.folder, toolchain.lock_root)
    with pytest.raises(SettingsError, match="rewrites files"):
        plan_script(replace(part, lint=("eslint", "--fix")), "lint", toolchain, package)


@pytest.mark.parametrize(
    ("scripts", "dependencies", "commands"),
    [
        ({"format": "prettier --write ."}, {}, ["npm run format"]),
        (
            {"format": "prettier --write .", "lint:fix": "eslint . --fix"},
            {},
            ["npm run lint:fix", "npm run format"],
        ),
        ({"fix": "npm run all:fix", "all:fix": "eslint --fix ."}, {}, ["npm run fix"]),
        (
            {"format": "prettier --check ."},
            {"prettier": "3", "eslint": "9"},
            ["eslint --fix .", "prettier --write ."],
        ),
        ({}, {"@biomejs/biome": "2"}, ["biome check --write ."]),
        ({"lint": "eslint ."}, {}, []),
    ],
)
def test_what_can_write_fixes(
    part: Frontend,
    toolchain: Toolchain,
    write_manifest: Manifest,
    scripts: dict[str, str],
    dependencies: dict[str, str],
    commands: list[str],
) -> None:
    write_manifest(scripts, devDependencies=dependencies)
    package = read_package(toolchain.folder, toolchain.lock_root)
    assert [str(command) for command in fix_commands(part, toolchain, package)] == commands


def test_a_manifest_that_is_no_json_is_a_wrong_setting(toolchain: Toolchain) -> None:
    (toolchain.folder / "package.json").write_text("{")
    with pytest.raises(SettingsError, match="package.json is no JSON"):
        read_package(toolchain.folder, toolchain.lock_root)
