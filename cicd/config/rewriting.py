"""Scripts that rewrite files, and the commands that only check the same."""

from __future__ import annotations

import re
import shlex

from cicd.config.script_text import commands_of

_DROPPED = frozenset(
    "--fix --fix-dry-run --fix-suggestions --fix-dangerously --write --unsafe --apply "
    "--apply-unsafe --quiet-fix".split()
)
_RUNNERS = (("npx",), ("bunx",), ("pnpm", "exec"), ("npm", "exec", "--"), ("yarn", "run"),
            ("pnpm", "dlx"), ("pnpm",), ("yarn",), ("bun", "x"), ("bun", "run"))  # fmt: skip
_ONLY_LOOKS = ("--check", "-c", "--list-different", "-l")


def writes(text: str) -> bool:
    """Whether one of the commands of a script changes files."""
    return any(_writes(tokens_of(command)) for command in commands_of(text))


def check_of(text: str) -> tuple[str, ...] | None:
    """The command without what makes it write; None for more than one command."""
    commands = commands_of(text)
    if len(commands) != 1 or re.search(r"[<>`$]", text):
        return None
    tokens = tokens_of(commands[0])
    tool = tokens[0] if tokens else ""
    kept = tuple(token for token in tokens if token.partition("=")[0] not in _DROPPED)
    if tool == "prettier":
        kept = tuple(t for t in kept if t not in ("-w", *_ONLY_LOOKS))
        return (tool, "--check", *kept[1:])
    if tool == "oxfmt":
        return (tool, "--check", *kept[1:])
    if tool == "dprint":
        return (tool, "check", *kept[2:])
    if tool == "vue-cli-service":
        return (*kept, "--no-fix")
    if tool == "gts":
        return (tool, "check", *kept[2:])
    return kept if not _writes(list(kept)) else None


def tokens_of(command: str) -> list[str]:
    try:
        tokens = shlex.split(command)
    except ValueError:
        tokens = command.split()
    for runner in _RUNNERS:
        if tuple(tokens[: len(runner)]) == runner and len(tokens) > len(runner):
            return tokens[len(runner) :]
    return tokens


def _writes(tokens: list[str]) -> bool:
    tool = tokens[0] if tokens else ""
    flags = {token.partition("=")[0] for token in tokens}
    if tool == "oxfmt":
        return not flags & {"--check", "--list-different"}
    if tool == "vue-cli-service":
        return "lint" in tokens and "--no-fix" not in flags
    if tool in ("dprint", "gts"):
        return tokens[1:2] in (["fmt"], ["fix"])
    if tool == "prettier" and flags & {"--write", "-w"}:
        return True
    return bool(flags & {"--fix", "--write", "--apply", "--apply-unsafe"})
