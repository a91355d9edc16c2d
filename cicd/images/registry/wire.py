"""Requests to one registry: with its login, with time limits, and again where that helps."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import KW_ONLY, dataclass, field
from functools import cached_property
from typing import IO, TYPE_CHECKING, Any, TypeVar

from cicd.images.registry.login import Login
from cicd.images.registry.refusals import Unanswered, explain_break, explain_status, is_passing
from cicd.images.registry.transport import api_address, same_host
from cicd.system.http import Patience, bypass_proxies

if TYPE_CHECKING:
    import requests

    from cicd.images.registry.credentials import Credential
    from cicd.model import Secret

T = TypeVar("T")
Body = Callable[[], AbstractContextManager[IO[bytes]]]
CONNECT_S = 20
ANSWER_S = 60
STORE_S = 600
"""A registry may check and move a layer of gigabytes before it answers."""


@dataclass(frozen=True, slots=True)
class Request:
    """`body` is opened for each attempt and has `size_bytes`. `scopes` are what a token must
    allow."""

    method: str
    path: str
    _: KW_ONLY
    scopes: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Body | bytes | None = None
    size_bytes: int = 0
    stream: bool = False

    def __str__(self) -> str:
        """Without the query: it may carry the state of an upload."""
        return f"{self.method} {self.path.partition('?')[0]}"


class Wire:
    """One registry. To be closed; nothing is sent before the first request."""

    def __init__(
        self,
        host: str,
        *,
        credential: Credential | None = None,
        insecure: bool = False,
        patience: Patience | None = None,
        cover: Callable[[Secret], None] = lambda secret: None,
    ) -> None:
        """`cover` is told each secret before it is used, so that it can be masked."""
        self.host = host
        self._credential, self._insecure = credential, insecure
        self._patience = patience or Patience()
        self._login = Login(credential, cover)

    def close(self) -> None:
        if "_session" in self.__dict__:
            self._session.close()

    @cached_property
    def address(self) -> str:
        return api_address(self.host, insecure=self._insecure)

    def ask(self, request: Request, *expected: int) -> requests.Response:
        """The answer, with one of the expected codes or one below 300.

        Raises `Unanswered`, after as many attempts as were worth it.
        """
        return self.patiently(lambda: self.ask_once(request, *expected))

    def patiently(self, action: Callable[[], T]) -> T:
        """Does it again while what it raises may pass."""
        attempt = 0
        while True:
            try:
                return action()
            except Unanswered as error:
                attempt += 1
                too_long = error.asked_s > self._patience.longest_s
                if not error.passing or too_long or attempt >= self._patience.attempts:
                    raise error.after(attempt) from error
                self._patience.wait(self._patience.pause_s(attempt - 1, error.asked_s))

    def ask_once(self, request: Request, *expected: int) -> requests.Response:
        from urllib3.exceptions import HTTPError

        try:
            answer = self._send_with_login(request)
            if answer.status_code < 300 or answer.status_code in expected:
                return answer
            text = answer.text
        except (OSError, HTTPError) as error:  # those of requests are OSErrors
            raise explain_break(self.host, str(request), error) from error
        asked = str(request)
        code, wait_s = answer.status_code, _asked_s(answer)
        raise explain_status(self.host, asked, code, text, self._credential, wait_s)

    def _send_with_login(self, request: Request) -> requests.Response:
        answer = self._send(request)
        if answer.status_code != 401 or not same_host(self.address, answer.url):
            return answer
        challenge = answer.headers.get("WWW-Authenticate", "")
        _ = answer.content  # the connection is needed again
        try:
            let_in = self._login.answer(challenge, request.scopes, self._ask_for_token)
        except _Busy as busy:
            return busy.answer
        return self._send(request) if let_in else answer

    def _send(self, request: Request) -> requests.Response:
        url = request.path if "://" in request.path else f"{self.address}{request.path}"
        headers = dict(request.headers)
        if same_host(self.address, url):
            headers |= self._login.headers(request.scopes)
        with _opened(request) as body:
            return self._session.request(
                request.method,
                url,
                headers=headers,
                data=body,
                stream=request.stream,
                timeout=(CONNECT_S, ANSWER_S if body is None else STORE_S),
                allow_redirects=request.method in ("GET", "HEAD"),
                auth=_as_it_is,
                proxies=bypass_proxies(url),
            )

    def _ask_for_token(self, method: str, url: str, **options: Any) -> requests.Response:
        """Asks the server of tokens, which may be another host."""
        common = {"timeout": (CONNECT_S, ANSWER_S), "proxies": bypass_proxies(url)}
        answer = self._session.request(method, url, auth=_as_it_is, **{**common, **options})
        if is_passing(answer.status_code, ""):
            raise _Busy(answer)
        return answer

    @cached_property
    def _session(self) -> requests.Session:
        import requests

        session = requests.Session()
        session.headers["User-Agent"] = "nox-cicd"
        return session


class _Busy(Exception):
    """The server of tokens has no time: as good as the registry having none."""

    def __init__(self, answer: requests.Response) -> None:
        self.answer = answer


class _Sized:
    """A stream of known length: requests would send others in chunks, which not every
    registry takes."""

    def __init__(self, stream: IO[bytes], size_bytes: int) -> None:
        self._stream, self._size_bytes = stream, size_bytes

    def __len__(self) -> int:
        return self._size_bytes

    def __iter__(self) -> Iterator[bytes]:
        return iter(lambda: self.read(65536), b"")

    def read(self, size: int = -1) -> bytes:
        return self._stream.read(size)


@contextlib.contextmanager
def _opened(request: Request) -> Iterator[Any]:
    if request.body is None or isinstance(request.body, bytes):
        yield request.body
        return
    with request.body() as stream:
        yield _Sized(stream, request.size_bytes)


def _as_it_is(prepared: requests.PreparedRequest) -> requests.PreparedRequest:
    """Without a login of ours, requests would take the one of ~/.netrc."""
    return prepared


def _asked_s(answer: requests.Response) -> float:
    """Seconds of `Retry-After`. In its other form, a date, it is not read."""
    value = answer.headers.get("Retry-After", "")
    return float(value) if value.isdigit() else 0.0
