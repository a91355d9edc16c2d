"""A real registry for a test: `docker-registry`, on a port that the system chose."""

import contextlib
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.lacking import lacking

from cicd.system.process import _die_with_parent

USER, PASSWORD = "somebody", "s3cret-word"
_HASHED = "$2b$05$abcdefghijklmnopqrstuuEpHRRKIlpAGo.iP7Bpa.htQEJMAAnRe"
_LISTENING = re.compile(r"listening on 127\.0\.0\.1:(\d+)")


@dataclass(frozen=True)
class RunningRegistry:
    """`host` is how images are named in it, `storage` where it keeps them, `log` what it says."""

    host: str
    storage: Path
    log: Path


@contextlib.contextmanager
def running_registry(
    folder: Path, *, login: bool = False, delete: bool = True
) -> Iterator[RunningRegistry]:
    """With `login` it wants `USER` and `PASSWORD`."""
    program = shutil.which("docker-registry") or shutil.which("registry")
    if program is None:
        lacking("no docker-registry on PATH")
    folder.mkdir(parents=True, exist_ok=True)
    config, log, storage = folder / "config.yml", folder / "log", folder / "storage"
    config.write_text(_config(folder, storage, login=login, delete=delete))
    with log.open("wb") as output:
        process = subprocess.Popen(
            [program, "serve", str(config)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            preexec_fn=_die_with_parent(),
        )
    try:
        yield RunningRegistry(f"127.0.0.1:{_port(process, log)}", storage, log)
    finally:
        process.kill()
        process.wait()


def _config(folder: Path, storage: Path, *, login: bool, delete: bool) -> str:
    (folder / "htpasswd").write_text(f"{USER}:{_HASHED}\n")
    auth = f"auth: {{htpasswd: {{realm: here, path: '{folder}/htpasswd'}}}}\n" if login else ""
    return (
        "version: 0.1\n"
        "log: {level: info, accesslog: {disabled: true}}\n"
        f"storage: {{filesystem: {{rootdirectory: '{storage}'}},"
        f" delete: {{enabled: {str(delete).lower()}}}}}\n"
        "http: {addr: '127.0.0.1:0', secret: x}\n" + auth
    )


def _port(process: subprocess.Popen[bytes], log: Path) -> str:
    """The registry says it once it listens."""
    while process.poll() is None:
        if found := _LISTENING.search(log.read_text()):
            return found[1]
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.02)
    raise AssertionError(log.read_text())
