"""What a backend needs at run time: its own dependencies, and libraries of the system."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cicd.config.backends import requirements_files
from cicd.config.dependencies import included
from cicd.config.files import join

if TYPE_CHECKING:
    from cicd.config.files import Files

_NAME = re.compile(r"^\s*([A-Za-z0-9][\w.-]*)\s*(\[[^\]]*\])?")
_DEVELOPMENT = re.compile(r"(^|[-_./])(dev|develop|development|test|tests|testing|docs?|lint|ci)\b")
_PRODUCTION = re.compile(r"(^|[-_./])(prod|production)\b")
_SERVERS = ("fastapi[standard", "fastapi[all", "fastapi-cli[standard", "uvicorn")


def runtime_dependencies(files: Files, folder: str, install: str) -> dict[str, str]:
    """Name → name with extras ("fastapi[standard]") of what is installed in production."""
    found: dict[str, str] = {}
    for item in _items(files, folder, install):
        if match := _NAME.match(item):
            name = re.sub(r"[-_.]+", "-", match[1]).lower()
            found.setdefault(name, name + (match[2] or "").replace(" ", "").lower())
    return found


def brings_uvicorn(known: dict[str, str]) -> bool:
    return any(item.startswith(_SERVERS) for item in known.values())


def production_files(files: Files, folder: str) -> list[str]:
    """The requirements files of production: that which names it, else the plain one."""
    names = [n for n in requirements_files(files, folder) if n.endswith(".txt")]
    names = names or requirements_files(files, folder)
    start = len(folder)
    fitting = [name for name in names if not _DEVELOPMENT.search(name[start:].lower())]
    ranked = sorted(fitting, key=lambda n: (not _PRODUCTION.search(n[start:].lower()), len(n), n))
    return ranked[:1]


def locked_version(files: Files, lock: str, name: str) -> tuple[int, ...]:
    """The version that a lock or a requirements file pins; () for none."""
    text = files.text(lock)
    found = re.search(rf'^name = "{name}"\nversion = "(\d[\d.]*)', text, re.M)
    found = found or re.search(rf"^{name}(?:\[[^\]]*\])?==(\d[\d.]*)", text, re.M)
    return tuple(int(piece) for piece in found[1].split(".") if piece) if found else ()


def build_packages(known: dict[str, str], text: str) -> tuple[str, ...]:
    """Debian's packages without which the dependencies cannot be installed."""
    packages = (
        ["git"]
        if re.search(r"git\+(https?|ssh|file)|source = \{ git =|type = \"git\"", text)
        else []
    )
    if _compiles_libpq(known):
        packages += ["gcc", "libc6-dev", "libpq-dev"]
    if "mysqlclient" in known:
        packages += ["gcc", "libc6-dev", "default-libmysqlclient-dev", "pkg-config"]
    return tuple(dict.fromkeys(packages))


def runtime_packages(known: dict[str, str]) -> tuple[str, ...]:
    """Debian's packages without which they cannot be imported."""
    plain = (
        "psycopg" in known and "binary" not in known["psycopg"] and "psycopg-binary" not in known
    )
    packages = ["libpq5"] if plain or _compiles_libpq(known) else []
    return (*packages, *(["libmariadb3"] if "mysqlclient" in known else []))


def _compiles_libpq(known: dict[str, str]) -> bool:
    return "psycopg2" in known or "psycopg-c" in known or "[c]" in known.get("psycopg", "")


def _items(files: Files, folder: str, install: str) -> list[str]:
    if install == "requirements":
        names = production_files(files, folder)
        names += [inner for name in names for inner in included(files, name)]
        return [
            line for name in names for line in files.text(name).splitlines() if line[:1] not in "#-"
        ]
    settings = files.toml(join(folder, "pyproject.toml"))
    items = list((settings.get("project") or {}).get("dependencies") or ())
    poetry = ((settings.get("tool") or {}).get("poetry") or {}).get("dependencies") or {}
    for name, wanted in poetry.items():
        extras = wanted.get("extras") or () if isinstance(wanted, dict) else ()
        items.append(f"{name}[{','.join(extras)}]" if extras else name)
    return items or re.findall(
        r"[\"']([A-Za-z][\w.-]*(?:\[[\w,-]+\])?)\s*[<>=~!\"']", _setup(files, folder)
    )


def _setup(files: Files, folder: str) -> str:
    """The list of `install_requires`, of setup.py; setup.cfg's lines as quoted ones."""
    text = files.text(join(folder, "setup.py"))
    found = re.search(r"install_requires\s*=\s*\[(.*?)\]", text, re.S)
    cfg = re.search(
        r"^install_requires\s*=((?:\n[ \t]+.*)+)", files.text(join(folder, "setup.cfg")), re.M
    )
    quoted = (
        "".join(f"'{line.strip()}'\n" for line in cfg[1].splitlines() if line.strip())
        if cfg
        else ""
    )
    return (found[1] if found else "") + quoted
