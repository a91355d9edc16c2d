"""How a frontend's packages come into the build stage: a block for each package manager."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd.config.files import folder_of, join
from cicd.config.node import lock_root
from cicd.config.workspaces import node_members
from cicd.images.dockerfiles import pins
from cicd.images.dockerfiles.node.development import needs_development

if TYPE_CHECKING:
    from cicd.config.files import Files
    from cicd.config.parts import Frontend
    from cicd.tree import Tree

_SETTINGS = (
    ".npmrc .yarnrc .yarnrc.yml .pnpmfile.cjs pnpm-workspace.yaml lerna.json turbo.json bunfig.toml"
).split()
_FOLDERS = (".yarn", "patches")
_LOCKS = "package-lock.json npm-shrinkwrap.json pnpm-lock.yaml yarn.lock bun.lock bun.lockb".split()
_SCRIPTS = ("preinstall", "install", "postinstall", "prepare")
_HARMLESS = re.compile(
    r"\s*(husky(\s+install)?|is-ci\s.*|lefthook install|simple-git-hooks)(\s*\|\|.*)?\s*"
)


@dataclass(frozen=True, slots=True)
class NodeInstall:
    """`context` is the folder that the build reads, `run` what starts a script of the package."""

    context: str
    block: str
    run: tuple[str, ...]


def plan_node_install(tree: Tree, files: Files, part: Frontend) -> NodeInstall:
    """Only what decides the packages is copied first: a changed source installs nothing again."""
    folder = folder_of(part.path)
    context = folder_of(str(lock_root(tree, part)))
    manager = str(part.package_manager)
    tool = _tool(files, context, folder, manager)
    sources = _needs_sources(files, context, folder)
    whole = sources or needs_development(files, folder, str(part.build))
    install = _cached(manager, _command(files, context, manager, whole=whole))
    copies = ["COPY . ."] if sources else _copies(files, context)
    return NodeInstall(context, "\n".join([*tool, *copies, install]), (manager, "run"))


def _tool(files: Files, context: str, folder: str, manager: str) -> list[str]:
    """npm is in the image; the others come from npm, in the version that the project names."""
    if manager == "npm" or (
        manager == "yarn" and "yarnPath:" in files.text(join(context, ".yarnrc.yml"))
    ):
        return []
    version = _version(files, context, folder, manager)
    berry = manager == "yarn" and not version.startswith("1.")
    package = "@yarnpkg/cli-dist" if berry else manager
    return [f"RUN npm install --global --force --no-fund --no-audit {package}@{version}"]


def _version(files: Files, context: str, folder: str, manager: str) -> str:
    for each in (folder, context):
        named = str(files.json(join(each, "package.json")).get("packageManager") or "")
        name, _, version = named.partition("@")
        if name == manager and version:
            return version.partition("+")[0]
    lock = files.text(join(context, "pnpm-lock.yaml" if manager == "pnpm" else "yarn.lock"))
    if manager == "pnpm":
        found = re.search(r"^lockfileVersion: '?(\d+)", lock, re.M)
        return {"5": "7.33.7", "6": "8.15.9"}.get(found[1] if found else "", pins.PNPM)
    if manager == "yarn":
        return "4.14.1" if "__metadata:" in lock else pins.YARN
    return pins.BUN


def _cached(manager: str, command: str) -> str:
    """The command, with what it downloads kept from one build to the next."""
    folder = f"/var/cache/{manager}"
    variable = {"npm": "npm_config_cache", "bun": "BUN_INSTALL_CACHE_DIR"}.get(manager)
    if manager == "pnpm":
        command = f"{command} --store-dir {folder}"
    elif manager == "yarn":
        berry = "--immutable" in command
        variable = "YARN_GLOBAL_FOLDER" if berry else "YARN_CACHE_FOLDER"
    given = f"{variable}={folder} " if variable else ""
    return f"RUN --mount=type=cache,target={folder} \\\n    {given}{command}"


def _command(files: Files, context: str, manager: str, *, whole: bool) -> str:
    locked = bool(files.first(context, *_LOCKS))
    if manager == "npm":
        less = "" if whole else " --omit=dev"
        return f"npm {'ci' if locked else 'install'}{less} --no-audit --no-fund"
    if manager == "yarn" and "__metadata:" in files.text(join(context, "yarn.lock")):
        return "yarn install --immutable"
    frozen = " --frozen-lockfile" if locked else ""
    less = "" if whole else {"pnpm": " --prod"}.get(manager, " --production")
    return f"{manager} install{frozen}{less}"


def _needs_sources(files: Files, context: str, folder: str) -> bool:
    """Whether installing runs scripts of the repository, or packages of it are installed."""
    if node_members(files, context) or context != folder:
        return True
    scripts = files.json(join(folder, "package.json")).get("scripts") or {}
    own = [str(scripts[name]) for name in _SCRIPTS if name in scripts]
    local = re.search(r'"(file|link|portal):', files.text(join(folder, "package.json")))
    return bool(local) or any(not _HARMLESS.fullmatch(text) for text in own)


def _copies(files: Files, context: str) -> list[str]:
    start = len(context) + 1 if context else 0
    names = [files.first(context, base)[start:] for base in (*_LOCKS, *_SETTINGS)]
    single = ["package.json", *(name for name in names if name)]
    folders = [each for each in _FOLDERS if files.below(join(context, each))]
    return [f"COPY {' '.join(single)} ./", *(f"COPY {each} {each}" for each in folders)]
