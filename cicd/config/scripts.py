"""A frontend's checks: the package's own scripts, else the usual tools it depends on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cicd.config.files import join
from cicd.config.finding import Finding
from cicd.config.rewriting import check_of, writes
from cicd.config.script_text import Scripts, is_delegating
from cicd.config.workspaces import is_node_root, node_root, turbo_waits

if TYPE_CHECKING:
    from cicd.config.files import Files

VERBS = {
    "format": (
        "format:check format-check check-format check:format format:ci prettier:check "
        "check:prettier check-prettier prettier-check fmt:check validate:formatting "
        "validate:format format:verify format prettier fmt"
    ).split(),
    "lint": "lint:ci lint:check lint lint-check check:lint validate:lint eslint".split(),
    "types": (
        "typecheck type-check check-types check:types types:check type:check validate:types "
        "types:ci type_check check-type ts:check check-ts types tsc typescript vue-tsc"
    ).split(),
    "test": (
        "test:ci test:unit test unit-test test:run test:jest test:vitest jest vitest unit"
    ).split(),
    "build": ["build"],
}
_TYPES = re.compile(r"tsc\b|tsgo\b|svelte-check|flow\b|astro check|typecheck|type-check|nuxi")
_BROWSER = re.compile(r"\b(playwright|cypress|testcafe|nightwatch|wdio|detox|maestro)\b")
_NATIVE = re.compile(r"\b(tauri|electron-builder|electron-forge|eas|gradlew|cargo|docker)\b")
_NONE = ("no test", "not implemented", "skip")


def find_script(files: Files, folder: str, verb: str) -> Finding:
    """A script's name, a command as a tuple where the script would write, or None."""
    scripts = Scripts(files, folder)
    notes: list[str] = []
    for name in VERBS[verb]:
        if name in scripts and (found := _usable(scripts, verb, name, notes)):
            if turbo_waits(files, folder, name) and isinstance(found, str):
                found = ("turbo", "run", name)
            return Finding(found, scripts.origin(name), *notes)
    return _tool(files, folder, verb, notes)


def _usable(
    scripts: Scripts, verb: str, name: str, notes: list[str]
) -> str | tuple[str, ...] | None:
    """The script or its harmless form; None, with a note that says why, when it is no check."""
    text = scripts.whole(name)
    if _does_nothing(text) or is_delegating(scripts, name):
        return None
    if reason := _unfit(verb, text):
        notes.append(f"script `{name}` is left out: {reason}")
        return None
    if verb in ("format", "lint") and writes(text):
        return _harmless(scripts, name, notes)
    return name if verb != "format" or _checks_format(name, text) else None


def _harmless(scripts: Scripts, name: str, notes: list[str]) -> tuple[str, ...] | None:
    if command := check_of(scripts.expanded(name)):
        notes.append(f"script `{name}` rewrites files: it is run as `{' '.join(command)}`")
        return command
    notes.append(f"script `{name}` is left out: it rewrites files")
    return None


def _unfit(verb: str, text: str) -> str:
    if verb == "test" and _BROWSER.search(text):
        return "it drives a browser against a running application"
    if verb == "build" and _NATIVE.search(text):
        return "it builds for a device, not for the web"
    if verb == "types" and not _TYPES.search(text):
        return "it checks no types"
    return ""


def _checks_format(name: str, text: str) -> bool:
    """A script merely called `format` counts when it only looks."""
    return name not in ("format", "prettier", "fmt") or bool(
        re.search(r"--check\b|(?<=\s)-c\b|--list-different|(?<=\s)-l\b|--dry-run", text)
        or re.search(r"biome (format|check)|rome (format|check)", text)
    )


def _does_nothing(text: str) -> bool:
    """What `npm init` writes, and what people write to silence a caller."""
    words = text.strip().lower()
    said = words.startswith("echo") and any(none in words for none in _NONE)
    return said or words in ("", "true", "exit 0")


def _tool(files: Files, folder: str, verb: str, notes: list[str]) -> Finding:
    """The command of a tool that is a dependency of the package, where it has sources."""
    from cicd.config.node_tools import TOOLS, has_sources

    if is_node_root(files, folder) and node_root(files, folder) == folder:
        return Finding(None, "default", *notes)
    if verb == "format" and _biome_checks(files, folder):
        return Finding(None, "default", *notes, "`lint` checks the format too")
    package = files.json(join(folder, "package.json"))
    depends = {**(package.get("dependencies") or {}), **(package.get("devDependencies") or {})}
    for tool, command in TOOLS.get(verb, ()):
        if tool in depends and (argv := command(files, folder)) and has_sources(files, folder):
            return Finding(argv, files.at(join(folder, "package.json"), f'"{tool}"'), *notes)
    return Finding(None, "default", *notes)


def _biome_checks(files: Files, folder: str) -> bool:
    """`biome check` lints and looks at the format in one go."""
    scripts = Scripts(files, folder)
    return any("biome check" in scripts.whole(name) for name in VERBS["lint"] if name in scripts)
