"""The text of a backend's Dockerfile."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cicd.config.files import files_of, folder_of, join
from cicd.config.pythons import requires_python
from cicd.images.dockerfiles.pins import PYTHON
from cicd.images.dockerfiles.python.needs import build_packages, runtime_packages
from cicd.images.dockerfiles.python.server import PORT, Server, render_command
from cicd.images.dockerfiles.template import fill_template

if TYPE_CHECKING:
    from cicd.config.files import Files
    from cicd.config.parts import Backend
    from cicd.images.dockerfiles.python.application import Application
    from cicd.images.dockerfiles.python.blocks import Install
    from cicd.images.dockerfiles.python.image import BackendImage
    from cicd.tree import Tree

_ANY_PYTHON = ("3.14", "3.12", "3.11", "3.10", "3.9", "3.8")


def render_backend(tree: Tree, image: BackendImage) -> str:
    """The text of the Dockerfile."""
    files, folder = files_of(tree), folder_of(image.part.path)
    install, server = image.install, image.server
    text, python = files.text(install.lock), python_version(tree, image.part)
    workdir = _inside(install.context, _workdir(folder, image.application))
    path = _inside(install.context, image.application.root)
    return fill_template(
        "backend.Dockerfile",
        how=_how(folder, install),
        python=python,
        before=install.before.format(python=_tools_python(python)),
        build_packages=_debian(build_packages(image.known, text)),
        dependencies=install.dependencies,
        sources=install.sources,
        tests=install.tests,
        environment=_environment(workdir, path),
        remove=_remove_tests(files, folder, install),
        project=install.project,
        runtime_packages=_debian(
            (*runtime_packages(image.known), *(["tini"] if server.deaf else []))
        ),
        entrypoint='ENTRYPOINT ["tini", "--"]' if server.deaf else "",
        workdir=workdir,
        test_workdir=f"WORKDIR {workdir}" if workdir != "/app" else "",
        expose=f"EXPOSE {PORT}" if server.listens else "",
        health=_health(image.application, server),
        comment=_comment(server),
        command=render_command(server.command),
    )


def python_version(tree: Tree, part: Backend) -> str:
    """The newest of the part's versions, else one that its project admits."""
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    if isinstance(part.pythons, tuple) and part.pythons:
        return max(part.pythons, key=lambda text: [int(n) for n in re.findall(r"\d+", text)])
    try:
        admitted = SpecifierSet(requires_python(tree, part)[0])
    except InvalidSpecifier:
        return PYTHON
    fitting = (each for each in (PYTHON, *_ANY_PYTHON) if admitted.contains(f"{each}.99"))
    return next(fitting, PYTHON)


def _tools_python(python: str) -> str:
    """The Python that a tool runs on which writes a lock out."""
    numbers = [int(number) for number in re.findall(r"\d+", python)[:2]]
    return python if numbers >= [3, 10] else PYTHON


def _workdir(folder: str, application: Application) -> str:
    """manage.py is started where it lies; others are imported, from wherever."""
    return application.root if application.kind == "django" else folder


def _inside(context: str, folder: str) -> str:
    inner = folder[len(context) :].strip("/")
    return f"/app/{inner}" if inner else "/app"


def _environment(workdir: str, path: str) -> str:
    """On the path are the folder of the application and the one that commands run in."""
    return ":".join(dict.fromkeys((path, workdir)))


def _how(folder: str, install: Install) -> str:
    if install.context == folder:
        return ""
    dockerfile = f"{folder[len(install.context):].strip('/')}/Dockerfile"
    return f"\n# The folder to build is the one of the workspace: docker build -f {dockerfile} ."


def _remove_tests(files: Files, folder: str, install: Install) -> str:
    inner = folder[len(install.context) :].strip("/")
    tests = [join(inner, name) for name in ("tests", "test") if files.below(join(folder, name))]
    return f"rm -rf {' '.join(tests)} && " if tests else ""


def _debian(packages: tuple[str, ...]) -> str:
    if not packages:
        return ""
    mounts = " \\\n    ".join(
        f"--mount=type=cache,target={folder},sharing=locked"
        for folder in ("/var/cache/apt", "/var/lib/apt")
    )
    return (
        f"# hadolint ignore=DL3008\nRUN {mounts} \\\n    apt-get update"
        f" && apt-get install --yes --no-install-recommends {' '.join(packages)}"
    )


def _health(application: Application, server: Server) -> str:
    """Asked with what is in the image, past any proxy that the engine hands to containers."""
    if not server.listens:
        return ""
    if application.health:
        ask = (
            "import urllib.request as r; r.build_opener(r.ProxyHandler({}))"
            f".open('http://127.0.0.1:{PORT}{application.health}', timeout=3)"
        )
    else:
        ask = f"import socket; socket.create_connection(('127.0.0.1', {PORT}), 3).close()"
    command = render_command(("python", "-c", ask))
    options = "--interval=5s --timeout=5s --start-period=30s --retries=3"
    return f"HEALTHCHECK {options} \\\n    CMD {command}"


def _comment(server: Server) -> str:
    if server.gap:
        return f"# TO DO: {server.gap}. Say here how it starts."
    if server.remark:
        return f"# TO DO: {server.remark}."
    if server.command[0] in ("uvicorn", "gunicorn", "hypercorn"):
        return "# Ends by itself before the 10 s are over that an engine waits after SIGTERM."
    return ""
