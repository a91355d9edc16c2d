"""A Dockerfile is read as BuildKit reads it, as far as discovery needs it."""

from cicd.config.dockerfile import parse_dockerfile

TEXT = """\
# syntax=docker/dockerfile:1.7
ARG PYTHON=3.13
FROM python:${PYTHON}-slim AS python
FROM node:20 AS assets
RUN <<EOF
FROM nothing
EOF
FROM python AS final
COPY --from=assets /a /b
COPY --from=ghcr.io/astral-sh/uv:0.8 /uv /bin/
RUN --mount=type=bind,from=busybox,source=/x,target=/y \\
    # a comment
    true
EXPOSE 80
FROM ${UNKNOWN} AS unused
"""


def test_bases_are_what_the_target_needs_from_elsewhere() -> None:
    parsed = parse_dockerfile(TEXT)
    assert set(parsed.bases("final")) == {
        "docker/dockerfile:1.7",
        "python:3.13-slim",
        "node:20",
        "ghcr.io/astral-sh/uv:0.8",
        "busybox",
    }
    assert parsed.bases("assets") == ("docker/dockerfile:1.7", "node:20")


def test_build_arguments_choose_the_base() -> None:
    assert "python:3.12-slim" in parse_dockerfile(TEXT, {"PYTHON": "3.12"}).bases("final")


def test_a_stage_may_bear_the_name_of_its_base() -> None:
    parsed = parse_dockerfile("FROM python AS python\nFROM python\n")
    assert parsed.bases(None) == ("python",)
    assert [stage.base for stage in parsed.chain(None)] == ["python", "python"]


def test_an_instruction_knows_its_line() -> None:
    final = parse_dockerfile(TEXT).stage("final")
    assert final
    assert [(each.word, each.line) for each in final.instructions] == [
        ("COPY", 9),
        ("COPY", 10),
        ("RUN", 11),
        ("EXPOSE", 14),
    ]


def test_what_is_no_dockerfile_has_no_stages() -> None:
    assert parse_dockerfile("").bases(None) == ()
    assert parse_dockerfile("FROM\n").bases(None) == ()
