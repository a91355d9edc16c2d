"""The addresses that an application answers, read from its sources without running them."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cicd.config.files import parent

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cicd.config.files import Files

_HEALTH = (
    "health healthz healthcheck health-check health_check ready readyz readiness live livez "
    "liveness ping status up"
).split()
_APPLICATIONS = frozenset("FastAPI Starlette Flask Quart Litestar Sanic".split())
_ROUTERS = frozenset("APIRouter Blueprint".split())
_ROUTES = frozenset("get route api_route".split())
_JOINS = frozenset("include_router register_blueprint mount".split())


def find_health(files: Files, sources: Iterable[str]) -> str:
    """The address that tells whether the application is well; "" where none is certain."""
    routes = sorted(set(_routes(files, [_read(files, name) for name in sources])))
    ranked = [(rank, route) for route in routes if (rank := _rank(route)) is not None]
    return min(ranked, default=(0, ""))[1]


def _rank(route: str) -> int | None:
    last = route.rstrip("/").rpartition("/")[2].lower()
    return (
        _HEALTH.index(last) if last in _HEALTH and "{" not in route and "<" not in route else None
    )


@dataclass(frozen=True, slots=True)
class _Source:
    """Of one file: routers by name with their prefix, their routes, who includes whom."""

    name: str
    prefixes: dict[str, str | None] = field(default_factory=dict)
    applications: set[str] = field(default_factory=set)
    routes: list[tuple[str, str]] = field(default_factory=list)
    joins: list[tuple[str, str, str | None]] = field(default_factory=list)
    imports: dict[str, str] = field(default_factory=dict)


def _routes(files: Files, read: list[_Source]) -> Iterator[str]:
    """Each route of a router behind the prefixes of all who include it, from an application on."""
    by_file = {source.name: source for source in read}
    todo = [(source, own, "") for source in read for own in source.applications]
    seen: set[tuple[str, str, str]] = set()
    while todo:
        source, router, prefix = todo.pop()
        if (source.name, router, prefix) in seen or len(seen) > 500:
            continue
        seen.add((source.name, router, prefix))
        yield from (prefix + path for owner, path in source.routes if owner == router)
        for owner, child, between in source.joins:
            target = _target(by_file, source, child) if owner == router else None
            if (
                target
                and between is not None
                and (own := target[0].prefixes[target[1]]) is not None
            ):
                todo.append((*target, prefix + between + own))


def _target(by_file: dict[str, _Source], source: _Source, child: str) -> tuple[_Source, str] | None:
    """The file and the name of an included router: "router", "health.router", "a.b.router"."""
    if child in source.prefixes:
        return source, child
    module, _, name = child.rpartition(".")
    dotted = source.imports.get(module, module) if module else source.imports.get(child, "")
    if not module:
        dotted, _, name = dotted.rpartition(".")
    tail = dotted.replace(".", "/")
    for file, other in by_file.items():
        if tail and f"/{file}".endswith((f"/{tail}.py", f"/{tail}/__init__.py")):
            return (other, name) if name in other.prefixes else _target(by_file, other, name)
    return None


def _read(files: Files, name: str) -> _Source:
    source = _Source(name)
    text = files.text(name)
    if not re.search(r"route|\.get\(|FastAPI|Flask|Starlette", text):
        return source
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return source
    for node in ast.walk(tree):
        _note(files, source, node)
    return source


def _note(files: Files, source: _Source, node: ast.AST) -> None:
    if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Call):
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        made = _called(node.value)
        if made in _APPLICATIONS | _ROUTERS and isinstance(target, ast.Name):
            source.prefixes[target.id] = "" if made in _APPLICATIONS else _prefix(files, node.value)
            source.applications.update({target.id} if made in _APPLICATIONS else ())
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        for each in node.decorator_list:
            if isinstance(each, ast.Call) and _called(each) in _ROUTES and each.args:
                if (path := _text(files, each.args[0])) is not None:
                    source.routes.append((_dotted(each.func).rpartition(".")[0], path))
    elif isinstance(node, ast.Call) and _called(node) in _JOINS and node.args:
        owner, child = _dotted(node.func).rpartition(".")[0], _dotted(node.args[-1])
        mounted = _text(files, node.args[0]) if _called(node) == "mount" else None
        between = mounted if _called(node) == "mount" else _prefix(files, node)
        source.joins.append((owner, child, between))
    elif isinstance(node, ast.ImportFrom):
        base = _absolute(source.name, node.level, node.module or "")
        for alias in node.names:
            source.imports[alias.asname or alias.name] = f"{base}.{alias.name}".strip(".")
    elif isinstance(node, ast.Import):
        source.imports.update({each.asname or each.name: each.name for each in node.names})


def _absolute(name: str, level: int, module: str) -> str:
    if not level:
        return module
    folder = parent(name)
    for _ in range(level - 1):
        folder = parent(folder)
    return ".".join(filter(None, (folder.replace("/", "."), module)))


def _called(node: ast.Call) -> str:
    return _dotted(node.func).rpartition(".")[2]


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def _prefix(files: Files, call: ast.Call) -> str | None:
    """The prefix that a call names; "" for none, None for one that cannot be told."""
    for keyword in call.keywords:
        if keyword.arg in ("prefix", "url_prefix"):
            return _text(files, keyword.value)
    return ""


def _text(files: Files, node: ast.expr) -> str | None:
    """A literal, or the text that a name such as `settings.API_V1_STR` has in the sources."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ("" if node.value is None else None)
    name = _dotted(node).rpartition(".")[2]
    if not name:
        return None
    constant = re.compile(rf"^\s*{re.escape(name)}\s*(?::\s*\w+\s*)?=\s*[\"'](/[^\"']*)[\"']", re.M)
    found = {match[1] for each in files.names if each.endswith(".py")
             for match in constant.finditer(files.text(each))}  # fmt: skip
    return found.pop() if len(found) == 1 else None
