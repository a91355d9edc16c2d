"""Has a container end as an orchestrator does: by a signal, and a time limit."""

from __future__ import annotations

import signal
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cicd.images.proofs.container import ProofContainer

_SHELLS = ("sh", "bash", "ash", "dash")
_DEFAULT = "SIGTERM"


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """Without a title it ended well."""

    stop_s: float
    title: str = ""
    detail: str = ""
    fix: str = ""


def stop(running: ProofContainer, config: Mapping[str, Any], limit_s: float) -> End:
    """Sends the image's own stop signal, and judges how it ends and when."""
    import docker

    name = str(config.get("StopSignal") or _DEFAULT)
    begun = time.monotonic()
    try:
        running.signal(name)
    except docker.errors.APIError:
        # It ended in this very moment; if it did not, the wait below says so.
        pass
    code = running.wait(limit_s)
    stop_s = time.monotonic() - begun
    if code is None:
        return _ignored(name, config, limit_s)
    if code in good_codes(name):
        return End(stop_s=stop_s)
    reason = running.read_state().reason
    title = f"{name} ended it with exit code {code}" + (f": {reason}" if reason else "")
    expected = ", ".join(map(str, sorted(good_codes(name))))
    return End(stop_s=stop_s, title=title, detail=f"a clean end is one of: {expected}")


def good_codes(name: str) -> frozenset[int]:
    """0, and what says that the signal ended it: 143 is SIGTERM, which frameworks keep to."""
    number = int(name) if name.isdigit() else getattr(signal, name, None)
    own = {128 + int(number)} if number else set()
    return frozenset({0, 128 + signal.SIGTERM} | own)


def _ignored(name: str, config: Mapping[str, Any], limit_s: float) -> End:
    title = f"it still ran {limit_s:g} s after {name}"
    shell = find_shell_form(config)
    if shell:
        detail = "its first process is a shell, which keeps the signal from what it started"
        fix = f'write it in exec form, as a list: {shell} ["program", "argument"]'
        return End(stop_s=limit_s, title=title, detail=detail, fix=fix)
    words = (*(config.get("Entrypoint") or ()), *(config.get("Cmd") or ()))
    program = words[0] if words else "its first process"
    detail = f"{program} is process 1, which gets no signal that it does not handle itself"
    return End(stop_s=limit_s, title=title, detail=detail)


def find_shell_form(config: Mapping[str, Any]) -> str:
    """The instruction that is written in shell form and so is process 1; else ""."""
    for field, instruction in (("Entrypoint", "ENTRYPOINT"), ("Cmd", "CMD")):
        words = config.get(field) or ()
        if words:
            shell = str(words[0]).rpartition("/")[2] in _SHELLS
            return instruction if shell and len(words) > 2 and "-c" in words[1:-1] else ""
    return ""
