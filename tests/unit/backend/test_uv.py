import pytest

from cicd.backend.uv import install_error
from cicd.errors import CheckFailed, RemoteError
from cicd.model import Command, Completed

COMMAND = Command(("uv", "sync"))


@pytest.mark.parametrize(
    "said",
    [
        "error: Failed to fetch: `https://pypi.org/simple/x/`",
        "cause: client error (Connect)\n cause: dns error",
        "error: Request failed after 3 retries\n  operation timed out",
    ],
)
def test_a_registry_that_does_not_answer_is_told_from_a_fault_of_the_code(said: str) -> None:
    error = install_error(Completed(COMMAND, 2, errors=said), "the dependencies", "uv.lock")
    assert isinstance(error, RemoteError)
    assert said in str(error)


def test_what_cannot_be_resolved_is_a_fault_of_the_code() -> None:
    said = "× No solution found when resolving dependencies"
    error = install_error(Completed(COMMAND, 1, errors=said), "the dependencies", "uv.lock")
    assert isinstance(error, CheckFailed)
    (failure,) = error.outcome.failures
    assert (failure.title, failure.path) == ("the dependencies cannot be installed", "uv.lock")
    assert failure.detail == said


def test_the_time_limit_of_an_installation_is_the_network_s() -> None:
    done = Completed(COMMAND, -15, timed_out=True)
    assert isinstance(install_error(done, "the dependencies", ""), RemoteError)
