"""What a repository configures for a tool, and where: only the names matter, and few values."""

from __future__ import annotations

import configparser
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one tool. `file` is where they stand; None: nothing is configured."""

    file: Path | None = None
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def configured(self) -> bool:
        return self.file is not None

    def names_any(self, names: frozenset[str]) -> bool:
        return any(name.replace("_", "-") in names for name in self.values)


def read_settings(folder: Path, root: Path, places: tuple[tuple[str, str], ...]) -> Settings:
    """The settings of the tool that looks for them in `places`: pairs of a file's name and
    a section ("" for the whole file, "tool.black" for a table), from `folder` up to `root`.
    """
    for here in _upwards(folder, root):
        for name, section in places:
            values = _read_section(here / name, section)
            if values is not None:
                return Settings(here / name, values)
    return Settings()


def _upwards(folder: Path, root: Path) -> Iterator[Path]:
    yield folder
    while folder != root and folder != folder.parent:
        folder = folder.parent
        yield folder


def _read_section(file: Path, section: str) -> Mapping[str, object] | None:
    if not file.is_file():
        return None
    if file.suffix == ".json":
        return {}
    return _read_toml(file, section) if file.suffix == ".toml" else _read_ini(file, section)


def _read_toml(file: Path, section: str) -> Mapping[str, object] | None:
    try:
        table: object = tomllib.loads(file.read_text(encoding="utf-8"))
    except ValueError:
        return {}
    for name in filter(None, section.split(".")):
        table = table.get(name) if isinstance(table, dict) else None
    return table if isinstance(table, dict) else None


def _read_ini(file: Path, section: str) -> Mapping[str, object] | None:
    parser = configparser.RawConfigParser(strict=False, allow_no_value=True)
    try:
        parser.read_string(file.read_text(encoding="utf-8", errors="replace"))
    except configparser.Error:
        return {}
    if not section:
        return {name: value for part in parser.sections() for name, value in parser.items(part)}
    return dict(parser.items(section)) if parser.has_section(section) else None
