"""What all our HTTP clients have alike: patience, and the way to this machine."""

from __future__ import annotations

import ipaddress
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How often and how long a request is repeated. A server that asks to be left alone for
    more than `longest_s` is not waited for."""

    attempts: int = 5
    first_s: float = 0.5
    longest_s: float = 30.0
    wait: Callable[[float], None] = time.sleep

    def pause_s(self, attempt: int, asked_s: float) -> float:
        """Twice as long each time, and never two clients in step."""
        doubled = min(self.first_s * 2**attempt, self.longest_s)
        return max(random.uniform(doubled / 2, doubled), asked_s)


def bypass_proxies(url: str) -> dict[str, str]:
    """What is on this machine is not reached through a proxy."""
    name = urlsplit(url).hostname or ""
    return {"no_proxy": name} if is_loopback(name) else {}


def is_loopback(host: str) -> bool:
    """Whether a host, with or without a port, is this machine."""
    name = hostname(host)
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"


def hostname(host: str) -> str:
    """The host without its port."""
    if host.count(":") > 1 and not host.startswith("["):
        return host
    return urlsplit(f"//{host}").hostname or ""
