"""The address at which a registry is spoken to."""

from __future__ import annotations

import socket
import ssl
from urllib.parse import urlsplit

from cicd.system.http import hostname, is_loopback

_HUB = {"docker.io": "registry-1.docker.io"}
_PROBE_S = 5


def api_address(host: str, *, insecure: bool) -> str:
    """HTTPS; plain HTTP for a registry that is said to speak it, and for one on this machine
    that does."""
    if insecure or (is_loopback(host) and not _speaks_tls(host)):
        return f"http://{host}"
    return f"https://{_HUB.get(host, host)}"


def same_host(address: str, url: str) -> bool:
    """Whether a login for `address` may be sent to `url`."""
    return urlsplit(address)[:2] == urlsplit(url)[:2]


def _speaks_tls(host: str) -> bool:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    address = (hostname(host), urlsplit(f"//{host}").port or 443)
    try:
        with socket.create_connection(address, _PROBE_S) as plain, context.wrap_socket(plain):
            return True
    except OSError:
        return False
