"""What channels get, and what is said of those that fail: real servers, and apprise itself."""

import shutil
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.lacking import lacking
from tests.listening import HttpServer, SmtpServer, http_server, smtp_server

from cicd.model import Secret
from cicd.notify.channels import Channel, deliver
from cicd.notify.message import Message
from cicd.system.console import Screen
from cicd.system.process import LocalRunner

RED = Message(
    title="owner/shop: main is red",
    body="failed: backend_test\nerror: a < b & *c* was false\nhttps://ci.example/7",
    red=True,
)
GREEN = Message(title="owner/shop: main is green again", body="commit: 1a2b", red=False)
TOKEN = "s3cr3t-t0ken-0f-a-channel"
SLACK = "T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"


@pytest.fixture
def web() -> Iterator[HttpServer]:
    with http_server() as server:
        yield server


@pytest.fixture
def post() -> Iterator[SmtpServer]:
    with smtp_server() as server:
        yield server


def send(
    address: str, folder: Path, message: Message = RED, *, limit_s: float = 30, **env: str
) -> str:
    runner = LocalRunner(folder, environ={"PATH": "/usr/bin:/bin", **env}, out=Screen(sys.stdout))
    return deliver(message, Channel("team", Secret(address)), runner, limit_s=limit_s)


def test_a_webhook_gets_the_message(web: HttpServer, tmp_path: Path) -> None:
    assert send(f"json://127.0.0.1:{web.port}/hook/{TOKEN}", tmp_path) == ""
    assert send(f"json://127.0.0.1:{web.port}/hook/{TOKEN}", tmp_path, GREEN) == ""
    first, second = web.requests
    assert first.path == f"/hook/{TOKEN}"
    assert (first.json["title"], first.json["message"]) == (RED.title, RED.body)
    assert (first.json["type"], second.json["type"]) == ("failure", "success")


def test_an_e_mail_has_the_message_as_subject_and_text(post: SmtpServer, tmp_path: Path) -> None:
    address = f"mailto://127.0.0.1:{post.port}?from=ci@shop.example&to=team@shop.example"
    assert send(address, tmp_path) == ""
    (mail,) = post.mails
    assert (mail["Subject"], mail["To"]) == (RED.title, "team@shop.example")
    shown = mail.get_body(("html", "plain"))
    assert shown is not None
    assert shown.get_content().splitlines() == RED.body.splitlines()


@pytest.mark.parametrize("password", [TOKEN, "wr0ng-passw0rd"])
def test_a_mail_server_is_logged_in_to_over_tls(password: str, tmp_path: Path) -> None:
    with smtp_server(own_certificate(tmp_path)) as post:
        post.login = (b"ci", TOKEN.encode())
        there = f"127.0.0.1:{post.port}?from=ci@shop.example&to=team@shop.example"
        said = send(f"mailtos://ci:{password}@{there}&mode=starttls&verify=no", tmp_path)
    assert len(post.mails) == (password == TOKEN)
    assert bool(said) == (password != TOKEN)
    assert password not in said and "shop.example" not in said


def test_slack_gets_the_message_with_nothing_to_interpret(web: HttpServer, tmp_path: Path) -> None:
    """Its host is fixed: the class of apprise is pointed at ours, and sends as it would there."""
    (tmp_path / "sitecustomize.py").write_text(
        "from apprise.plugins.slack import NotifySlack\n"
        f"NotifySlack.webhook_url = 'http://127.0.0.1:{web.port}/services'\n"
    )
    web.answer = b"ok"
    for address in (f"slack://{SLACK}", f"https://hooks.slack.com/services/{SLACK}"):
        assert send(address, tmp_path, PYTHONPATH=str(tmp_path)) == ""
    first, second = web.requests
    assert first.path == second.path == f"/services/{SLACK}"
    assert RED.title in str(first.json) and "a &lt; b &amp; *c* was false" in str(first.json)


def test_teams_gets_the_message_over_https(tmp_path: Path) -> None:
    with http_server(own_certificate(tmp_path)) as teams:
        teams.status = 202
        flow = "a" * 32
        address = f"workflows://127.0.0.1:{teams.port}/{flow}/{TOKEN}?verify=no"
        assert send(address, tmp_path, PYTHONWARNINGS="ignore") == ""
    (got,) = teams.requests
    assert f"/workflows/{flow}/triggers/manual/paths/invoke?" in got.path
    assert f"sig={TOKEN}" in got.path
    title, body = got.json["attachments"][0]["content"]["body"]
    assert title["text"] == RED.title
    assert body["text"].split("  \n") == [
        *("failed: backend\\_test", "error: a \\< b & \\*c\\* was false"),
        "[https://ci.example/7](<https://ci.example/7>)",
    ]


def test_a_certificate_that_nobody_trusts_is_a_failure(tmp_path: Path) -> None:
    with http_server(own_certificate(tmp_path)) as teams:
        assert send(f"jsons://127.0.0.1:{teams.port}/{TOKEN}", tmp_path) != ""
    assert teams.requests == []


@pytest.mark.parametrize("status", [400, 403, 404, 500])
def test_a_server_that_refuses_is_told_by_its_number(
    status: int, web: HttpServer, tmp_path: Path
) -> None:
    web.status = status
    said = send(f"json://me:{TOKEN}@127.0.0.1:{web.port}/hook", tmp_path)
    assert str(status) in said
    assert TOKEN not in said and "127.0.0.1" not in said


def test_a_mail_that_is_not_taken_is_a_failure(post: SmtpServer, tmp_path: Path) -> None:
    post.refuses = True
    address = f"mailto://127.0.0.1:{post.port}?from=ci@shop.example&to=team@shop.example"
    said = send(address, tmp_path)
    assert said and "shop.example" not in said
    assert post.mails == []


@pytest.mark.parametrize("scheme", ["json", "mailto"])
def test_a_port_where_nobody_listens_is_a_failure(scheme: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    address = f"{scheme}://me:{TOKEN}@127.0.0.1:{port}?from=a@b.example&to=a@b.example"
    said = send(address, tmp_path)
    assert "onnection error" in said
    assert TOKEN not in said and "127.0.0.1" not in said


def test_a_server_that_hangs_is_left(web: HttpServer, tmp_path: Path) -> None:
    """apprise's own time limit is set higher than ours."""
    web.hangs = True
    address = f"json://127.0.0.1:{web.port}/{TOKEN}?rto=200"
    assert send(address, tmp_path, limit_s=5) == "no answer within 5 s"


@pytest.mark.parametrize(
    "address", [TOKEN, f"nothing://{TOKEN}", f"slack://{TOKEN}", "://", f"mailto://{TOKEN}"]
)
def test_an_address_that_is_none_is_a_failure_and_not_shown(address: str, tmp_path: Path) -> None:
    said = send(address, tmp_path)
    assert said and "\n" not in said
    assert TOKEN not in said


def own_certificate(folder: Path) -> ssl.SSLContext:
    if not shutil.which("openssl"):
        lacking("openssl is not here to make a certificate")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    made = f"openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -keyout {key}"
    subprocess.run([*made.split(), "-out", certificate], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context
