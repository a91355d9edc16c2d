"""The client on a real HTTP server: what it repeats, what it says, what it keeps to itself."""

import socket
import threading

import pytest
from tests.github_api import REPOSITORY, TOKEN, GitHub
from tests.ruling import opened

from cicd.errors import RemoteError, SettingsError
from cicd.github.rules.plan import Call
from cicd.github.rules.refusals import Refused
from cicd.github.rules.wire import Wire
from cicd.model import Secret
from cicd.system.http import Patience

READ = Call(method="GET", path=f"/repos/{REPOSITORY}/rulesets")
MAKE = Call(
    method="POST",
    path=f"/repos/{REPOSITORY}/rulesets",
    body={"name": "a", "enforcement": "active"},
)
SPENT = {"x-ratelimit-remaining": "0"}


def refuse(github: GitHub, status: int, *, times: int = 1, **headers: str) -> None:
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    github.refusals += [("", status, told, {"message": f"said {status}"})] * times


def error_of(wire: Wire, call: Call = READ) -> Refused:
    with pytest.raises(Refused) as refused:
        wire.ask(call)
    wire.close()
    return refused.value


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_what_may_pass_is_asked_again(status: int, github: GitHub) -> None:
    refuse(github, status, times=2)
    wire = opened(github)
    assert wire.ask(READ) == []
    wire.close()
    assert len(github.log) == 3


def test_what_does_not_pass_is_given_up(github: GitHub) -> None:
    refuse(github, 503, times=10)
    assert error_of(opened(github)).status == 503
    assert len(github.log) == 5


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422, 301])
def test_what_will_not_pass_is_asked_once(status: int, github: GitHub) -> None:
    refuse(github, status, times=2, Location="http://127.0.0.1:9/")
    error = error_of(opened(github))
    assert error.status == status and f"said {status}" in error.message
    assert len(github.log) == 1


def test_what_creates_is_repeated_only_where_nothing_was_done(github: GitHub) -> None:
    refuse(github, 502)
    assert error_of(opened(github), MAKE).status == 502
    assert len(github.log) == 1
    refuse(github, 503, Retry_After="1")
    wire = opened(github)
    assert wire.ask(MAKE)["name"] == "a"
    wire.close()


def test_a_server_that_asks_for_time_is_given_it_within_reason(github: GitHub) -> None:
    waited = list[float]()
    patience = Patience(wait=waited.append)
    wire = Wire(github.address, Secret(TOKEN), origin="env:X", patience=patience)
    refuse(github, 403, Retry_After="7")
    assert wire.ask(READ) == [] and waited == [7.0]
    refuse(github, 429, Retry_After="3600")
    assert "asks to send less" in error_of(wire).message
    assert waited == [7.0]


def test_a_spent_limit_is_no_missing_permission(github: GitHub) -> None:
    github.refusals.append(("", 403, SPENT, {"message": "API rate limit exceeded"}))
    error = error_of(opened(github))
    assert "asks to send less (403)" in error.message and "administrator" not in str(error)


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_refused_token_is_told_what_it_needs_and_not_shown(status: int, github: GitHub) -> None:
    refuse(github, status)
    error = error_of(opened(github))
    assert "the token of env:GITHUB_TOKEN" in error.message
    assert "an administrator's token is needed" in error.fix
    assert "Administration: write" in error.fix
    assert TOKEN not in str(error)


def test_a_plan_that_does_not_have_it_is_no_missing_permission(github: GitHub) -> None:
    said = {"message": "Upgrade to GitHub Pro or make this repository public"}
    github.refusals.append(("", 403, {}, said))
    error = error_of(opened(github))
    assert "Upgrade to GitHub Pro" in error.message and "administrator" not in str(error)


@pytest.mark.parametrize("word", ["ghp_one\nghp_two", "ghp one", "ghp_ü", ""])
def test_what_cannot_be_a_token_is_not_sent_and_not_shown(word: str, github: GitHub) -> None:
    with pytest.raises(SettingsError, match="env:GITHUB_TOKEN is no token") as refused:
        opened(github, word)
    assert "ghp" not in str(refused.value)


def test_a_token_goes_to_nobody_else(github: GitHub) -> None:
    """Neither by a redirection nor from ~/.netrc."""
    refuse(github, 307, Location=f"{github.address}/elsewhere")
    assert "has moved" in error_of(opened(github)).message
    assert [one.path for one in github.log] == [READ.path]
    assert github.log[0].headers["Authorization"] == f"Bearer {TOKEN}"
    assert github.log[0].headers["X-GitHub-Api-Version"] == "2022-11-28"


def test_errors_of_fields_are_told(github: GitHub) -> None:
    said = {"message": "Validation Failed", "errors": ["one", {"field": "rules", "code": "custom"}]}
    github.refusals.append(("", 422, {}, said))
    assert "Validation Failed; one; rules custom" in error_of(opened(github)).message


def test_nobody_at_the_address_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"http://127.0.0.1:{taken.getsockname()[1]}"
    patience = Patience(wait=lambda seconds: None)
    error = error_of(Wire(address, Secret(TOKEN), origin="env:X", patience=patience))
    assert f"{address}: nobody answers" in error.message and error.status == 0


def test_an_answer_that_is_no_json_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        wire = Wire(_page(listener), Secret(TOKEN), origin="env:X")
        with pytest.raises(RemoteError, match="the answer is no JSON"):
            wire.ask(READ)
        wire.close()


def _page(listener: socket.socket) -> str:
    def answer() -> None:
        line, _ = listener.accept()
        with line:
            line.recv(65536)
            line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>")

    threading.Thread(target=answer, daemon=True).start()
    return f"http://127.0.0.1:{listener.getsockname()[1]}"
