"""Reading the scripts of a package.json: what a script runs in the end."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cicd.config.files import join, line_at

if TYPE_CHECKING:
    from cicd.config.files import Files

_RUN = (
    r"^(?:npm (?:run|run-script)(?: -s| --silent)?|pnpm(?: run)?|yarn(?: run)?|bun run|npm"
    r"|run-s|run-p)(?: -s| --silent| -c)? (?P<name>[\w:.-]+)(?: --(?= |$))?(?P<rest>.*)$"
)
_ELSEWHERE = (
    r"^(?:npx |bunx |pnpm exec |yarn (?:run )?)?(?:turbo|nx|lerna|moon|rush|lage|wireit|wsrun)\b"
    r"|^(?:npm|pnpm|yarn|bun)\b.*(?: -r\b| --recursive\b| --filter\b| -F ?\S| --workspaces?\b"
    r"| -ws?\b| --prefix\b| -C ?\S| --cwd\b| --dir\b| workspaces? )"
    r"|^cd \S+|^(?:make|just|task|uv|poetry|python3?|docker|docker-compose|tox|nox|pre-commit)\b"
)
_MANAGERS = ("npm", "pnpm", "yarn", "bun", "run-")
_LEAVING = (
    *("npx", "turbo", "nx", "lerna", "moon", "rush", "lage", "wireit", "wsrun", "cd ", "make"),
    *("just", "task", "uv", "poetry", "python", "docker", "tox", "nox", "pre-commit"),
)
"""How what the patterns find begins: most scripts need none of them, and so no compiling."""
_DEPTH = 5


class Scripts:
    """The scripts of the package in one folder."""

    def __init__(self, files: Files, folder: str) -> None:
        self._files = files
        self._file = join(folder, "package.json")
        found = files.json(self._file).get("scripts")
        self._texts = {str(k): str(v) for k, v in found.items()} if isinstance(found, dict) else {}

    def __contains__(self, name: str) -> bool:
        return name in self._texts

    def text(self, name: str) -> str:
        return self._texts.get(name, "").strip()

    def origin(self, name: str) -> str:
        text, key = self._files.text(self._file), f'"{name}"'
        at = text.find(key, max(text.find('"scripts"'), 0))
        # The same text may stand in another script: only a key is followed by a colon.
        while at >= 0 and not text[at + len(key) :].lstrip().startswith(":"):
            at = text.find(key, at + 1)
        return f"{self._file}:{line_at(text, at)}" if at >= 0 else self._file

    def expanded(self, name: str, depth: int = _DEPTH) -> str:
        """The text, with a script that only calls another one replaced by it."""
        text = self.text(name)
        call = _call(text) if depth and not re.search(r"[;&|]", text) else None
        if call and call["name"] in self._texts and call["name"] != name:
            return self.expanded(call["name"], depth - 1) + call["rest"]
        return text

    def whole(self, name: str, depth: int = _DEPTH) -> str:
        """The texts of the script and of all scripts that it calls."""
        parts = [self.text(name)]
        for command in commands_of(parts[0]) if depth else ():
            call = _call(command)
            if call and call["name"] in self._texts and call["name"] != name:
                parts.append(self.whole(call["name"], depth - 1))
        return "\n".join(parts)


def commands_of(text: str) -> list[str]:
    """The commands that a shell line joins, without leading assignments."""
    pieces = re.split(r"&&|\|\||[;|&\n]", text)
    return [re.sub(r"^((cross-env )?\w+=\S* )+", "", piece.strip()) for piece in pieces if piece]


def is_delegating(scripts: Scripts, name: str, depth: int = _DEPTH) -> bool:
    """Whether a script does nothing but start scripts of other packages, or other tools."""
    commands = commands_of(scripts.text(name))
    if commands and commands[0].startswith("cd "):
        return True
    return bool(commands) and all(_leaves(scripts, name, each, depth) for each in commands)


def _call(command: str) -> re.Match[str] | None:
    """The script that a command starts."""
    return re.match(_RUN, command) if command.startswith(_MANAGERS) else None


def _leaves(scripts: Scripts, name: str, command: str, depth: int) -> bool:
    if command.startswith((*_LEAVING, *_MANAGERS)) and re.search(_ELSEWHERE, command):
        return True
    call = _call(command)
    inner = call["name"] if call else ""
    return bool(depth and inner in scripts and inner != name) and is_delegating(
        scripts, inner, depth - 1
    )
