"""Finds what a backend's image starts: the application, or the little there is instead."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd.config.files import join, parent
from cicd.config.migrations import find_manage
from cicd.images.dockerfiles.python.modules import import_root, module_name, own_sources
from cicd.images.dockerfiles.python.routes import find_health

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicd.config.files import Files

_ASGI = "FastAPI|Starlette|Litestar|Quart|Sanic|BlackSheep|Falcon"
_WSGI = "Flask|Bottle"
_OBJECT = re.compile(
    rf"^(?P<name>\w+)\s*(?::[^=\n]+)?=\s*(?:\w+\.)*(?:(?P<asgi>{_ASGI})|(?P<wsgi>{_WSGI}))\(", re.M
)
_FACTORY = re.compile(
    rf"^def (?P<name>(?:create|make|build|get)_?\w*(?:app|application|api)\w*)\("
    rf"(?:[^)\n]*=[^)\n]*|\s*)\)[^\n]*:\n(?:(?!^\S).*\n)*?\s+(?:return\s+|\w+[^=\n]*=\s*)"
    rf"(?:\w+\.)*(?:(?P<asgi>{_ASGI})|(?P<wsgi>{_WSGI}))\(",
    re.M,
)
_MADE = re.compile(r"^(?P<name>app|application|api)\s*(?::[^=\n]+)?=\s*(?P<factory>\w+)\(", re.M)
_NAMES = ("app", "application", "api", "server")
_FILES = ("main", "app", "asgi", "wsgi", "server", "api", "application", "__init__")


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """`kind` is "asgi", "wsgi", "django", "module" (`python -m`) or "" for nothing found.

    `target` is what a server is told ("shop.main:app"), `root` the folder from which it is
    imported, `factory` whether it is a function that makes the application; `health` is an
    address or "".
    """

    kind: str
    target: str = ""
    root: str = ""
    factory: bool = False
    health: str = ""
    framework: str = ""


def find_application(files: Files, folder: str) -> Application:
    """Django's own module, else an application object, a factory, a package that runs itself."""
    if manage := find_manage(files, folder):
        return _django(files, manage)
    sources = own_sources(files, folder)
    found = sorted(_objects(files, folder, sources), key=lambda each: each[0])
    if found:
        _, name, application = found[0]
        return application
    return _module(files, folder, sources)


def _django(files: Files, manage: str) -> Application:
    root = parent(manage)
    named = re.search(r"DJANGO_SETTINGS_MODULE\W+([\w.]+)", files.text(manage))
    package = named[1].split(".")[0] if named else ""
    for base in ("wsgi", "asgi"):
        found = [join(f, f"{base}.py") for f in files.folders(f"{base}.py")]
        own = [name for name in found if not root or name.startswith(f"{root}/")]
        ranked = sorted(own, key=lambda n: (join(root, package) != parent(n), n.count("/"), n))
        if ranked:
            target = f"{module_name(root, ranked[0])}:application"
            return Application(kind="django", target=target, root=root, framework="Django")
    return Application(kind="django", root=root, framework="Django")


def _objects(
    files: Files, folder: str, sources: list[str]
) -> Iterator[tuple[tuple[int, ...], str, Application]]:
    """Every candidate with its rank: an object before a factory, the usual names first."""
    for name in sources:
        text = files.text(name)
        for factory, pattern in ((False, _OBJECT), (True, _FACTORY)):
            for match in pattern.finditer(text):
                kind = "asgi" if match["asgi"] else "wsgi"
                framework = match["asgi"] or match["wsgi"]
                made = _made_by(files, sources, match["name"]) if factory else None
                where, called, made_by = (*made, False) if made else (name, match["name"], factory)
                rank = _rank(folder, where, called, made_by)
                yield rank, name, _application(
                    files, folder, where, called, kind, made_by, framework
                )


def _application(
    files: Files, folder: str, name: str, called: str, kind: str, factory: bool, framework: str
) -> Application:
    root = import_root(files, folder, name)
    return Application(
        kind=kind,
        target=f"{module_name(root, name)}:{called}",
        root=root,
        factory=factory,
        health=find_health(files, own_sources(files, folder)),
        framework=framework,
    )


def _made_by(files: Files, sources: list[str], factory: str) -> tuple[str, str] | None:
    """Where the factory's result is kept in a module: `app = create_app()`."""
    for name in sources:
        for match in _MADE.finditer(files.text(name)):
            if match["factory"] == factory:
                return name, match["name"]
    return None


def _rank(folder: str, name: str, called: str, factory: bool) -> tuple[int, ...]:
    inner = name[len(folder) :].strip("/")
    base = inner.rpartition("/")[2].removesuffix(".py")
    return (
        int(factory),
        _NAMES.index(called) if called in _NAMES else len(_NAMES),
        _FILES.index(base) if base in _FILES else len(_FILES),
        inner.count("/"),
    )


def _module(files: Files, folder: str, sources: list[str]) -> Application:
    """A package with `__main__.py`, where it is the only one."""
    mains = [name for name in sources if name.endswith("/__main__.py")]
    if len(mains) != 1:
        return Application(kind="", root=folder)
    root = import_root(files, folder, mains[0])
    target = module_name(root, mains[0]).removesuffix(".__main__")
    return Application(kind="module", target=target, root=root)
