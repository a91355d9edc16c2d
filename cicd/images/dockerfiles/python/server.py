"""How an application is served: its command, and the one that reloads."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd.images.dockerfiles.python.needs import brings_uvicorn

if TYPE_CHECKING:
    from cicd.images.dockerfiles.python.application import Application

PORT = 8000
KEEP_ALIVE_S = 5
GRACE_S = 8
"""Both below the 10 s that an engine waits between SIGTERM and SIGKILL."""
_UVICORN_GRACE = (0, 22)
"""`--timeout-graceful-shutdown` came with this version."""


@dataclass(frozen=True, slots=True)
class Server:
    """Commands as tuples; an empty one where none is known. `gap` says what is missing so that
    it cannot start, `remark` what it is not good for. `deaf`: as the first process of a container
    it does not hear SIGTERM, and needs one in front of it that does."""

    command: tuple[str, ...]
    reload: tuple[str, ...] = ()
    gap: str = ""
    remark: str = ""
    listens: bool = True
    deaf: bool = False


def plan_server(
    application: Application, known: dict[str, str], uvicorn: tuple[int, ...] = ()
) -> Server:
    """`known` are the dependencies of production, `uvicorn` the version that is locked."""
    if application.kind == "asgi":
        return _asgi(application, known, uvicorn)
    if application.kind == "wsgi":
        return _wsgi(application, known)
    if application.kind == "django":
        return _django(application, known, uvicorn)
    if application.kind == "module":
        return Server(("python", "-m", application.target), listens=False, deaf=True)
    return Server(_unknown(), gap="no application was found", listens=False)


def render_command(command: tuple[str, ...]) -> str:
    """The exec form: no shell stands between the engine's signals and the process."""
    return json.dumps(list(command), ensure_ascii=False)


def _asgi(application: Application, known: dict[str, str], uvicorn: tuple[int, ...]) -> Server:
    factory = ("--factory",) if application.factory else ()
    listen = ("--host", "0.0.0.0", "--port", str(PORT))
    plain = ("uvicorn", application.target, *factory, *listen)
    reload = (*plain, "--reload")
    if brings_uvicorn(known):
        return Server((*plain, *_uvicorn_limits(uvicorn)), reload)
    if "hypercorn" in known:
        target = f"{application.target}()" if application.factory else application.target
        own = ("hypercorn", target, "--bind", f"0.0.0.0:{PORT}")
        limits = ("--keep-alive", str(KEEP_ALIVE_S), "--graceful-timeout", str(GRACE_S))
        return Server((*own, *limits), (*own, "--reload"))
    if "granian" in known:
        own = ("granian", "--interface", "asgi", *listen, *factory, application.target)
        return Server(own, (*own, "--reload"))
    gap = (
        f"{application.target} was found, and no server for it among the dependencies: add uvicorn"
    )
    return Server((*plain, *_uvicorn_limits(())), reload, gap=gap)


def _uvicorn_limits(version: tuple[int, ...]) -> tuple[str, ...]:
    graceful = ("--timeout-graceful-shutdown", str(GRACE_S))
    keep_alive = ("--timeout-keep-alive", str(KEEP_ALIVE_S))
    return keep_alive if version and version < _UVICORN_GRACE else (*keep_alive, *graceful)


def _wsgi(application: Application, known: dict[str, str]) -> Server:
    target = f"{application.target}()" if application.factory else application.target
    if "gunicorn" in known:
        own = _gunicorn(target)
        return Server(own, (*own, "--reload"))
    if application.framework == "Flask":
        flask = (
            "flask",
            "--app",
            application.target,
            "run",
            "--host",
            "0.0.0.0",
            "--port",
            str(PORT),
        )
        return Server(flask, (*flask, "--debug"), remark=_development("Flask"))
    gap = (
        f"{application.target} was found, and no server for it among the dependencies: add gunicorn"
    )
    return Server(_gunicorn(target), (*_gunicorn(target), "--reload"), gap=gap)


def _django(application: Application, known: dict[str, str], uvicorn: tuple[int, ...]) -> Server:
    reload = ("python", "manage.py", "runserver", f"0.0.0.0:{PORT}")
    if application.target and "gunicorn" in known and not _is_asgi(application):
        return Server(_gunicorn(application.target), reload)
    if application.target and brings_uvicorn(known):
        target = application.target.replace("wsgi:", "asgi:")
        listen = ("--host", "0.0.0.0", "--port", str(PORT))
        return Server(("uvicorn", target, *listen, *_uvicorn_limits(uvicorn)), reload)
    if application.target and "daphne" in known:
        target = application.target.replace("wsgi:", "asgi:")
        return Server(("daphne", "-b", "0.0.0.0", "-p", str(PORT), target), reload)
    return Server((*reload, "--noreload"), reload, remark=_development("Django"), deaf=True)


def _is_asgi(application: Application) -> bool:
    return "asgi:" in application.target


def _gunicorn(target: str) -> tuple[str, ...]:
    limits = ("--keep-alive", str(KEEP_ALIVE_S), "--graceful-timeout", str(GRACE_S))
    # Its sign of life must not lie on a disk, nor where nothing can be written.
    shared = ("--worker-tmp-dir", "/dev/shm")
    return (
        "gunicorn",
        target,
        "--bind",
        f"0.0.0.0:{PORT}",
        *limits,
        *shared,
        "--access-logfile",
        "-",
    )


def _development(framework: str) -> str:
    return (
        f"no server is among the dependencies, so {framework}'s own is started, which is for"
        " development: add gunicorn and change the last line"
    )


def _unknown() -> tuple[str, ...]:
    text = "no application was found: the last line of this image's Dockerfile says how it starts"
    return ("python", "-c", f"raise SystemExit({text!r})")
