"""The pure halves of the proofs: reports, users, histories, sizes, answers."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cicd.images.layers import Layer, SavedImage
from cicd.images.proofs.contents import Contents, prove_layers, prove_user
from cicd.images.proofs.ending import find_shell_form, good_codes
from cicd.images.proofs.hadolint import blank_comments, find_settings, judge_report, lint_command
from cicd.images.proofs.health import Answer
from cicd.images.proofs.kept import Kept, proof_key
from cicd.images.proofs.listeners import Listener, explain_listeners, parse_listeners
from cicd.images.proofs.readiness import Wish, judge_answer
from cicd.images.proofs.sizes import (
    LayerSize,
    Sizes,
    explain_budget,
    explain_growth,
    read_sizes,
    write_sizes,
)
from cicd.images.proofs.tracing import Step, shorten, trace_steps
from cicd.images.proofs.users import explain_root
from cicd.model import Command, Completed, Outcome

PASSWD = "root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000::/app:/bin/sh\nboss:x:0:0::/:/bin/sh\n"


@pytest.mark.parametrize("user", ["app", "1000", "1000:0", "app:root"])
def test_a_user_that_is_not_root_is_green(user: str) -> None:
    assert explain_root(user, PASSWD) == ""


@pytest.mark.parametrize(
    ("user", "said"),
    [
        ("", "no USER is set"),
        ("0", "USER is 0"),
        ("00:1000", "USER is 0"),
        ("root", "USER is root"),
        ("boss", "USER is boss, which is 0"),
        ("nobody", "/etc/passwd has no such user"),
    ],
)
def test_root_is_red_under_every_name(user: str, said: str) -> None:
    assert said in explain_root(user, PASSWD)


@pytest.mark.parametrize(("user", "may"), [("", True), ("root", True), ("nobody-knows", False)])
def test_who_runs_as_root_is_told_how_not_to_and_how_to_allow_it(user: str, may: bool) -> None:
    layer = Layer(passwd=PASSWD)
    saved = SavedImage(config={"config": {"User": user}}, layers=(layer,))
    seen = Contents(saved=saved, steps=(), dockerfile="Dockerfile", repeat="nox -s api_image")
    (found,) = prove_user(seen)
    assert ("USER" in found.fix and "root=True" in found.fix) is may


def report(*remarks: tuple[str, str]) -> Completed:
    found = [
        {"code": code, "level": level, "line": number, "message": "m"}
        for number, (code, level) in enumerate(remarks, 1)
    ]
    return Completed(Command(("hadolint",)), 0, json.dumps(found))


def judged(done: Completed, own: str = "") -> tuple[list[str], int]:
    failures, told = judge_report(done, "Dockerfile", own_settings=own, repeat="nox -s api_image")
    return [failure.title for failure in failures], len(told)


def test_errors_and_warnings_are_red_and_style_is_told() -> None:
    done = report(
        ("DL3000", "error"), ("DL3014", "warning"), ("DL3008", "warning"), ("DL3020", "error"),
        ("DL3059", "info"), ("SC2046", "warning"), ("SC1000", "error"), ("DL3048", "style"),
    )  # fmt: skip
    assert judged(done) == (["DL3000 m", "DL3014 m", "SC1000 m"], 5)


def test_with_settings_of_its_own_a_repository_levels_every_rule() -> None:
    done = report(("DL3008", "warning"), ("DL3020", "error"), ("DL3059", "info"))
    assert judged(done, ".hadolint.yaml") == (["DL3008 m", "DL3020 m"], 1)


@pytest.mark.parametrize("output", ["", "no report", "{}1", '[{"code": "DL1"}]', "[3]"])
def test_a_report_that_cannot_be_read_is_red(output: str) -> None:
    done = Completed(Command(("hadolint",)), 1, output, "hadolint: Dockerfile: does not exist")
    titles, _ = judged(done)
    assert titles == ["hadolint ended with 1 and no report that can be read"]


def test_settings_that_cannot_be_read_are_red_though_hadolint_goes_on() -> None:
    done = Completed(Command(("hadolint",)), 0, "[]", '"Error parsing your config file in x"')
    assert judged(done, ".hadolint.yaml")[0] == ["hadolint cannot read its settings"]


def test_the_nearest_settings_are_taken_and_those_of_a_home_never(tmp_path: Path) -> None:
    near = tmp_path / "backend"
    near.mkdir()
    assert find_settings(tmp_path, (near,)) is None
    (tmp_path / ".hadolint.yaml").touch()
    assert find_settings(tmp_path, (near,)) == tmp_path / ".hadolint.yaml"
    (near / ".hadolint.yml").touch()
    assert find_settings(tmp_path, (near,)) == near / ".hadolint.yml"
    command = lint_command(Path("hadolint"), near / "Dockerfile", None, tmp_path)
    assert "--config" not in command.argv
    assert command.env == {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}


def test_comments_are_blanked_line_for_line_but_for_those_that_programs_read() -> None:
    text = "# syntax=x:1\n# why\nRUN a \\\n  # inside\n  b # c\n# hadolint ignore=DL1\n"
    assert blank_comments(text) == ("# syntax=x:1\n\nRUN a \\\n\n  b # c\n# hadolint ignore=DL1\n")


DOCKERFILE = """\
ARG BASE=python:3
FROM $BASE AS base
WORKDIR /app
FROM node AS other
RUN ignored
FROM base
# a comment
RUN one && \\
    two
