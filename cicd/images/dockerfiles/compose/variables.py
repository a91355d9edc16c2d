"""The variables of a backend in a compose file: from the environment, and no secret in the file."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd.config.env_files import example_files, read_variables, real_files
from cicd.config.files import files_of, folder_of

if TYPE_CHECKING:
    from cicd.config.files import Files
    from cicd.config.parts import Backend
    from cicd.tree import Tree

_SECRET = re.compile(
    r"(?i)(secret|token|passw|pwd|_key$|^key$|apikey|api_key|credential|private|dsn|salt|signature)"
)
_PLAIN = re.compile(r"[A-Za-z$/][\w${}:./@+,%?=&-]*")
_WORDS = frozenset("yes no on off true false null y n".split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """What a compose file's database is called, and who may use it."""

    host: str = "db"
    user: str = "app"
    password: str = ""
    name: str = "app"

    def fill(self, template: str) -> str:
        """The template of a part's variable, with this database in its places."""
        login = f"{self.user}:{self.password}@{self.host}:5432/{self.name}"
        values = {
            "{url}": f"postgresql://{login}",
            "{host}": self.host,
            "{port}": "5432",
            "{user}": self.user,
            "{password}": self.password,
            "{dbname}": self.name,
        }
        return re.sub(r"\{\w+\}", lambda match: values.get(match[0], match[0]), template)


def database_of(tree: Tree, part: Backend, password: str) -> Database:
    """Named as the example of the part's variables names it, `password` where none is set."""
    files, folder = files_of(tree), folder_of(part.path)
    example = _example(files, folder)
    named = {value: example.get(name, "") for name, value in _connection(part).items()}
    user, name = named.get("{user}", ""), named.get("{dbname}", "")
    return Database(
        user=f"${{POSTGRES_USER:-{user if user.isidentifier() else 'app'}}}",
        password=f"${{POSTGRES_PASSWORD:-{password}}}",
        name=f"${{POSTGRES_DB:-{name if name.isidentifier() else 'app'}}}",
    )


def plan_variables(tree: Tree, part: Backend, database: Database) -> dict[str, str | None]:
    """Every variable of the part: those of its connection, then what its example sets.

    None hands on what the environment of compose has: so do secrets, and what is set nowhere.
    """
    files, folder = files_of(tree), folder_of(part.path)
    variables: dict[str, str | None] = {}
    for name, template in _connection(part).items():
        variables[name] = database.fill(template)
    if env_files(tree, part):
        return variables
    for name, value in {**_example(files, folder), **_given(part)}.items():
        variables.setdefault(name, _handed_on(name, value))
    return variables


def env_files(tree: Tree, part: Backend) -> list[str]:
    """The `.env` files that are committed: the project's own values, for everyone."""
    found = real_files(files_of(tree), folder_of(part.path))
    return [name for name in found if name.rpartition("/")[2] == ".env"]


def development_values(tree: Tree, part: Backend, database: Database) -> dict[str, str | None]:
    """What only development may have: the example's secrets, and a password for its database."""
    files, folder = files_of(tree), folder_of(part.path)
    found: dict[str, str | None] = {
        name: database.fill(template)
        for name, template in _connection(part).items()
        if re.search(r"\{(url|password)\}", template)
    }
    for name, value in {**_example(files, folder), **_given(part)}.items():
        if name not in _connection(part) and _SECRET.search(name) and _is_safe(value):
            found[name] = f"${{{name}:-{value}}}"
    return found


def render_variables(variables: Mapping[str, str | None], indent: str) -> str:
    """The lines of an `environment:`, as YAML."""
    return "\n".join(
        f"{indent}{name}:{'' if value is None else f' {quote(value)}'}"
        for name, value in variables.items()
    )


def quote(text: str) -> str:
    """A value of YAML: as it is, where that can be read in one way only."""
    plain = _PLAIN.fullmatch(text) and text.lower() not in _WORDS and not text.endswith(":")
    return text if plain else json.dumps(text, ensure_ascii=False)


def _handed_on(name: str, value: str) -> str | None:
    if _SECRET.search(name) or not _is_safe(value):
        return None
    return f"${{{name}:-{value}}}"


def _is_safe(value: str) -> bool:
    """Whether it can stand as a default in `${NAME:-…}`."""
    return bool(value) and not re.search(r"[${}\n\"\\]", value)


def _connection(part: Backend) -> dict[str, str]:
    env = part.env if isinstance(part.env, Mapping) else {}
    return {name: text for name, text in env.items() if re.search(r"\{\w+\}", text)}


def _given(part: Backend) -> dict[str, str]:
    env = part.env if isinstance(part.env, Mapping) else {}
    return {name: text for name, text in env.items() if not re.search(r"\{\w+\}", text)}


def _example(files: Files, folder: str) -> dict[str, str]:
    source = next(iter(example_files(files, folder)), "")
    return read_variables(files, source) if source else {}
