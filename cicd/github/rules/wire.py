"""Requests to GitHub's API: with a token, with time limits, and again where that helps."""

from __future__ import annotations

import json
import re
from functools import cached_property
from typing import TYPE_CHECKING

from cicd.errors import RemoteError, SettingsError
from cicd.github.rules.plan import Call
from cicd.github.rules.refusals import Answer, Refused, explain_answer, explain_break
from cicd.system.http import Patience, bypass_proxies

if TYPE_CHECKING:
    import requests

    from cicd.github.rules.settings import Json
    from cicd.model import Secret

CONNECT_S = 20
ANSWER_S = 60
VERSION = "2022-11-28"


class Wire:
    """GitHub's API at one address. To be closed; `origin` says where the token came from."""

    def __init__(
        self, api: str, token: Secret, *, origin: str, patience: Patience | None = None
    ) -> None:
        """Raises `SettingsError` for a secret that cannot be a token: in a header it would end
        up in an error's text."""
        if not re.fullmatch(r"[!-~]+", token.reveal()):
            raise SettingsError(f"the secret of {origin} is no token: a token is one word")
        self.api = api.rstrip("/")
        self._token, self._origin = token, origin
        self._patience = patience or Patience()

    def close(self) -> None:
        if "_session" in self.__dict__:
            self._session.close()

    def ask(self, call: Call) -> Json:
        """What GitHub answers, None when it says nothing. Raises `Refused`, after as many
        attempts as were worth it."""
        attempt = 0
        while True:
            try:
                return _parse(self._ask_once(call), f"{self.api}: {call}")
            except Refused as error:
                attempt += 1
                too_long = error.asked_s > self._patience.longest_s
                if too_long or attempt >= self._patience.attempts or not _again(call, error):
                    raise
                self._patience.wait(self._patience.pause_s(attempt - 1, error.asked_s))

    def _ask_once(self, call: Call) -> Answer:
        import requests

        try:
            # A redirection is not followed: the token is for this address alone.
            got = self._session.request(
                call.method,
                f"{self.api}{call.path}",
                json=call.body,
                timeout=(CONNECT_S, ANSWER_S),
                allow_redirects=False,
                auth=self._sign,
                proxies=bypass_proxies(self.api),
            )
        except (requests.RequestException, OSError) as error:
            raise explain_break(self.api, str(call), error) from error
        # Not `got.text`: without a charset it guesses, and chatters about it.
        text = got.content.decode("utf-8", "replace")
        answer = Answer(status=got.status_code, headers=got.headers, text=text)
        if not 200 <= answer.status < 300:
            raise explain_answer(self.api, str(call), self._origin, answer)
        return answer

    def _sign(self, prepared: requests.PreparedRequest) -> requests.PreparedRequest:
        prepared.headers["Authorization"] = f"Bearer {self._token.reveal()}"
        return prepared

    @cached_property
    def _session(self) -> requests.Session:
        import requests

        session = requests.Session()
        session.headers["User-Agent"] = "nox-cicd"
        session.headers["Accept"] = "application/vnd.github+json"
        session.headers["X-GitHub-Api-Version"] = VERSION
        return session


def _parse(answer: Answer, asked: str) -> Json:
    if not answer.text.strip():
        return None
    try:
        return json.loads(answer.text)
    except ValueError as error:
        raise RemoteError(f"{asked}: the answer is no JSON") from error


def _again(call: Call, error: Refused) -> bool:
    """What creates is repeated only where GitHub says that it did nothing."""
    return error.passing and (call.method != "POST" or error.asked_s > 0 or error.status == 429)
