"""Asks an address over HTTP, once."""

from __future__ import annotations

import http.client
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """`status` is None when nobody answered in HTTP; `reason` then says what happened."""

    status: int | None = None
    location: str = ""
    reason: str = ""
    spoke: bool = False
    """Whether somebody listens there at all, in whatever language."""

    @property
    def is_healthy(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_redirect(self) -> bool:
        return self.status in (301, 302, 303, 307, 308)


def ask(address: tuple[str, int], path: str, *, host: str, timeout_s: float) -> Answer:
    """What `GET path` is answered. Redirects are not followed. `host` is the name asked for:
    applications that check theirs know `localhost`."""
    connection = http.client.HTTPConnection(*address, timeout=max(timeout_s, 0.1))
    try:
        connection.request("GET", path, headers={"Host": host, "Connection": "close"})
        response = connection.getresponse()
        return Answer(
            status=response.status, location=response.headers.get("Location", ""), spoke=True
        )
    except TimeoutError:
        return Answer(reason="no answer in time")
    except (ConnectionError, http.client.RemoteDisconnected):
        # The engine's own proxy accepts, and hangs up where nobody listens behind it.
        return Answer(reason="nobody listens there")
    except http.client.HTTPException as error:
        return Answer(reason=f"no HTTP: {error!r}"[:200], spoke=True)
    except OSError as error:
        return Answer(reason=str(error))
    finally:
        connection.close()
