"""Each proof of an image, once red and once green, on real images in a real engine."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import docker
import pytest
from tests.engine.images.proving import (
    APP,
    BASE,
    WELL,
    Bench,
    Workshop,
    api,
    containers,
    home,
    workshop,
)

__all__ = ["home", "workshop"]

pytestmark = pytest.mark.engine


@pytest.fixture
def bench(workshop: Workshop, home: Path) -> Iterator[Bench]:
    shutil.rmtree(home / ".cicd" / "images", ignore_errors=True)
    yield Bench(workshop, home)
    assert containers() == []


def test_an_image_that_does_everything_right_is_green(bench: Bench) -> None:
    proved = bench.prove(api())
    assert proved.outcome.passed, proved.outcome
    size, healthy, stopped = proved.outcome.headline.split(" · ")
    assert size.endswith(" MB") and healthy.startswith("healthy after ")
    assert stopped.startswith("stopped in ")
    numbers = proved.outcome.metrics
    assert numbers["size_bytes"] > 1_000_000 and numbers["layers"] >= 2
    assert 0 < numbers["start_s"] < 20 and 0 <= numbers["stop_s"] < 10


def test_a_health_address_that_never_answers_is_red_at_the_time_limit(bench: Bench) -> None:
    failure = bench.prove(api("hangs", start_s=2)).only
    assert failure.title.startswith("not healthy within 2 s: /health (port 8000) never answered")
    assert "this is hangs" in failure.detail
    assert failure.repeat == "nox -s api_image"
    assert failure.fix == ""


def test_a_health_address_that_answers_500_is_red_with_the_status(bench: Bench) -> None:
    proved = bench.prove(api("fails", start_s=2))
    assert proved.only.title == "not healthy within 2 s: /health still answered 500"
    assert "api printed:\nthis is fails" in proved.shown


def test_a_health_address_that_redirects_is_red_at_once_with_its_target(bench: Bench) -> None:
    failure = bench.prove(api("redirects", start_s=60)).only
    assert failure.title == "/health is no health address: it redirects to /health/ (307)"
    assert failure.fix == 'cicd.Image("api", health="/health/")'


def test_a_container_that_exits_is_red_at_once_with_its_log(bench: Bench) -> None:
    env = {"MODE": "exits", "TOKEN": "of no use"}
    proved = bench.prove(api(env=env, start_s=60))
    assert proved.only.title.startswith("it ended by itself after ")
    assert proved.only.title.endswith("with exit code 1")
    assert "no settings: of no use" in proved.only.detail


def test_a_program_that_listens_inside_alone_is_told_so(bench: Bench) -> None:
    failure = bench.prove(api("hides", start_s=2)).only
    assert failure.title.endswith("never answered: nobody listens there")
    assert failure.fix.startswith("listen on 0.0.0.0")


def test_a_program_that_listens_on_another_port_is_told_so(bench: Bench) -> None:
    failure = bench.prove(api("elsewhere", start_s=2)).only
    assert failure.fix == 'it listens on 9000: cicd.Image("api", port=9000)'


def test_without_a_health_address_any_answer_will_do(bench: Bench) -> None:
    proved = bench.prove(api("fails", health=None))
    assert proved.outcome.passed, proved.outcome
    assert "port 8000 answered after" in proved.outcome.headline


def test_without_a_port_it_runs_for_a_moment_or_ends_well(bench: Bench) -> None:
    running = bench.prove(api(port=None, health=None)).outcome
    assert running.passed and "running after 1." in running.headline
    done = WELL.replace('"python3", "app.py"', '"true"')
    ended = bench.prove(api(port=None, health=None), done).outcome
    assert ended.passed and "ended with 0 after" in ended.headline
    assert not bench.prove(api("exits", port=None, health=None)).outcome.passed


def test_a_program_that_is_not_there_is_red(bench: Bench) -> None:
    failure = bench.prove(api(), WELL.replace('"python3"', '"pithon3"')).only
    assert failure.title.startswith("it cannot be started: ")
    assert "pithon3" in failure.title
    assert failure.line == 5


def test_a_program_that_ignores_sigterm_is_red(bench: Bench) -> None:
    failure = bench.prove(api("ignores", stop_s=0.5)).only
    assert failure.title == "it still ran 0.5 s after SIGTERM"
    assert "python3 is process 1" in failure.detail
    assert failure.fix == ""


def test_a_shell_that_ignores_sigterm_is_told_of_the_exec_form(bench: Bench) -> None:
    shell = WELL.replace('["python3", "app.py"]', "python3 app.py; echo done")
    failure = bench.prove(api(stop_s=0.5), shell).only
    assert failure.title == "it still ran 0.5 s after SIGTERM"
    assert failure.fix == 'write it in exec form, as a list: CMD ["program", "argument"]'
    assert failure.line == 5


def test_a_bad_exit_code_on_sigterm_is_red(bench: Bench) -> None:
    failure = bench.prove(api("ends badly")).only
    assert failure.title == "SIGTERM ended it with exit code 3"


def test_the_images_own_stop_signal_is_sent(bench: Bench) -> None:
    proved = bench.prove(api("ignores", stop_s=5), WELL + "    STOPSIGNAL SIGKILL\n")
    assert proved.outcome.passed, proved.outcome


@pytest.mark.parametrize(
    ("user", "said"),
    [
        ("", "it runs as root: no USER is set"),
        ("USER 0", "it runs as root: USER is 0"),
        ("USER root", "it runs as root: USER is root"),
        ("USER boss", "it runs as root: USER is boss, which is 0"),
    ],
)
def test_an_image_that_runs_as_root_is_red(bench: Bench, user: str, said: str) -> None:
    boss = "RUN echo boss:x:0:0::/:/bin/sh >> /etc/passwd"
    dockerfile = WELL.replace("USER 1000", f"{boss}\n    {user}")
    failure = bench.prove(api(), dockerfile).only
    assert failure.title == said
    assert failure.line == (5 if user else None)


def test_a_user_with_a_name_and_a_number_is_green(bench: Bench) -> None:
    named = WELL.replace("USER 1000", "RUN useradd app\n    USER app")
    assert bench.prove(api(), named).outcome.passed


def test_an_env_file_that_a_later_layer_deletes_is_red(bench: Bench) -> None:
    dockerfile = WELL.replace("COPY app.py .", "COPY . .\n    RUN rm .env")
    failure = bench.prove(api(), dockerfile, _dot_env="DEBUG=1\n").only
    assert failure.title == "`.env`: app/.env"
    assert (failure.path, failure.line) == ("Dockerfile", 3)
    assert "COPY . ." in failure.detail


def test_a_private_key_a_token_and_a_repository_are_red(bench: Bench) -> None:
    key = "-----BEGIN PRIVATE KEY-----\n" + "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC" * 4 + "\n"
    token = "TOKEN = 'ghp_" + "aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1eF3hJ5" + "'\n"
    proved = bench.prove(
        api(),
        WELL.replace("COPY app.py .", "COPY . ."),
        server_dot_pem=key,
        settings_dot_py=token,
        _dot_git__HEAD="ref: refs/heads/main\n",
        keys__README_dot_md="-----BEGIN PRIVATE KEY-----\nwrite your key here\n",
    )
    assert sorted(proved.titles) == [
        "`.git`, with the whole history: app/.git",
        "a GitHub token: app/settings.py",
        "a private key: app/server.pem",
    ]
    assert "ghp_" not in proved.shown + str(proved.outcome)


def test_the_secrets_of_packages_and_of_the_base_are_not_the_applications(
    bench: Bench, workshop: Workshop
) -> None:
    base = workshop.build(f"FROM {BASE}\n    COPY app.py .env /srv/\n", _dot_env="DEBUG=1\n")
    tag = "cicd-test-base:proofs"
    client = docker.from_env()
    try:
        client.images.get(base).tag(tag)
        proved = bench.prove(
            api(),
            WELL.replace(f"FROM {BASE}", f"FROM {tag}").replace("app.py .", ". /app"),
            lib__node_modules__dotenv___dot_env="A=1\n",
        )
        client.images.remove(tag)
    finally:
        client.close()
    assert proved.outcome.passed, proved.outcome


def test_a_secret_in_the_history_is_red_and_not_repeated(bench: Bench, workshop: Workshop) -> None:
    dockerfile = WELL.replace("WORKDIR", "ARG NPM_TOKEN\n    RUN true\n    WORKDIR")
    built = workshop.build(dockerfile, "--build-arg=NPM_TOKEN=correct-horse-battery")
    proved = bench.prove(api(), dockerfile, built=built)
    assert "`NPM_TOKEN` with a value in the history" in proved.titles
    assert "correct-horse" not in proved.shown + str(proved.outcome)
    assert proved.outcome.failures[0].path == "Dockerfile"


def test_variables_with_a_secret_are_red_and_placeholders_are_not(bench: Bench) -> None:
    env = 'ENV SECRET_KEY="changeme" DB_PASSWORD=tr0ub4dor PUBLIC_URL=/'
    proved = bench.prove(api(), WELL.replace("WORKDIR /app", f"WORKDIR /app\n    {env}"))
    assert proved.titles == ["`DB_PASSWORD` with a value in the history"]
    assert "DL3064" in proved.shown
    assert proved.only.line == 3


def test_an_image_that_may_run_as_root_says_that_it_does(bench: Bench) -> None:
    as_root = WELL.replace("USER", "# USER")
    outcome = bench.prove(api(root=True), as_root).outcome
    assert outcome.passed and " · runs as root" in outcome.headline, outcome
    assert not bench.prove(api(), as_root).outcome.passed
    assert "root" not in bench.prove(api(root=True)).outcome.headline


def test_an_image_above_its_budget_is_red_with_its_layers(bench: Bench) -> None:
    failure = bench.prove(api(max_mb=5)).only
    assert failure.title.startswith("too large: ") and failure.title.endswith("5 MB are allowed")
    assert "COPY app.py ." in failure.detail
    assert bench.prove(api(max_mb=1000)).outcome.passed


def test_growth_since_the_last_run_is_told_and_not_red(bench: Bench) -> None:
    bench.prove(api())
    fat = "RUN head -c 60000000 /dev/zero > /app/fat"
    proved = bench.prove(api(), WELL.replace("USER", f"{fat}\n    USER"))
    assert proved.outcome.passed
    assert "api: 60 MB larger than in the last run" in proved.shown
    assert "60 MB        new  RUN head -c 60000000" in proved.shown


def test_what_was_green_is_reused_until_something_changes(bench: Bench) -> None:
    first = bench.prove(api()).outcome
    again = bench.prove(api()).outcome
    assert again.headline.startswith(f"{first.headline} · reused from 20")
    assert again.metrics == first.metrics and "reused_from" in again.facts
    for changed in (api(start_s=19), api(health=None)):
        assert "reused" not in bench.prove(changed).outcome.headline
    assert "reused" not in bench.prove(api(), WELL + "# another Dockerfile\n").outcome.headline


def test_what_was_red_is_proven_again(bench: Bench) -> None:
    for _ in range(2):
        assert "api printed" in bench.prove(api("exits")).shown


def test_hadolints_errors_are_red_and_style_is_told(bench: Bench) -> None:
    bad = WELL.replace("WORKDIR /app", "WORKDIR app").replace(
        "USER", "RUN cd /tmp && true\n    USER"
    )
    proved = bench.prove(api(), bad)
    assert proved.only.title.startswith("DL3000 ")
    assert (proved.only.path, proved.only.line) == ("Dockerfile", 2)
    assert "Dockerfile:4 DL3003 " in proved.shown


def test_a_comment_after_a_here_document_does_not_stop_hadolint(
    bench: Bench, workshop: Workshop
) -> None:
    # Engines from 23 on build this; the others want its syntax from a registry.
    script = "RUN <<END\n    true\n    END\n\n    # why\n    WORKDIR app\n    USER 1000"
    dockerfile = WELL.replace("USER 1000", script)
    proved = bench.prove(api(), dockerfile, built=workshop.build(WELL))
    assert proved.only.title.startswith("DL3000 ")
    assert proved.only.line == 9


def test_hadolint_keeps_to_the_repositorys_settings(bench: Bench, home: Path) -> None:
    bad = WELL.replace("WORKDIR /app", "WORKDIR app").replace(
        "USER", "RUN cd /tmp && true\n    USER"
    )
    settings = home / ".hadolint.yaml"
    try:
        settings.write_text("ignored: [DL3000]\n")
        assert [title[:6] for title in bench.prove(api(), bad).titles] == ["DL3003"]
        settings.write_text("nonsense: [\n")
        broken = bench.prove(api(), bad).only
        assert (broken.title, broken.path) == (
            "hadolint cannot read its settings",
            ".hadolint.yaml",
        )
    finally:
        settings.unlink()


def test_all_that_is_wrong_is_reported_together(bench: Bench) -> None:
    bad = f'FROM {BASE}\n    WORKDIR app\n    COPY . .\n    CMD ["python3", "app.py"]\n'
    proved = bench.prove(api("exits", max_mb=1), bad, _dot_env="A=1\n", other=APP)
    starts = ("DL3000", "it runs as root", "`.env`", "too large", "it ended by itself")
    assert len(proved.titles) == len(starts)
    assert all(map(str.startswith, proved.titles, starts))
    assert proved.outcome.headline.endswith(", and 4 more")
