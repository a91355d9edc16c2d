from pathlib import Path

import pytest

from cicd.frontend.lock_drift import explain_drift, names_remote, parse_drift
from cicd.frontend.toolchain import Toolchain

NPM = """\
npm error code EUSAGE
npm error `npm ci` can only install packages when your package.json and package-lock.json are …
npm error Invalid: lock file's is-number@6.0.0 does not satisfy is-number@7.0.0
npm error Missing: is-odd@3.0.1 from lock file
"""
PNPM_8 = """\
 ERR_PNPM_OUTDATED_LOCKFILE  Cannot install with "frozen-lockfile"
    specifiers in the lockfile ({"is-number":"^6.0.0"}) don't match specs in package.json \
({"is-number":"^7.0.0","is-odd":"3.0.1"})
"""
PNPM_10 = """\
 ERR_PNPM_OUTDATED_LOCKFILE  Cannot install with "frozen-lockfile"
* 1 dependencies were added: is-odd@3.0.1
* 1 dependencies are mismatched:
  - is-number (lockfile: ^6.0.0, manifest: ^7.0.0)
"""
PNPM_12 = """\
Error: ERR_PNPM_OUTDATED_LOCKFILE
      * 1 dependency was added: is-odd@3.0.1
        - is-number (lockfile: ^6.0.0, manifest: ^7.0.0)
"""
YARN_4 = """\
➤ YN0028: │ +"is-odd@npm:3.0.1":
➤ YN0028: │ +  version: 3.0.1
➤ YN0028: │ The lockfile would have been modified by this install, which is explicitly forbidden.
"""
BUN = """\
error: lockfile had changes, but lockfile is frozen
note: dependencies in package.json changed since bun.lock was saved: is-number changed from ^6 to ^7
"""
YARN_1 = "error Your lockfile needs to be updated, but yarn was run with `--frozen-lockfile`.\n"
ADDED = "is-odd@3.0.1 is missing from the lock"
MOVED = "is-number is locked for ^6.0.0, wanted ^7.0.0"


@pytest.mark.parametrize(
    ("output", "packages"),
    [
        (NPM, ("is-number@6.0.0 does not satisfy is-number@7.0.0", ADDED)),
        (PNPM_8, (MOVED, "is-odd is locked for nothing, wanted 3.0.1")),
        (PNPM_10, (ADDED, MOVED)),
        (PNPM_12, (ADDED, MOVED)),
        (YARN_4, ("is-odd@npm:3.0.1 is missing from the lock",)),
        (BUN, ("is-number changed from ^6 to ^7",)),
    ],
    ids=["npm", "pnpm 8", "pnpm 10", "pnpm 12", "yarn 4", "bun"],
)
def test_the_packages_are_those_that_the_tool_names(
    output: str, packages: tuple[str, ...], toolchain: Toolchain
) -> None:
    assert parse_drift(output) == packages
    assert explain_drift(toolchain, Path("lock"), output) == packages


def test_they_are_compared_where_the_tool_names_none(toolchain: Toolchain) -> None:
    (toolchain.folder / "package.json").write_text(
        '{"dependencies": {"is-number": "^7.0.0", "is-odd": "3.0.1", "@a/b": "^1"},'
        ' "devDependencies": {"w": "file:../w"}}'
    )
    lock = toolchain.folder / "yarn.lock"
    lock.write_text(
        '"@a/b@^1":\n  version "1.0.0"\n\nis-odd@3.0.1, is-odd@^3:\n  version "3.0.1"\n'
    )
    missing = ("is-number@^7.0.0 is missing from the lock",)
    assert explain_drift(toolchain, lock, YARN_1) == missing


def test_another_failure_is_no_disagreement(toolchain: Toolchain) -> None:
    output = "npm error code ENOENT\nnpm error Missing: things\n"
    assert explain_drift(toolchain, Path("lock"), output) == ()


def test_an_unreachable_registry_is_told_from_a_broken_package() -> None:
    refused = "npm error code ECONNREFUSED\nnpm error errno ECONNREFUSED\n"
    assert names_remote(refused) == "npm error code ECONNREFUSED"
    assert names_remote("npm error code ELIFECYCLE\n") == ""