COPY . .
CMD ["x"]
"""
HISTORY = [
    {"created_by": "ADD root.tar /"},
    {"created_by": "ENV LANG=C", "empty_layer": True},
    {"created_by": "WORKDIR /app"},
    {"created_by": "RUN /bin/sh -c one && two # buildkit"},
    {"created_by": "COPY . . # buildkit"},
    {"created_by": 'CMD ["x"]', "empty_layer": True},
]


def test_a_history_is_matched_with_the_instructions_of_its_stages() -> None:
    steps = trace_steps({"history": HISTORY}, DOCKERFILE, None, {})
    assert [step.own for step in steps] == [False, False, True, True, True, True]
    assert [step.line for step in steps] == [None, None, 3, 8, 10, 11]
    assert [step.has_layer for step in steps] == [True, False, True, True, True, False]


@pytest.mark.parametrize(
    "dockerfile", ["", "nonsense", "FROM x\nRUN a\n", DOCKERFILE + "USER app\n"]
)
def test_without_a_match_everything_counts_as_its_own(dockerfile: str) -> None:
    steps = trace_steps({"history": HISTORY}, dockerfile, None, {})
    assert all(step.own and step.line is None for step in steps)


def test_the_old_builders_history_is_matched_as_well() -> None:
    old = [
        {"created_by": "/bin/sh -c #(nop) ADD file:1 in / "},
        {"created_by": "/bin/sh -c #(nop) WORKDIR /app", "empty_layer": True},
        {"created_by": "|1 A=b /bin/sh -c make"},
        {"created_by": '/bin/sh -c #(nop)  CMD ["x"]', "empty_layer": True},
    ]
    steps = trace_steps({"history": old}, "FROM x\nWORKDIR /app\nRUN make\nCMD x", None, {})
    assert [step.own for step in steps] == [False, True, True, True]
    assert shorten(steps[1].command) == "WORKDIR /app"


def test_only_the_layers_of_the_application_are_judged() -> None:
    layers = (Layer(found=["`.env`: a"]), Layer(found=["`.env`: b"]), Layer(unread="zstd"))
    base = Step(command="ADD x", has_layer=True, own=False)
    own = Step(command="COPY . .", has_layer=True, line=7)
    contents = Contents(
        saved=SavedImage(config={}, layers=layers),
        steps=(base, own, own),
        dockerfile="D",
        repeat="r",
    )
    first, second = prove_layers(contents)
    assert (first.title, first.path, first.line) == ("`.env`: b", "D", 7)
    assert second.title == "layer 3 was not looked at: zstd"


def sizes(*megabytes: float) -> Sizes:
    return Sizes(
        tuple(LayerSize(int(mb * 1_000_000), f"RUN {n}") for n, mb in enumerate(megabytes))
    )


def test_a_budget_is_red_above_and_green_at_its_limit() -> None:
    assert explain_budget(sizes(100, 12.3), None, None) == ""
    assert explain_budget(sizes(100, 12), 112, None) == ""
    said = explain_budget(sizes(100, 12.3), 112, sizes(100, 4))
    assert said.splitlines() == [
        "112 MB, 112 MB are allowed",
        "     100 MB             RUN 0",
        "      12 MB    +8.3 MB  RUN 1",
    ]


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [(100, 119, False), (100, 121, True), (10, 15, False), (10, 21, True), (100, 50, False)],
)
def test_growth_is_told_from_a_fifth_and_10_mb_on(before: float, after: float, told: bool) -> None:
    assert bool(explain_growth(sizes(after), sizes(before))) == told
    assert explain_growth(sizes(after), None) == ""


def test_sizes_are_kept_from_run_to_run(tmp_path: Path) -> None:
    path = tmp_path / "images" / "api.json"
    assert read_sizes(path) is None
    write_sizes(path, sizes(1, 2))
    assert read_sizes(path) == sizes(1, 2)
    path.write_text("{}")
    assert read_sizes(path) is None


def test_a_green_proof_is_kept_for_its_key_alone(tmp_path: Path) -> None:
    now = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    kept = Kept(path=tmp_path / "api.json", key=proof_key(("a", "b")))
    assert kept.read() is None
    for bad in (Outcome(passed=False), Outcome(unverified=("no database",))):
        kept.write(bad, now)
        assert kept.read() is None
    kept.write(Outcome(headline="9 MB", metrics={"size_bytes": 9}, facts={"a": "b"}), now)
    again = kept.read()
    assert again is not None and again.passed
    assert again.headline.startswith("9 MB · reused from 2026-11-2")
    assert (again.metrics, again.facts["a"]) == ({"size_bytes": 9}, "b")
    assert Kept(path=kept.path, key=proof_key(("ab", ""))).read() is None
    kept.path.write_text("torn")
    assert kept.read() is None


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("SIGTERM", {0, 143}),
        ("SIGQUIT", {0, 131, 143}),
        ("3", {0, 131, 143}),
        ("SIGRTMIN+3", {0, 143}),
    ],
)
def test_the_codes_of_a_good_end(name: str, codes: set[int]) -> None:
    assert good_codes(name) == codes


@pytest.mark.parametrize(
    ("config", "form"),
    [
        ({"Cmd": ["/bin/sh", "-c", "python app.py"]}, "CMD"),
        ({"Cmd": ["/bin/bash", "-o", "pipefail", "-c", "x"]}, "CMD"),
        ({"Entrypoint": ["/bin/sh", "-c", "x"], "Cmd": ["y"]}, "ENTRYPOINT"),
        ({"Cmd": ["python", "app.py"], "Entrypoint": None}, ""),
        ({"Entrypoint": ["/entrypoint.sh"], "Cmd": ["/bin/sh", "-c", "x"]}, ""),
        ({"Cmd": ["sh"]}, ""),
        ({}, ""),
    ],
)
def test_the_shell_form_is_known_by_its_shell(config: dict[str, object], form: str) -> None:
    assert find_shell_form(config) == form


TCP = """\
  sl  local_address rem_address   st tx_queue
   0: 0100007F:1F40 00000000:0000 0A 00000000:00000000
   1: 00000000:2328 00000000:0000 0A 00000000:00000000
   2: 0100007F:A0A0 0100007F:1F40 01 00000000:00000000
   3: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 0A 0
