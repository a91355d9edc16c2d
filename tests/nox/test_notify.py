"""`nox -s notify` after real runs of `ci`: who is told what, and that nothing else changes."""

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.listening import HttpServer, http_server
from tests.nox.conftest import Ended, Repository
from tests.nox.running import started

TOKEN = "s3cr3t-t0ken-0f-a-channel"
NOXFILE = """\
    import pathlib

    import cicd

    project = cicd.project(cicd.Notify("env:WEBHOOK", name="team"), cicd.Notify("env:SECOND"))


    @project.session(part_of="ci")
    def answer(session):
        if pathlib.Path("answer").read_text() != "42":
            session.error("the answer is wrong")


    @project.session(part_of="ci", requires=["answer"])
    def question(session):
        pass
    """


class Shop(Repository):
    """A repository on GitHub, or what its runner says of one; green with 42."""

    def git(self, *arguments: str) -> str:
        who = ("-c", "user.name=Ada Lovelace", "-c", "user.email=ada@shop.example")
        done = subprocess.run(
            ["git", *who, *arguments], cwd=self.root, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    def commit(self, answer: str) -> str:
        self.put("answer", answer)
        self.git("add", ".")
        self.git("commit", "-q", "--allow-empty", "-m", f"Answer {answer}")
        return self.git("rev-parse", "HEAD")

    def tell(self, web: HttpServer, **env: str) -> Ended:
        given = {"WEBHOOK": f"json://127.0.0.1:{web.port}/{TOKEN}", **env}
        ended = self.nox("-s", "notify", **given)
        assert ended.code == 0, ended.output
        return ended

    def turn(self, answer: str, web: HttpServer, **env: str) -> Ended:
        """A commit, `ci`, and then `notify`, as the steps of a job would."""
        self.commit(answer)
        assert self.nox("-s", "ci", **env).code == (answer != "42")
        return self.tell(web, **env)


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    for name in [name for name in os.environ if name.startswith("GITHUB_")]:
        monkeypatch.delenv(name)
    shop = Shop(tmp_path / "shop")
    shop.put("noxfile.py", NOXFILE)
    shop.put(".gitignore", ".nox\n__pycache__\n")
    shop.git("init", "-q", "-b", "main")
    return shop


@pytest.fixture
def web() -> Iterator[HttpServer]:
    with http_server() as server:
        yield server


def titles(web: HttpServer) -> list[str]:
    return [request.json["title"] for request in web.requests]


def test_two_turns_are_two_messages_and_nothing_in_between(shop: Shop, web: HttpServer) -> None:
    for answer in ("42", "41", "40", "42", "42"):
        ended = shop.turn(answer, web, CI="1")
    assert titles(web) == ["shop: main is red", "shop: main is green again"]
    assert "nobody is told: main is as it was, green" in ended.output
    body = web.requests[0].json["message"].splitlines()
    assert body[0].startswith("commit: ") and body[0].endswith(" Answer 41")
    assert body[1:] == [
        "author: Ada Lovelace",
        "failed: answer, question",
        "error: answer: the answer is wrong",
    ]


def test_a_channel_that_fails_is_a_warning_and_is_told_by_the_next_run(
    shop: Shop, web: HttpServer
) -> None:
    web.status = 500
    ended = shop.turn("41", web)
    assert "warning: team is not told: Failed to send JSON POST notification" in ended.output
    missing = "warning: env:SECOND is not told: the secret of env:SECOND is empty or not set"
    assert missing in ended.output
    web.status = 200
    assert "team is told: shop: main is red" in shop.tell(web).output
    assert "nobody is told: main is as it was, red" in shop.tell(web).output
    assert len(web.requests) == 2


def test_one_channel_that_takes_it_is_enough(shop: Shop, web: HttpServer) -> None:
    ended = shop.turn("41", web, SECOND=f"nothing://{TOKEN}")
    assert "warning: env:SECOND is not told: " in ended.output
    shop.tell(web)
    assert titles(web) == ["shop: main is red"]


def test_an_address_is_shown_nowhere(shop: Shop, web: HttpServer) -> None:
    output = shop.turn("41", web, SECOND=f"json://me:{TOKEN}@127.0.0.1:1/x").output
    web.status = 404
    output += shop.nox("-v", "-s", "ci", WEBHOOK=f"json://127.0.0.1:{web.port}/{TOKEN}").output
    output += shop.turn("42", web, SECOND=f"{TOKEN}://127.0.0.1").output
    assert output.count("is not told") == 3
    assert TOKEN not in output and str(web.port) not in output
    files = [path for path in (shop.root / ".cicd").rglob("*") if path.is_file()]
    assert any(path.name == "main.json" for path in files)
    assert [path for path in files if TOKEN.encode() in path.read_bytes()] == []


def test_other_branches_pull_requests_and_changed_files_are_nobody_s_news(
    shop: Shop, web: HttpServer
) -> None:
    shop.turn("42", web)
    shop.put("answer", "41")
    assert shop.nox("-s", "ci").code == 1
    assert "files differ from the commit" in shop.tell(web).output
    shop.git("checkout", "-q", "-b", "other")
    assert "other is not the default branch (main)" in shop.turn("41", web).output
    shop.git("checkout", "-q", "main")
    shop.git("merge", "-q", "other")
    assert shop.nox("-s", "ci").code == 1
    event = {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "pull_request_target"}
    assert "this is a pull request" in shop.tell(web, **event).output
    shop.git("checkout", "-q", "--detach")
    assert "not on a branch" in shop.tell(web).output
    assert web.requests == []


def test_a_run_that_was_killed_is_red(shop: Shop, web: HttpServer) -> None:
    shop.put("noxfile.py", NOXFILE.replace("        pass", "        __import__('os').kill(0, 9)"))
    shop.commit("42")
    shop.git("remote", "add", "origin", "git@github.com:owner/shop.git")
    with started(shop, "-s", "ci") as running:
        assert running.end().code == -signal.SIGKILL
    shop.tell(web)
    assert titles(web) == ["owner/shop: main is red"]
    assert "error: question: did not finish" in web.requests[0].json["message"]


def test_only_a_whole_run_of_this_commit_counts(shop: Shop, web: HttpServer) -> None:
    commit = shop.commit("41")
    assert "`ci` has not run here" in shop.tell(web).output
    assert shop.nox("-s", "answer").code == 1
    assert "`ci` has not run here" in shop.tell(web).output
    assert shop.nox("-s", "ci").code == 1
    now = shop.commit("42")
    expected = f"`ci` judged {commit[:12]}, and {now[:12]} is checked out"
    assert expected in shop.tell(web).output
    assert shop.nox("-s", "answer").code == 0
    assert expected in shop.tell(web).output
    assert web.requests == []


@pytest.mark.parametrize("jobs", [(), ("-j", "2")])
def test_in_one_call_with_ci_it_comes_after_it(
    jobs: tuple[str, ...], shop: Shop, web: HttpServer
) -> None:
    shop.commit("41")
    address = f"json://127.0.0.1:{web.port}/{TOKEN}"
    assert shop.nox(*jobs, "-s", "ci", "notify", WEBHOOK=address).code == 1
    assert titles(web) == ["shop: main is red"]
    shop.commit("42")
    assert shop.nox(*jobs, "-s", "ci", "notify", WEBHOOK=address).code == 0
    assert titles(web) == ["shop: main is red", "shop: main is green again"]
    ended = shop.nox("-s", "notify", "ci", WEBHOOK=address)
    assert ended.code == 0
    assert "`ci` is not over: call `nox -s notify` after it" in ended.output


def test_what_was_not_verified_is_neither_red_nor_green(shop: Shop, web: HttpServer) -> None:
    shop.turn("41", web)
    shop.put("noxfile.py", NOXFILE.replace("        pass", '        session.skip("no engine")'))
    shop.turn("42", web)
    assert titles(web) == ["shop: main is red"]
    shop.put("noxfile.py", NOXFILE)
    shop.turn("42", web)
    assert titles(web) == ["shop: main is red", "shop: main is green again"]


def test_on_github_the_runs_before_are_asked_for(
    shop: Shop, web: HttpServer, tmp_path: Path
) -> None:
    """A runner keeps no files: each run begins without those of the one before."""
    before = {"run_number": 6, "event": "push", "conclusion": "failure"}
    with http_server() as api:
        api.answer = {"workflow_runs": [before]}
        env = on_github(tmp_path, api)
        assert "nobody is told: main is as it was, red" in shop.turn("41", web, **env).output
        forget(shop)
        shop.turn("42", web, **env)
        assert titles(web) == ["owner/shop: main is green again"]
        assert "https://github.com/owner/shop/actions/runs/7007" in str(web.requests[0].json)
        forget(shop)
        api.answer = {"workflow_runs": [{**before, "run_number": 8}]}
        assert "a later run than 7 was looked at already" in shop.turn("42", web, **env).output
        forget(shop)
        api.status = 403
        ended = shop.turn("41", web, **env)
    refused = "GitHub does not tell the runs before: 403 Forbidden (the job needs `actions: read`)"
    assert f"::warning title=notify::{refused}" in ended.output
    assert titles(web) == ["owner/shop: main is green again", "owner/shop: main is red"]
    assert {request.headers["Authorization"] for request in api.requests} == {"Bearer gh-t0ken"}
    assert "gh-t0ken" not in ended.output


@pytest.mark.parametrize("answer", ["41", "42"])
def test_a_job_of_its_own_judges_what_the_other_jobs_left(
    answer: str, shop: Shop, web: HttpServer, tmp_path: Path
) -> None:
    """As docs/how-to/notify.md has it: a checkout without records, and the artifacts."""
    shop.turn("42" if answer == "41" else "41", web, CI="1")
    shop.commit(answer)
    assert shop.nox("-s", "ci", CI="1").code == (answer != "42")
    (tmp_path / "jobs").mkdir()
    (shop.root / ".cicd" / "artifact").rename(tmp_path / "jobs" / "cicd-ci-ubuntu")
    kept = shop.root / ".cicd" / "notify"
    kept.rename(tmp_path / "notify")
    shutil.rmtree(shop.root / ".cicd")
    (shop.root / ".cicd").mkdir()
    (tmp_path / "notify").rename(kept)
    joined = shop.nox("-s", "github_join", "--", str(tmp_path / "jobs"), CI="1")
    assert joined.code == (answer != "42")
    web.requests.clear()
    shop.tell(web, CI="1")
    news = "red" if answer == "41" else "green again"
    assert titles(web) == [f"shop: main is {news}"]


def test_runs_that_end_out_of_order_are_told_in_order(
    shop: Shop, web: HttpServer, tmp_path: Path
) -> None:
    env = {**on_github(tmp_path, HttpServer()), "GITHUB_TOKEN": ""}
    shop.turn("42", web, **{**env, "GITHUB_RUN_NUMBER": "8"})
    shop.turn("41", web, **{**env, "GITHUB_RUN_NUMBER": "7"})
    assert web.requests == []
    shop.turn("41", web, **{**env, "GITHUB_RUN_NUMBER": "8", "GITHUB_RUN_ATTEMPT": "2"})
    assert titles(web) == ["owner/shop: main is red"]


def test_without_the_extra_it_says_how_to_get_it(shop: Shop, web: HttpServer) -> None:
    hidden = "import importlib.util as util\nfind = util.find_spec\n"
    hidden += (
        "util.find_spec = lambda name, *more: None if name == 'apprise' else find(name, *more)\n"
    )
    shop.put("noxfile.py", hidden + NOXFILE.replace("\n    ", "\n").removeprefix("    "))
    ended = shop.turn("41", web)
    hint = 'warning: nobody can be told: apprise is not installed: pip install "nox-cicd[notify]"'
    assert hint in ended.output
    assert web.requests == []


def test_an_address_in_the_noxfile_ends_nox_and_is_not_shown(shop: Shop) -> None:
    shop.put("noxfile.py", NOXFILE.replace("env:SECOND", f"json://{TOKEN}"))
    ended = shop.nox("-s", "notify")
    assert ended.code != 0
    assert "`url` says where a secret is, not what it is" in ended.output
    assert TOKEN not in ended.output


def on_github(folder: Path, api: HttpServer) -> dict[str, str]:
    event = folder / "event.json"
    event.write_text(json.dumps({"repository": {"default_branch": "main"}}))
    return {
        "CI": "true",
        "GITHUB_ACTIONS": "true",
        "GITHUB_API_URL": f"http://127.0.0.1:{api.port}",
        "GITHUB_EVENT_NAME": "push",
        "GITHUB_EVENT_PATH": str(event),
        "GITHUB_REPOSITORY": "owner/shop",
        "GITHUB_RUN_ATTEMPT": "1",
        "GITHUB_RUN_ID": "7007",
        "GITHUB_RUN_NUMBER": "7",
        "GITHUB_TOKEN": "gh-t0ken",
        "GITHUB_WORKFLOW_REF": "owner/shop/.github/workflows/ci.yml@refs/heads/main",
    }


def forget(shop: Shop) -> None:
    (shop.root / ".cicd" / "notify" / "main.json").unlink(missing_ok=True)
