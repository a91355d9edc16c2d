"""The content security policy of a frontend: as strict as its own page lets it be."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import TYPE_CHECKING

from cicd.config.files import join

if TYPE_CHECKING:
    from cicd.config.files import Files

_INLINE_STYLES = (
    "@emotion/react @emotion/styled @mui/material styled-components antd @chakra-ui/react goober "
    "@mantine/core styled-jsx jss react-jss @fluentui/react vuetify primevue element-plus "
    "react-select sonner react-hot-toast framer-motion motion @radix-ui/react-scroll-area "
    "@radix-ui/react-select react-remove-scroll cmdk next gatsby @angular/core"
).split()
_ORIGIN = r"(https://[\w.-]+(?::\d+)?)"
_SCRIPT = re.compile(r"<script(?P<attributes>[^>]*)>(?P<body>.*?)</script>", re.S | re.I)
_STYLESHEET = re.compile(rf"<link[^>]*href=[\"']{_ORIGIN}[^>]*>", re.I)


def plan_policy(files: Files, folder: str) -> str:
    """The directives, without those for what the site may ask for: these are set at its start."""
    page = _page(files, folder)
    scripts, styles, fonts = ["'self'"], ["'self'"], ["'self'", "data:"]
    for found in _SCRIPT.finditer(page):
        scripts += _script_source(found["attributes"], found["body"])
    for link in _STYLESHEET.finditer(page):
        if "stylesheet" in link[0]:
            styles.append(link[1])
            fonts += ["https://fonts.gstatic.com"] if "fonts.googleapis" in link[1] else []
    if "<style" in page or _styles_at_run_time(files, folder):
        styles.append("'unsafe-inline'")
    directives = {
        "default-src": ["'self'"],
        "script-src": scripts,
        "style-src": styles,
        "font-src": fonts,
        "img-src": ["'self'", "data:", "blob:"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
    return "; ".join(f"{name} {' '.join(dict.fromkeys(d))}" for name, d in directives.items())


def _page(files: Files, folder: str) -> str:
    for base in ("index.html", "public/index.html", "src/index.html"):
        if text := files.text(join(folder, base)):
            return re.sub(r"<!--.*?-->", "", text, flags=re.S)
    return ""


def _script_source(attributes: str, body: str) -> list[str]:
    """Where a script comes from; one that stands in the page is allowed by its hash."""
    source = re.search(rf"src=[\"']{_ORIGIN}", attributes)
    if source:
        return [source[1]]
    if "src=" in attributes or not body.strip() or "json" in attributes:
        return []
    return [f"'sha256-{base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()}'"]


def _styles_at_run_time(files: Files, folder: str) -> bool:
    package = files.json(join(folder, "package.json"))
    known = {**(package.get("devDependencies") or {}), **(package.get("dependencies") or {})}
    return any(name in known for name in _INLINE_STYLES)
