"""Names of parts: identifiers made of folders, told apart where two would share one."""

from __future__ import annotations

import keyword
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cicd.config.files import Files

RESERVED = frozenset(
    "ci fix doctor push format lint types migrations test build image session project".split()
)


def identifier(text: str, fallback: str) -> str:
    """ "my-app.v2" is my_app_v2, "3d" is _3d, "Größe" is grosse; a word that means something
    else (`ci`, `class`) gets `_part` behind it."""
    plain = text if text.isascii() else _ascii(text)
    words = "".join(sign if sign.isalnum() else " " for sign in plain.lower()).split()
    name = "_".join(words) or fallback
    if name[0].isdigit():
        name = f"_{name}"
    return f"{name}_part" if name in RESERVED or keyword.iskeyword(name) else name


def name_folders(files: Files, parts: list[tuple[str, str]]) -> list[str]:
    """Names for parts given as (kind, folder), in their order.

    Two of one name get their parent's name in front, and its parent's, until they differ;
    a backend and a frontend in one folder end in `_backend` and `_frontend`.
    """
    depths = [1] * len(parts)
    names = [_name(files, *part, depth) for part, depth in zip(parts, depths, strict=True)]
    for _ in range(max((folder.count("/") for _, folder in parts), default=0)):
        shared = _shared(names)
        depths = [d + (n in shared) for n, d in zip(names, depths, strict=True)]
        names = [_name(files, *part, depth) for part, depth in zip(parts, depths, strict=True)]
    shared = {name for name in names if names.count(name) > 1}
    ended = [f"{n}_{p[0]}" if n in shared else n for n, p in zip(names, parts, strict=True)]
    return [_unused(name, ended[:at]) for at, name in enumerate(ended)]


def _shared(names: list[str]) -> set[str]:
    return {n for n, count in Counter(names).items() if count > 1 or n.endswith("_part")}


def _unused(name: str, taken: list[str]) -> str:
    return name if name not in taken else f"{name}_{taken.count(name) + 1}"


def _name(files: Files, kind: str, folder: str, depth: int) -> str:
    if not folder:
        return identifier(_root_name(files, kind), kind)
    return identifier("_".join(folder.split("/")[-depth:]), kind)


def _root_name(files: Files, kind: str) -> str:
    """The project's own name, else the name of the folder the repository lies in."""
    if kind == "frontend":
        declared = str(files.json("package.json").get("name") or "").rpartition("/")[2]
    else:
        declared = _project_name(files.text("pyproject.toml"))
    return declared if declared and "{" not in declared else files.root.name


def _project_name(text: str) -> str:
    """`name` of [project] or [tool.poetry], without parsing the rest of the file."""
    heading = ""
    for line in text.splitlines():
        if line.startswith("["):
            heading = line.partition("]")[0]
        elif heading in ("[project", "[tool.poetry") and line.partition("=")[0].strip() == "name":
            return line.partition("=")[2].partition("#")[0].strip(" \t\"'")
    return ""


def _ascii(text: str) -> str:
    import unicodedata

    text = unicodedata.normalize("NFKD", text.replace("ß", "ss"))
    return text.encode("ascii", "ignore").decode()
