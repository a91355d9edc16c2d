"""The address at which a registry is spoken to."""

from __future__ import annotations

import ipaddress
import socket
import ssl
from urllib.parse import urlsplit

_HUB = {"docker.io": "registry-1.docker.io"}
_PROBE_S = 5


def api_address(host: str, *, insecure: bool) -> str:
    """HTTPS; plain HTTP for a registry that is said to speak it, and for one on this machine
    that does."""
    if insecure or (is_loopback(host) and not _speaks_tls(host)):
        return f"http://{host}"
    return f"https://{_HUB.get(host, host)}"


def is_loopback(host: str) -> bool:
    name = _hostname(host)
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"


def same_host(address: str, url: str) -> bool:
    """Whether a login for `address` may be sent to `url`."""
    return urlsplit(address)[:2] == urlsplit(url)[:2]


def bypass_proxies(url: str) -> dict[str, str]:
    """What is on this machine is not reached through a proxy."""
    name = urlsplit(url).hostname or ""
    return {"no_proxy": name} if is_loopback(name) else {}


def _speaks_tls(host: str) -> bool:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    address = (_hostname(host), urlsplit(f"//{host}").port or 443)
    try:
        with socket.create_connection(address, _PROBE_S) as plain, context.wrap_socket(plain):
            return True
    except OSError:
        return False


def _hostname(host: str) -> str:
    if host.count(":") > 1 and not host.startswith("["):
        return host
    return urlsplit(f"//{host}").hostname or ""
