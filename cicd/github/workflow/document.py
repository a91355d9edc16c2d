"""Reads workflow files, with the line on which everything stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cicd.errors import CheckFailed
from cicd.model import Failure, Outcome

if TYPE_CHECKING:
    import yaml

Keys = tuple[str | int, ...]

# What YAML 1.2 knows beside text, and GitHub with it: `on:` and `yes` are words there.
_PLAIN = {"true": True, "false": False, "null": None, "~": None, "": None}


@dataclass(frozen=True, slots=True)
class Workflow:
    """A workflow, or a composite action: what it says and where.

    Keys are text, as they are written. Numbers stay text too: nothing is counted here.
    """

    path: str
    content: Mapping[str, Any]
    lines: Mapping[Keys, int] = field(repr=False)

    def line(self, *keys: str | int) -> int:
        """Where this stands; what is not there would stand below the nearest that is."""
        while keys and keys not in self.lines:
            keys = keys[:-1]
        return self.lines.get(keys, 1)

    def mapping(self, *keys: str | int) -> Mapping[str, Any]:
        """The mapping at this place; empty where there is none."""
        found: Any = self.content
        for key in keys:
            found = found.get(key) if isinstance(found, Mapping) else None
        return found if isinstance(found, Mapping) else {}

    def failure(self, title: str, *keys: str | int, fix: str) -> Failure:
        return Failure(title=title, path=self.path, line=self.line(*keys), fix=fix)


def read_workflow(path: str, text: str) -> Workflow:
    """Raises `CheckFailed` for a file that is not YAML, or holds no mapping."""
    import yaml

    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise _unreadable(path, line, str(error.problem)) from error
    except yaml.YAMLError as error:
        raise _unreadable(path, None, str(error)) from error
    lines: dict[Keys, int] = {}
    try:
        content = _value(node, (), lines)
    except RecursionError as error:
        raise _unreadable(path, None, "an alias stands for what it is in") from error
    if not isinstance(content, dict):
        raise _unreadable(path, 1, "no mapping of names")
    return Workflow(path, content, lines)


def events(workflow: Workflow) -> dict[str, Mapping[str, Any]]:
    """What starts it, each with its filters."""
    on = workflow.content.get("on")
    if isinstance(on, Mapping):
        return {name: workflow.mapping("on", name) for name in on}
    names = on if isinstance(on, list) else [on]
    return {name: {} for name in names if isinstance(name, str)}


def jobs(workflow: Workflow) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name in workflow.mapping("jobs"):
        yield name, workflow.mapping("jobs", name)


def steps(workflow: Workflow) -> Iterator[tuple[Keys, Mapping[str, Any]]]:
    """The steps of all jobs, or of a composite action, each with its place."""
    places: list[Keys] = [("jobs", name) for name, _ in jobs(workflow)]
    for place in (*places, ("runs",)):
        listed = workflow.mapping(*place).get("steps")
        for number, step in enumerate(listed if isinstance(listed, list) else ()):
            if isinstance(step, Mapping):
                yield (*place, "steps", number), step


def _value(node: yaml.Node | None, keys: Keys, lines: dict[Keys, int]) -> Any:
    import yaml

    if node is None:
        return None
    lines.setdefault(keys, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        found = {}
        for key, value in node.value:
            name = str(key.value)
            lines[*keys, name] = key.start_mark.line + 1
            found[name] = _value(value, (*keys, name), lines)
        return found
    if isinstance(node, yaml.SequenceNode):
        return [_value(one, (*keys, place), lines) for place, one in enumerate(node.value)]
    quoted = isinstance(node, yaml.ScalarNode) and node.style
    return node.value if quoted else _PLAIN.get(node.value.lower(), node.value)


def _unreadable(path: str, line: int | None, problem: str) -> CheckFailed:
    failure = Failure(title=f"cannot be read: {problem}", path=path, line=line)
    return CheckFailed(
        Outcome(headline=f"{failure.location}: {failure.title}", passed=False, failures=(failure,))
    )
