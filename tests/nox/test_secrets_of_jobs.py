"""A secret that comes into a job is planted in every channel, and comes out of none."""

import base64
from pathlib import Path

import pytest
from tests.nox import miniatures
from tests.nox.conftest import Repository
from tests.nox.test_seeing import OnGitHub

TOKEN = "pl4nted/s3cret+of the job"
KEY_LINES = ("-----BEGIN TEST KEY-----", "MIIEvgIBADANBgkqhkiG9w0", "BAQEFAASCBKgwggSkAgEAAo")
KEY = "\n".join((*KEY_LINES, ""))
TELLS = """\
    import base64
    import json
    import os
    import sys
    import urllib.parse

    import pytest
    import shop

    TOKEN = os.environ["DEPLOY_TOKEN"]
    KEY = os.environ["SIGNING_KEY"]


    @pytest.mark.parametrize("name", [TOKEN])
    def test_of_a_name(name, record_property):
        record_property("token", name)
        assert name == "another", f"it is {name}"


    def test_that_prints():
        for line in KEY.splitlines():
            print("   ", line)
        print(json.dumps(TOKEN), repr(TOKEN), urllib.parse.quote(TOKEN, safe=""), flush=True)
        print(base64.b64encode(TOKEN.encode()).decode(), file=sys.stderr)
        print(f"https://me:{TOKEN}@example.org")
        for size in range(0, len(TOKEN), 3):
            sys.stdout.write(TOKEN[size : size + 3])
            sys.stdout.flush()
        assert not KEY, KEY


    def test_that_warns():
        pytest.fail(TOKEN, pytrace=False)
    """
PLANTS = """

@project.session(part_of="ci", venv_backend="none")
def arguments(session):
    import os

    from cicd.model import Command
    from cicd.steps.work import current_work

    token = os.environ["DEPLOY_TOKEN"]
    runner = current_work(session).place.runner
    runner.run(Command(("echo", token)))
    runner.run(Command(("sh", "-c", 'echo "$TOLD" >&2'), env={"TOLD": token}))


@project.session(part_of="ci", venv_backend="none")
def reason(session):
    import os

    session.error("push: 401 for " + os.environ["DEPLOY_TOKEN"] + " " + os.environ["SIGNING_KEY"])


@project.session(part_of="ci", venv_backend="none")
def findings(session):
    import os
    from cicd.model import Failure, Outcome

    token = os.environ["DEPLOY_TOKEN"]
    failure = Failure(title=token, path=token, detail=token, repeat=token, inspect=token, fix=token)
    return Outcome(
        headline=token, passed=False, failures=(failure,), unverified=(token,), facts={"at": token}
    )


@project.session(part_of="ci", venv_backend="none")
def reports(session):
    import os

    from cicd.steps.work import current_work

    token = os.environ["DEPLOY_TOKEN"]
    folder = current_work(session).place.reports
    (folder / "coverage.xml").write_text(f'<class filename="{token}"/>')
    (folder / ".coverage").write_bytes(b"SQLite \\xff\\x00" + token.encode() + b"\\x00")
    (folder / "logs").mkdir()
    (folder / "logs" / "db.log").write_text(token + os.environ["SIGNING_KEY"])
"""


@pytest.fixture
def told(shop: Repository, tmp_path: Path) -> tuple[Repository, OnGitHub]:
    shop.put("noxfile.py", miniatures.library() + PLANTS)
    shop.put("backend/tests/test_shop.py", TELLS)
    return shop, OnGitHub(shop, tmp_path)


def spellings() -> list[str]:
    encoded = base64.b64encode(TOKEN.encode()).decode()
    quoted = "pl4nted%2Fs3cret%2Bof%20the%20job"
    return [TOKEN, encoded, quoted, *KEY_LINES]


