"""What BuildKit says when a build fails becomes a cause, a line and the last words of the step."""

from __future__ import annotations

import pytest

from cicd.errors import CheckFailed, CicdError, MissingError, RemoteError
from cicd.images.build_errors import explain_failure
from cicd.images.recipe import Recipe
from cicd.model import Command, Completed, Failure

RECIPE = Recipe(
    name="api",
    context="backend",
    dockerfile="backend/Dockerfile",
    original="backend/Dockerfile",
    reference="r",
    content_key="k",
    steps={"RUN make": 4},
)
NEW = """\
#7 [2/3] RUN make
#7 0.312 make: *** No rule to make target 'all'.  Stop.
#7 ERROR: process "/bin/sh -c make" did not complete successfully: exit code: 2
------
 > [2/3] RUN make:
0.312 make: *** No rule
------
Dockerfile:4
--------------------
   2 |     WORKDIR /app
   3 |     COPY . .
   4 | >>> RUN make
   5 |
--------------------
ERROR: failed to solve: process "/bin/sh -c make" did not complete successfully: exit code: 2
"""
OLD = """\
#7 [api stage-1 2/3] RUN make
#7 0.312 make: *** No rule to make target 'all'.  Stop.
#7 ERROR: executor failed running [/bin/sh -c make]: exit code: 2
------
 > [2/3] RUN make:
------
error: failed to solve: executor failed running [/bin/sh -c make]: exit code: 2
"""


def explain(said: str, *, answers: bool = True, timed_out: bool = False) -> CicdError:
    done = Completed(Command(("docker",)), 1, said, timed_out=timed_out)
    return explain_failure(done, [RECIPE], 5.0, answers=answers)


def failure(said: str) -> Failure:
    error = explain(said)
    assert isinstance(error, CheckFailed)
    return error.outcome.failures[0]


@pytest.mark.parametrize("said", [NEW, OLD], ids=["new", "old"])
def test_a_step_that_fails_has_its_line_and_its_last_words(said: str) -> None:
    found = failure(said)
    assert found.title == "`make` ended with exit code 2"
    assert (found.path, found.line) == ("backend/Dockerfile", 4)
    assert found.detail == "make: *** No rule to make target 'all'.  Stop."
    assert found.repeat == "nox -s api_image"


PIP = """\
#8 [3/9] RUN pip install -r requirements.txt
#8 9.01 error: subprocess-exited-with-error
#8 9.01
#8 9.01 × Getting requirements to build wheel did not run successfully.
#8 9.01   ╰─> [23 lines of output]
#8 9.02       writing manifest file
#8 9.02       Error: pg_config executable not found.
#8 9.02
#8 9.02       pg_config is required to build psycopg2 from source.
#8 9.02       [end of output]
#8 9.03 error: subprocess-exited-with-error
#8 9.03   ╰─> See above for output.
#8 ERROR: executor failed running [/bin/sh -c pip install -r requirements.txt]: exit code: 1
"""
NODE = """\
#7 [2/3] RUN pnpm install
#7 0.80 /corepack.cjs:21535
#7 0.80 Error: Cannot find matching keyid
#7 0.80     at verifySignature (corepack.cjs:21535:47)
#7 0.80     at a (a.cjs:1)
#7 0.80     at b (b.cjs:2)
#7 0.80     at c (c.cjs:3)
#7 0.80 Node.js v20.18.0
#7 ERROR: executor failed running [/bin/sh -c pnpm install]: exit code: 1
"""
NPM = """\
#7 [2/3] RUN npm ci
#7 0.80 npm error code EUSAGE
#7 0.80 npm error
#7 0.80 npm error `npm ci` can only install packages when package-lock.json is in sync
#7 0.81 npm error A complete log of this run can be found in: /home/node/.npm/_logs/x.log
#7 ERROR: process "/bin/sh -c npm ci" did not complete successfully: exit code: 1
"""
NO_SUCH_PACKAGE = """\
#7 [2/3] RUN pip install nonsense
#7 1.10 ERROR: Could not find a version that satisfies the requirement nonsense
#7 1.10 ERROR: No matching distribution found for nonsense
#7 ERROR: process "/bin/sh -c pip install nonsense" did not complete successfully: exit code: 1
"""


@pytest.mark.parametrize(
    ("said", "first"),
    [
        (PIP, "      Error: pg_config executable not found."),
        (NODE, "Error: Cannot find matching keyid"),
        (NPM, "npm error code EUSAGE"),
        (
            NO_SUCH_PACKAGE,
            "ERROR: Could not find a version that satisfies the requirement nonsense",
        ),
    ],
    ids=["pip", "node", "npm", "no such package"],
)
def test_the_error_that_a_step_printed_stands_first(said: str, first: str) -> None:
    assert failure(said).detail.splitlines()[0] == first


def test_a_step_without_an_error_of_its_own_has_its_last_words() -> None:
    said = NODE.replace("Error: Cannot", "I cannot")
    assert failure(said).detail.splitlines()[-1] == "Node.js v20.18.0"
    assert len(failure(said).detail.splitlines()) == 3


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ("failed to solve: dockerfile parse error line 2: unknown instruction: RUNN", 2),
        ("failed to solve: dockerfile parse error on line 3: unknown instruction: RUNN", 3),
    ],
)
def test_a_line_that_cannot_be_read_is_named(said: str, line: int) -> None:
    assert failure(f"ERROR: {said}\n").line == line


@pytest.mark.parametrize(
    ("said", "image"),
    [
        (
            "#2 [internal] load metadata for docker.io/library/nope:1\n"
            "#2 ERROR: docker.io/library/nope:1: not found\n",
            "docker.io/library/nope:1",
        ),
        (
            "#3 [api internal] load metadata for ghcr.io/a/b:1\n"
            "#3 ERROR: failed to do request: Head x: dial tcp: no such host\n",
            "ghcr.io/a/b:1",
        ),
        (
            "#2 resolve image config for docker-image://docker.io/docker/dockerfile:1\n"
            "#2 ERROR: failed to do request: i/o timeout\n",
            "docker.io/docker/dockerfile:1",
        ),
        (
            "ERROR: failed to solve: ghcr.io/a/b:1: failed to resolve source metadata for x: "
            "unexpected status from HEAD request: 401 Unauthorized\n",
            "ghcr.io/a/b:1",
        ),
    ],
)
def test_a_base_that_cannot_be_had_is_the_remotes_fault(said: str, image: str) -> None:
    error = explain(said)
    assert isinstance(error, RemoteError)
    assert f"api: the image {image} cannot be had: " in str(error)


def test_a_file_that_a_program_did_not_find_is_no_missing_base() -> None:
    said = NEW.replace("No rule to make target 'all'", "not found")
    assert isinstance(explain(said), CheckFailed)


def test_a_full_disk_and_a_stopped_engine_are_not_the_codes_fault() -> None:
    error = explain("#7 ERROR: write /x: no space left on device\n")
    assert isinstance(error, RemoteError)
    assert "docker builder prune" in str(error)
    assert "stopped during the build" in str(explain("", answers=False))


def test_an_engine_without_buildkit_is_something_missing() -> None:
    assert isinstance(
        explain("ERROR: BuildKit is enabled but the buildx component is missing"), MissingError
    )


def test_a_build_that_takes_too_long_says_how_long() -> None:
    error = explain("#7 [2/3] RUN make\n", timed_out=True)
    assert "longer than 5 s" in str(error)
