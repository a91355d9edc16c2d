"""What a compose file says of one service: how it is built, where it listens, what it is given."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from cicd.config.compose import mapping_pairs, read_root, value_of
from cicd.config.compose_scan import resolve_path
from cicd.config.dockerfile import expand
from cicd.config.env_files import example_files, read_variables
from cicd.config.files import parent
from cicd.config.finding import Finding

if TYPE_CHECKING:
    from cicd.config.files import Files

_REQUIRED = re.compile(r"\$\{(\w+):?\?[^}]*\}")


class ComposeService:
    """Each method returns a `Finding` with "file:line", or None where the file says nothing."""

    def __init__(self, files: Files, file: str, name: str) -> None:
        self._files, self._file = files, file
        self._folder = parent(file)
        self._node = value_of(value_of(read_root(files.text(file)), "services"), name)
        self._variables = self._dotenv(".env")

    def context(self) -> Finding | None:
        build = self._get("build")
        node = value_of(build, "context") or (build if _scalar(build) else None)
        text = self._text(node)
        path = resolve_path(self._folder, text) if text else None
        return None if path is None else self._finding(path, node)

    def target(self) -> Finding | None:
        node = value_of(self._get("build"), "target")
        return self._finding(self._text(node), node) if self._text(node) else None

    def build_args(self) -> Finding | None:
        node = value_of(self._get("build"), "args")
        return self._finding(self._mapping(node), node) if node is not None else None

    def repository(self) -> Finding | None:
        """Its image without the tag, where that names a registry."""
        node = self._get("image")
        name = re.sub(r"(:[^/:]*)?(@.*)?$", "", self._text(node))
        host = name.partition("/")[0] if "/" in name else ""
        known = "." in host or ":" in host or host == "localhost"
        return self._finding(name, node) if known else None

    def ports(self) -> Finding | None:
        """The ports inside of the container."""
        for key in ("ports", "expose"):
            node = self._get(key)
            found = [port for item in _items(node) if (port := self._port(item))]
            if found:
                return self._finding(tuple(dict.fromkeys(found)), node)
        return None

    def health(self) -> Finding | None:
        """The command that asks for its health, as text."""
        node = value_of(self._get("healthcheck"), "test")
        text = " ".join(self._text(item) for item in _items(node)) or self._text(node, exact=True)
        return self._finding(text.replace("$$", "$"), node) if text else None

    def environment(self) -> Finding | None:
        """Its variables: those of `env_file`, then its own."""
        node, listed = self._get("environment"), self._get("env_file")
        values: dict[str, str] = {}
        for item in _items(listed) or ([listed] if listed is not None else []):
            values |= self._dotenv(self._text(value_of(item, "path") or item))
        values |= self._mapping(node)
        where = node if node is not None else listed
        return self._finding(values, where) if values else None

    def _get(self, key: str) -> Any:
        return value_of(self._node, key)

    def _dotenv(self, path: str) -> dict[str, str]:
        """A file of variables; where git ignores it, the example that stands in for it."""
        file = resolve_path(self._folder, path)
        if file is None:
            return {}
        if file not in self._files:
            examples = example_files(self._files, parent(file))
            file = next((each for each in examples if parent(each) == parent(str(file))), "")
        return read_variables(self._files, file) if file else {}

    def _mapping(self, node: Any) -> dict[str, str]:
        """A mapping, or a list of NAME=value. What hangs on a variable that nothing sets is
        left out."""
        pairs = [(name, self._text(value)) for name, value in mapping_pairs(node)]
        for item in _items(node):
            name, equals, value = self._text(item, exact=True).partition("=")
            known = self._variables.get(name, "$") if not equals else self._expanded(value)
            pairs.append((name.strip(), known))
        return {name: value.replace("$$", "$") for name, value in pairs if not _is_open(value)}

    def _port(self, item: Any) -> int:
        """8000 of "8000", "80:8000", "127.0.0.1:80:8000/tcp" or `target: 8000`."""
        text = self._text(value_of(item, "target") or item)
        number, _, protocol = text.rpartition(":")[2].partition("/")
        return int(number) if number.isdigit() and protocol in ("", "tcp") else 0

    def _text(self, node: Any, *, exact: bool = False) -> str:
        text = str(node.value) if _scalar(node) else ""
        return text if exact else self._expanded(text)

    def _expanded(self, text: str) -> str:
        required = _REQUIRED.sub(r"${\1}", text)
        return expand(required, self._variables)

    def _finding(self, value: Any, node: Any) -> Finding:
        return Finding(value, f"{self._file}:{node.start_mark.line + 1}")


def _is_open(value: str) -> bool:
    """Whether a variable is left in it; `$$` stands for a dollar."""
    return "$" in value.replace("$$", "")


def _scalar(node: Any) -> bool:
    return isinstance(getattr(node, "value", None), str)


def _items(node: Any) -> list[Any]:
    import yaml

    return list(node.value) if isinstance(node, yaml.SequenceNode) else []
