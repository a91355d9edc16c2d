"""The question to GitHub, over a real connection."""

import socket
from collections.abc import Iterator

import pytest
from tests.listening import HttpServer, http_server

from cicd.errors import RemoteError
from cicd.model import Secret
from cicd.notify.earlier import github


@pytest.fixture
def api() -> Iterator[HttpServer]:
    with http_server() as server:
        yield server


def test_the_token_goes_with_the_question(api: HttpServer) -> None:
    api.answer = {"workflow_runs": []}
    ask = github(f"http://127.0.0.1:{api.port}", Secret("gh-t0ken"))
    assert ask("/repos/o/n") == {"workflow_runs": []}
    assert api.requests[0].headers["Authorization"] == "Bearer gh-t0ken"


@pytest.mark.parametrize(
    ("status", "answer", "said"),
    [
        (403, {}, "403 Forbidden (the job needs `actions: read`)"),
        (500, {}, "500 Internal Server Error"),
        (200, b"<html>", "JSONDecodeError"),
    ],
)
def test_what_is_no_answer_is_told_without_the_token(
    api: HttpServer, status: int, answer: object, said: str
) -> None:
    api.status, api.answer = status, answer
    with pytest.raises(RemoteError) as refused:
        github(f"http://127.0.0.1:{api.port}", Secret("gh-t0ken"))("/repos/o/n")
    assert str(refused.value) == f"GitHub does not tell the runs before: {said}"


def test_a_network_that_is_not_there_is_an_error_of_the_remote() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(RemoteError, match="GitHub does not tell the runs before: ConnectionError"):
        github(f"http://127.0.0.1:{port}", Secret("gh-t0ken"))("/repos/o/n")
