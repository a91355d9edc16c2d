"""GitHub's runner, as far as it reads the screen: which commands it obeys."""

import re
from dataclasses import dataclass, field

_KNOWN = {"error", "warning", "notice", "add-mask", "group", "endgroup", "set-output"}


@dataclass(frozen=True)
class Obeyed:
    """A command that the runner has obeyed, unescaped."""

    name: str
    message: str = ""
    properties: dict[str, str] = field(default_factory=dict)


def obey(log: str) -> list[Obeyed]:
    """https://github.com/actions/runner: src/Runner.Worker/ActionCommandManager.cs"""
    found: list[Obeyed] = []
    word = ""
    for line in re.split(r"\r\n|\r|\n", log):
        command = _parse(line)
        if word:
            word = "" if command and command.name == word else word
        elif command and command.name == "stop-commands":
            word = command.message
        elif command and command.name in _KNOWN:
            found.append(command)
    return found


def _parse(line: str) -> Obeyed | None:
    if found := re.match(r"::([^\s:]+)(?: (.*?))?::(.*)", line.lstrip()):
        given = (pair.partition("=") for pair in (found[2] or "").split(",") if pair)
        properties = {name.strip(): _unescape(value) for name, _, value in given}
        return Obeyed(found[1], _unescape(found[3]), properties)
    if found := re.search(r"##\[(\S+?)( [^\]]*)?\](.*)", line):
        return Obeyed(found[1], found[3])
    return None


def _unescape(text: str) -> str:
    for escaped, sign in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(escaped, sign)
    return text
