"""Hands one message to one channel, with apprise: `cicd_apprise.py < order`, JSON in and out.

A process of its own, so that a channel that hangs can be ended, and that nothing which apprise
says, such as an address in its log, is shown unread.
"""

from __future__ import annotations

import json
import logging
import sys
from html import escape
from importlib import import_module


def main() -> None:
    order = json.load(sys.stdin)
    heard = Heard()
    took = send(order)
    json.dump({"took": took, "said": heard.lines}, sys.stdout)


def send(order: dict[str, str]) -> bool:
    apprise = import_module("apprise")
    # Neither its pictures from elsewhere nor its name: the message is ours.
    asset = apprise.AppriseAsset(
        app_id="cicd", app_desc="cicd", app_url="", image_url_mask="", image_url_logo=""
    )
    channel = apprise.Apprise(asset=asset)
    if not channel.add(order["address"]):
        return False
    title, body, kind = order["title"], order["body"], order["kind"]
    form = apprise.NotifyFormat.TEXT
    if channel[0].notify_format == apprise.NotifyFormat.MARKDOWN:
        # Teams: in Markdown, made of plain text, lines run together and a link is none.
        form, body = apprise.NotifyFormat.HTML, as_html(body)
    return bool(channel.notify(title=title, body=body, notify_type=kind, body_format=form))


def as_html(text: str) -> str:
    return "<br/>".join(map(_html_line, text.splitlines()))


def _html_line(line: str) -> str:
    safe = escape(line)
    return f'<a href="{safe}">{safe}</a>' if line.startswith(("https://", "http://")) else safe


class Heard(logging.Handler):
    """Keeps the warnings of apprise and shows none."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []
        logger = logging.getLogger("apprise")
        logger.propagate = False
        logger.addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


if __name__ == "__main__":
    main()
