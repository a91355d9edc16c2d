"""How a repository's own scripts, tasks and workflows call a tool: its files and options."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, NamedTuple

from cicd.config.files import join, parent
from cicd.config.headings import find_file, task_files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicd.config.files import Files

_KEY = re.compile(r"""^[\s@-]*(?:["']?[\w.:-]+["']?(?::\s+|:(?=["'])|\s+=\s+|=(?=["'\[])))?""")
_NOT_RUN = re.compile(r"\s*(#|//|-?\s*(name|id|desc|description|title|help|uses|alias)\s*:)")
_RUNNERS = frozenset(
    "uv uvx run poetry pdm hatch pipenv rye python python3 exec time sudo env tool".split()
)
_ALIASES = {"pflake8": "flake8"}
_LOOKS = frozenset("--check -c --check-only --diff --no-fix".split())
_WRITES = frozenset(("--fix", "--in-place"))
_NO_CHECK = frozenset("--exit-zero --version --help --install-types clean server".split())
_VALUED = frozenset(
    "--config --config-file --rcfile --settings-path --line-length -l --max-line-length "
    "--max-complexity --exclude --extend-exclude --ignore --extend-ignore --select "
    "--extend-select --per-file-ignores --follow-imports --profile --skip --skip-glob "
    "--disable --enable --fail-under --ignore-paths --level".split()
)
_FLAGS = (
    r"--(strict|ignore-missing-imports|skip-string-normalization|errors-only|check-untyped-defs"
    r"|namespace-packages|explicit-package-bases|(dis)?allow-[\w-]+|warn-unused[\w-]+"
    r"|no-implicit-\w+|no-strict-\w+)$|-[SE]$"
)


class Invocation(NamedTuple):
    """`paths` are relative to the part's folder, "." for all of it, none where none is named;
    `options` are those that decide what is found. `origin` is "" where nothing calls the tool.
    """

    paths: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    origin: str = ""

    @property
    def narrows(self) -> bool:
        return bool(self.paths) and "." not in self.paths

    def __str__(self) -> str:
        return " ".join((*self.options, *self.paths))


def find_invocation(files: Files, folder: str, call: str) -> Invocation:
    """What the repository hands to a tool ("mypy", "ruff check"); nothing where it differs.

    Commands that only look count before those that write. Where one of them names no path,
    the whole part is meant.
    """
    found = list(_invocations(files, folder, call.split()))
    looking = [each for each in found if each[1]] or found
    if not looking:
        return Invocation()
    first = looking[0][0]
    paths = tuple(dict.fromkeys(path for each, _ in looking for path in each.paths))
    if "." in paths:
        paths = (".",)
    elif not all(each.paths for each, _ in looking):
        paths = ()
    return Invocation(paths, first.options, first.origin)


def _invocations(files: Files, folder: str, call: list[str]) -> Iterator[tuple[Invocation, bool]]:
    """Each call, and whether it only looks."""
    hooks = find_file(files, folder, ".pre-commit-config.yaml", ".pre-commit-config.yml")
    for name in (*task_files(files, folder), *([hooks] if hooks else [])):
        text = files.text(name)
        if call[0] not in text:
            continue
        for number, line in _lines(text):
            for arguments in _calls(line, call):
                paths = _paths(files, folder, parent(name), arguments)
                if paths is not None and not _NO_CHECK.intersection(arguments):
                    options = _options(arguments)
                    looks = bool(_LOOKS.intersection(arguments)) or call[-1] not in _WRITING
                    looks = looks and not _WRITES.intersection(arguments)
                    # A hook that writes fails, too.
                    looks = looks or name == hooks
                    yield Invocation(paths, options, f"{name}:{number}"), looks


_WRITING = ("format", "black", "isort")


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines with their numbers; those that end with a backslash go on."""
    held, start = "", 0
    for number, line in enumerate(text.splitlines(), start=1):
        start = start or number
        if line.endswith("\\"):
            held += line[:-1] + " "
            continue
        yield start, held + line
        held, start = "", 0


def _calls(line: str, call: list[str]) -> Iterator[list[str]]:
    """The arguments of each call in a line of a shell script, a Makefile, YAML or TOML."""
    if call[0] not in line or _NOT_RUN.match(line) or "|| true" in line:
        return
    rest = line[match.end() :] if (match := _KEY.match(line)) else line
    for piece in re.split(r"&&|\|\||[;|]", rest.strip().strip("\"'[],")):
        try:
            tokens = shlex.split(piece, comments=True)
        except ValueError:
            tokens = piece.split()
        while tokens and (tokens[0] in _RUNNERS or tokens[0][0:1] in "-$@" or "=" in tokens[0]):
            tokens = tokens[1:]
        if tokens:
            tokens[0] = _ALIASES.get(tokens[0], tokens[0])
        if tokens[: len(call)] == call:
            yield tokens[len(call) :]


def _options(arguments: list[str]) -> tuple[str, ...]:
    kept: list[str] = []
    for position, argument in enumerate(arguments):
        name, equals, _ = argument.partition("=")
        if name in _VALUED:
            value = () if equals else tuple(arguments[position + 1 : position + 2])
            kept += (argument, *value)
        elif re.match(_FLAGS, argument):
            kept.append(argument)
    # What a shell or a template would still fill in is not known here.
    return () if any(re.search(r"[$`{]", each) for each in kept) else tuple(kept)


def _paths(files: Files, folder: str, base: str, arguments: list[str]) -> tuple[str, ...] | None:
    """The paths in the part; () where none is named, None when it is about other parts."""
    inside: list[str] = []
    foreign = False
    previous = ""
    for argument in arguments:
        if previous not in _VALUED and (found := _locate(files, folder, base, argument)):
            inside.append(found)
        elif previous not in _VALUED and _exists(files, argument.strip("./")):
            foreign = True
        previous = argument
    return tuple(inside) if inside or not foreign else None


def _locate(files: Files, folder: str, base: str, argument: str) -> str:
    """A path of the part, as seen from its folder; "." for all of it."""
    cleaned = re.sub(r"(/\*\*)?(/\*\.py|/\.\.\.)?/*$", "", argument.removeprefix("./"))
    if cleaned in (".", ""):
        return "."
    for above in dict.fromkeys((folder, base, "")):
        name = join(above, cleaned)
        if name == folder or folder.startswith(f"{name}/"):
            return "."
        if (not folder or name.startswith(f"{folder}/")) and _exists(files, name):
            return name[len(folder) :].lstrip("/")
    return ""


def _exists(files: Files, name: str) -> bool:
    """Whether it is a Python file, or a folder that holds one."""
    if name.endswith((".py", ".pyi")):
        return name in files
    return bool(name) and any(each.endswith(".py") for each in files.below(name))