"""


def test_listeners_are_read_as_linux_tells_them() -> None:
    found = parse_listeners(TCP)
    assert found == (Listener(80, False), Listener(8000, True), Listener(9000, False))
    assert explain_listeners(found, 9000, "api") == ""
    assert "127.0.0.1:8000" in explain_listeners(found, 8000, "api")
    assert explain_listeners(found, 5000, "api").endswith('cicd.Image("api", port=80)')
    assert explain_listeners((), 5000, "api") == ""


WISH = Wish(name="api", port=8000, health="/health", start_s=1)


@pytest.mark.parametrize("status", [400, 401, 404, 500, 503])
def test_a_bad_status_may_become_a_good_one(status: int) -> None:
    assert judge_answer(Answer(status=status, spoke=True), WISH) is None


def test_a_redirect_settles_it_with_a_fix_only_where_a_slash_is_missing() -> None:
    slash = judge_answer(Answer(status=301, location="http://h/health/"), WISH)
    assert slash and not slash.ok and slash.fix == 'cicd.Image("api", health="/health/")'
    login = judge_answer(Answer(status=302, location="/login?next=/health/"), WISH)
    assert login and not login.ok and login.fix == ""
    assert login.title.endswith("it redirects to /login?next=/health/ (302)")


def test_204_is_healthy() -> None:
    ready = judge_answer(Answer(status=204), WISH)
    assert ready and ready.ok
