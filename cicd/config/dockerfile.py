"""A Dockerfile as its stages: what each is based on, copies, exposes and asks for its health."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_DIRECTIVE = re.compile(r"#\s*(syntax|escape)\s*=\s*(\S+)\s*", re.I)
_HEREDOC = re.compile(r"<<-?\s*([\"']?)([A-Za-z_]\w*)\1")
_VARIABLE = re.compile(r"\$(?:\{(\w+)(?::?([-+])([^}]*))?\}|(\w+))")
_FLAG = re.compile(r"--([\w-]+)(?:=(\S+))?\s+")


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction, its lines joined. `line` is that of its first word."""

    word: str
    text: str
    line: int

    @property
    def flags(self) -> dict[str, str]:
        """`--from=base` and the like, before the arguments."""
        found, rest = {}, self.text
        while match := _FLAG.match(rest):
            found[match[1]] = match[2] or ""
            rest = rest[match.end() :]
        return found

    @property
    def arguments(self) -> str:
        rest = self.text
        while match := _FLAG.match(rest):
            rest = rest[match.end() :]
        return rest


@dataclass(frozen=True, slots=True)
class Stage:
    """From one FROM to the next. `base` is an image, an earlier stage or "scratch"; "" when it
    hangs on an argument that nobody gives."""

    name: str
    base: str
    line: int
    instructions: tuple[Instruction, ...]

    def those(self, *words: str) -> Iterator[Instruction]:
        return (each for each in self.instructions if each.word in words)


@dataclass(frozen=True, slots=True)
class Dockerfile:
    """`syntax` is the image of its frontend, or ""."""

    syntax: str
    stages: tuple[Stage, ...]

    def stage(self, name: str | None) -> Stage | None:
        """The stage of this name or number; without one, the last."""
        if name is None:
            return self.stages[-1] if self.stages else None
        found = [each for each in self.stages if each.name.lower() == name.lower()]
        if not found and name.isdigit() and int(name) < len(self.stages):
            return self.stages[int(name)]
        return found[-1] if found else None

    def built_for(self, target: str | None) -> list[Stage]:
        """The target's stage and those that it needs, itself first."""
        found: list[Stage] = []
        waiting = [self.stage(target)]
        while waiting:
            stage = waiting.pop()
            if stage and stage not in found:
                found.append(stage)
                waiting += [self._before(stage, name) for name in _sources(stage)]
        return found

    def bases(self, target: str | None) -> tuple[str, ...]:
        """The images that a build of the target takes from elsewhere."""
        found = [self.syntax]
        for stage in self.built_for(target):
            found += [name for name in _sources(stage) if not self._before(stage, name)]
        kept = (name for name in found if name and name != "scratch" and "$" not in name)
        return tuple(dict.fromkeys(kept))

    def chain(self, target: str | None) -> list[Stage]:
        """The target's stage, the one that it is based on, and so on: what its image inherits."""
        found: list[Stage] = []
        stage = self.stage(target)
        while stage:
            found.append(stage)
            stage = self._before(stage, stage.base)
        return found

    def _before(self, stage: Stage, name: str) -> Stage | None:
        """An earlier stage of this name or number: a stage may bear the name of its own base."""
        return Dockerfile("", self.stages[: self.stages.index(stage)]).stage(name)


def parse_dockerfile(text: str, given: Mapping[str, str] | None = None) -> Dockerfile:
    """`given` are build arguments. What cannot be read is left to BuildKit to complain of."""
    directives = dict(_directives(text))
    arguments: dict[str, str] = {}
    stages: list[Stage] = []
    open_stage: list[Instruction] = []
    for each in _instructions(text, directives.get("escape", "\\")):
        if each.word == "FROM":
            open_stage = []
            stages.append(_stage(each, arguments, open_stage))
        elif stages:
            open_stage.append(each)
            stages[-1] = Stage(stages[-1].name, stages[-1].base, stages[-1].line, tuple(open_stage))
        elif each.word == "ARG":
            arguments.update(_argument(each, arguments, given or {}))
    return Dockerfile(directives.get("syntax", ""), tuple(stages))


def expand(text: str, values: Mapping[str, str]) -> str:
    """`$NAME`, `${NAME:-default}` and `${NAME:+other}` put in; unknown ones stay as they are."""

    def put(match: re.Match[str]) -> str:
        value = values.get(match[1] or match[4])
        if match[2] == "+":
            return match[3] if value else ""
        if match[2] == "-" and not value:
            return match[3]
        return match[0] if value is None else value

    return _VARIABLE.sub(put, text)


def _directives(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        found = _DIRECTIVE.fullmatch(line.strip())
        if not found:
            return
        yield found[1].lower(), found[2]


def _instructions(text: str, escape: str) -> Iterator[Instruction]:
    """Lines joined, comments left out, the bodies of heredocs skipped."""
    lines = iter(enumerate(text.splitlines(), start=1))
    for number, line in lines:
        whole = line.strip()
        if not whole or whole.startswith("#"):
            continue
        while whole.endswith(escape):
            _, following = next(
                ((n, t) for n, t in lines if not t.lstrip().startswith("#")), (0, "")
            )
            whole = f"{whole[: -len(escape)]} {following.strip()}".rstrip()
        word, _, rest = whole.partition(" ")
        for _, name in _HEREDOC.findall(rest) if word.upper() in ("RUN", "COPY", "ADD") else ():
            next((t for _, t in lines if t.strip() == name), None)
        yield Instruction(word.upper(), rest.strip(), number)


def _stage(each: Instruction, arguments: Mapping[str, str], body: list[Instruction]) -> Stage:
    words = each.arguments.split()
    name = words[2] if len(words) > 2 and words[1].lower() == "as" else ""
    base = expand(words[0], arguments) if words else ""
    return Stage(name, "" if "$" in base else base, each.line, tuple(body))


def _argument(
    each: Instruction, arguments: Mapping[str, str], given: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    for word in _words(each.text):
        name, equals, default = word.partition("=")
        if name in given or equals:
            yield name, given.get(name, expand(default, arguments))


def _words(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:
        return text.split()


def _sources(stage: Stage) -> list[str]:
    """What a stage takes from: its base, `COPY --from=…` and `RUN --mount=…,from=…`."""
    copied = [each.flags.get("from", "") for each in stage.those("COPY", "ADD")]
    mounted = [
        name for each in stage.those("RUN") for name in re.findall(r"[=,]from=([^,\s]+)", each.text)
    ]
    return [name for name in (stage.base, *copied, *mounted) if name]