@pytest.mark.parametrize("jobs", ["-j1", "-j2"])
def test_a_secret_of_the_environment_comes_out_of_no_channel(
    told: tuple[Repository, OnGitHub], jobs: str
) -> None:
    repository, job = told
    ended = job.nox(jobs, "-s", "ci", DEPLOY_TOKEN=TOKEN, SIGNING_KEY=KEY)
    assert ended.code == 1
    log = [line for line in ended.output.splitlines() if not line.startswith("::add-mask::")]
    assert "***" in ended.output
    seen = {"log": "\n".join(log), "summary": job.summary, "outputs": str(job.outputs)}
    for path in files(repository.root / ".cicd"):
        seen[str(path)] = path.read_bytes().decode(errors="replace")
    assert any(name.endswith("artifact/reports/reports/.coverage") for name in seen)
    assert any(name.endswith("artifact/reports/reports/logs/db.log") for name in seen)
    leaks = [(name, text) for name, shown in seen.items() for text in spellings() if text in shown]
    assert leaks == []


def test_each_line_is_masked_before_the_first_command_runs(
    told: tuple[Repository, OnGitHub],
) -> None:
    _, job = told
    ended = job.nox("-s", "arguments", DEPLOY_TOKEN=TOKEN, SIGNING_KEY=KEY)
    before = ended.output.partition("nox > echo")[0].splitlines()
    for line in (TOKEN, *KEY_LINES):
        assert f"::add-mask::{line}" in before


def test_on_a_laptop_a_secret_is_masked_and_not_announced(
    told: tuple[Repository, OnGitHub],
) -> None:
    repository, _ = told
    ended = repository.nox("-s", "arguments", "findings", DEPLOY_TOKEN=TOKEN, SIGNING_KEY=KEY)
    repository.nox("-s", "report", DEPLOY_TOKEN=TOKEN, SIGNING_KEY=KEY)
    assert TOKEN not in ended.output and "add-mask" not in ended.output
    told_in = [
        path
        for path in files(repository.root / ".cicd")
        if TOKEN in path.read_text("utf-8", "replace")
    ]
    assert told_in == []


def test_what_the_noxfile_calls_a_secret_is_hidden_in_every_session(
    told: tuple[Repository, OnGitHub],
) -> None:
    repository, job = told
    declared = {"CHAT_ADDRESS": "json://ch4t.example", "NPMRC": "n0m-auth-x", "LOGIN": "l0g1n-x"}
    noxfile = miniatures.library().replace(
        "cicd.project(",
        'cicd.project(cicd.Notify("env:CHAT_ADDRESS"), cicd.Notify("env:NPMRC"), '
        'cicd.Registry("r.example", user="me", password="env:LOGIN"), ',
    )
    repository.put("noxfile.py", noxfile)
    tells = "import os\n\n\ndef test_a():\n    print(told())\n    assert not told()\n\n\n"
    tells += f"def told():\n    return ' '.join(os.environ[n] for n in {list(declared)})\n"
    repository.put("backend/tests/test_shop.py", tells)
    ended = job.nox("-s", "backend_test", **declared)
    assert ended.code == 1 and "***" in ended.output
    log = [line for line in ended.output.splitlines() if not line.startswith("::add-mask::")]
    shown = ["\n".join(log), job.summary, *(read(p) for p in files(repository.root / ".cicd"))]
    leaks = [value for value in declared.values() for text in shown if value in text]
    assert leaks == []


def read(path: Path) -> str:
    return path.read_bytes().decode(errors="replace")


def test_a_common_word_for_a_password_leaves_reports_readable(
    told: tuple[Repository, OnGitHub],
) -> None:
    repository, job = told
    repository.put("backend/tests/test_shop.py", "def test_a():\n    assert not 'test'\n")
    words = {"POSTGRES_PASSWORD": "test", "DATABASE_URL": "postgresql://shop:test@db/shop"}
    job.nox("-s", "backend_test", **words)
    assert "backend/tests/test_shop.py" in job.summary
    assert (repository.root / ".cicd/artifact/records/backend_test.json").is_file()


def files(state: Path) -> list[Path]:
    """What runs leave; environments have no business with it, and are large."""
    folders = [state / name for name in ("runs", "reports", "artifact")]
    loose = [path for path in state.iterdir() if path.is_file()]
    return [*loose, *(path for f in folders for path in f.rglob("*") if path.is_file())]
