"""A registry that refuses, breaks off, is full, or is none: what is repeated, what is said."""

import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.faulty_proxy import FaultyProxy
from tests.oci import Waits, place_at, put_image
from tests.registry import PASSWORD, USER, RunningRegistry

from cicd.errors import RemoteError
from cicd.images.registry.copying import Place
from cicd.images.registry.credentials import Credential
from cicd.model import Secret
from cicd.system.http import Patience

LOGIN = Credential(user=USER, secret=Secret(PASSWORD), origin="a test")
FULL = '{"errors": [{"code": "UNKNOWN", "detail": {"Err": "write: no space left on device"}}]}'


@pytest.fixture
def waits() -> Waits:
    return Waits()


@pytest.fixture
def place(proxy: FaultyProxy, waits: Waits, request: pytest.FixtureRequest) -> Iterator[Place]:
    name = request.node.name.lower().partition("[")[0][:100]
    with place_at(f"{proxy.host}/{name}", patience=waits.patience(), credential=LOGIN) as made:
        yield made


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_what_may_pass_is_tried_again_and_then_works(
    status: int, place: Place, proxy: FaultyProxy, waits: Waits
) -> None:
    for method in ("POST", "PUT", "HEAD", "GET"):
        proxy.add(method=method, times=2, status=status)
    manifest = put_image(place, "1", "again")
    assert place.client.find_digest(place.repository, "1") == manifest.digest
    assert len(waits) >= 6


@pytest.mark.parametrize(
    ("status", "says"),
    [
        (400, "refused .400."),
        (401, "does not let in somebody"),
        (403, "forbids this to somebody"),
        (404, "refused .404."),
        (405, "does not offer this operation"),
        (413, "is full, or this is too large"),
        (507, "is full, or this is too large"),
    ],
)
def test_what_will_not_pass_is_said_at_once(
    status: int, says: str, place: Place, proxy: FaultyProxy, waits: Waits
) -> None:
    proxy.add(method="POST|PUT", status=status, text='{"errors": [{"code": "NO", "message": "n"}]}')
    with pytest.raises(RemoteError, match=says) as refused:
        put_image(place, "1", "never")
    assert "NO: n" in str(refused.value)
    assert waits == []


def test_a_full_disk_is_said_at_once_whatever_its_code(
    place: Place, proxy: FaultyProxy, waits: Waits
) -> None:
    proxy.add(method="PUT", path="/blobs/", status=500, text=FULL)
    with pytest.raises(RemoteError, match="is full") as refused:
        put_image(place, "1", "full")
    assert "make room there" in refused.value.fix and waits == []


def test_a_refusal_that_does_not_pass_is_said_with_the_number_of_attempts(
    place: Place, proxy: FaultyProxy, waits: Waits
) -> None:
    proxy.add(path="tags/list", status=500, text="<html><p>Internal error</p></html>")
    with pytest.raises(RemoteError, match="refused .500.: GET .*: Internal error; tried 5 times"):
        place.client.tags(place.repository)
    assert len(waits) == 4
    assert all(earlier < later * 2.1 for earlier, later in zip(waits, waits[1:], strict=False))
    assert waits[3] > waits[0]


def test_a_registry_is_left_alone_for_as_long_as_it_asks(
    place: Place, proxy: FaultyProxy, waits: Waits
) -> None:
    proxy.add(path="tags/list", times=1, status=429, headers={"Retry-After": "7"})
    place.client.tags(place.repository)
    assert waits == [7.0]


def test_a_registry_that_asks_for_an_hour_is_not_waited_for(
    place: Place, proxy: FaultyProxy, waits: Waits
) -> None:
    proxy.add(path="tags/list", status=429, headers={"Retry-After": "3600"})
    with pytest.raises(RemoteError, match="asks to send less .429."):
        place.client.tags(place.repository)
    assert waits == []


@pytest.mark.parametrize("where", ["PUT /blobs/uploads", "POST /blobs/", "PUT /manifests/"])
def test_a_connection_that_breaks_off_half_way_is_made_again(
    where: str, place: Place, proxy: FaultyProxy, waits: Waits
) -> None:
    method, path = where.split()
    proxy.add(method=method, path=path, times=2, resets=True)
    manifest = put_image(place, "1", "reset", layer=b"x" * 3_000_000)
    assert place.client.find_digest(place.repository, "1") == manifest.digest
    assert len(waits) == 2


def test_a_connection_that_always_breaks_off_ends_in_words(
    place: Place, proxy: FaultyProxy
) -> None:
    proxy.add(resets=True)
    with pytest.raises(RemoteError, match="broke off .*; tried 5 times"):
        place.client.tags(place.repository)


def test_a_token_server_without_time_is_asked_again(
    registry: RunningRegistry, place: Place, proxy: FaultyProxy, waits: Waits
) -> None:
    asks = {"WWW-Authenticate": f'Bearer realm="http://{proxy.host}/token",service="here"'}
    proxy.add(path="/v2/", unless="Bearer word", status=401, headers=asks)
    proxy.add(path="^/token", times=2, status=503)
    proxy.add(path="^/token", status=200, text='{"token": "word"}')
    assert place.client.tags(place.repository) == ()
    assert len(waits) == 2


def test_a_page_that_is_no_registry_s_is_said(place: Place, proxy: FaultyProxy) -> None:
    proxy.add(status=200, text="<html>Log in to the network</html>")
    with pytest.raises(RemoteError, match="not a registry's"):
        place.client.tags(place.repository)
    with pytest.raises(RemoteError, match="not a registry's"):
        place.client.find_manifest(place.repository, "1")


def test_a_digest_that_does_not_fit_its_bytes_is_an_error(place: Place, proxy: FaultyProxy) -> None:
    manifest = put_image(place, "1", "true")
    proxy.add(method="GET", path=manifest.digest, status=200, text="{}")
    with pytest.raises(RemoteError, match="was promised"):
        place.client.find_manifest(place.repository, manifest.digest)


def test_a_host_that_is_not_there_is_said_at_once(
    waits: Waits, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with place_at("registry.invalid/x", patience=waits.patience()) as place:
        with pytest.raises(RemoteError, match="registry.invalid: there is no such host"):
            place.client.tags(place.repository)
    assert waits == []


def test_a_port_where_nobody_answers_is_tried_and_said() -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        port = reserved.getsockname()[1]
        with place_at(f"127.0.0.1:{port}/x") as place:
            with pytest.raises(RemoteError, match=f"nobody answers at 127.0.0.1:{port}; tried 5"):
                place.client.tags(place.repository)


def test_tls_to_a_registry_that_speaks_plain_http_names_the_setting(
    registry: RunningRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cicd.images.registry.transport.is_loopback", lambda host: False)
    with place_at(f"{registry.host}/x") as place:
        with pytest.raises(RemoteError, match="answers in plain HTTP, not in TLS") as refused:
            place.client.tags(place.repository)
    assert "insecure=True" in refused.value.fix
    with place_at(f"{registry.host}/x", insecure=True) as place:
        assert place.client.tags(place.repository) == ()


@pytest.fixture
def tls_host(tmp_path: Path) -> Iterator[str]:
    """A server with a certificate that nobody trusts."""
    both = tmp_path / "both.pem"
    made = ("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1")
    files = ("-subj", "/CN=localhost", "-keyout", f"{both}", "-out", f"{tmp_path}/cert.pem")
    subprocess.run((*made, *files), check=True, capture_output=True)
    both.write_text(both.read_text() + (tmp_path / "cert.pem").read_text())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    listener = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=shake_hands, args=(listener, context), daemon=True)
    thread.start()
    yield f"127.0.0.1:{listener.getsockname()[1]}"
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join()


def shake_hands(listener: socket.socket, context: ssl.SSLContext) -> None:
    while True:
        try:
            plain, _ = listener.accept()
        except OSError:
            return
        try:
            context.wrap_socket(plain, server_side=True).close()
        except OSError:
            plain.close()


def test_a_certificate_that_is_not_trusted_is_said(tls_host: str, waits: Waits) -> None:
    with place_at(f"{tls_host}/x", patience=waits.patience()) as place:
        with pytest.raises(RemoteError, match="the certificate of .* is not trusted"):
            place.client.tags(place.repository)
    assert waits == []


def test_patience_grows_has_a_limit_and_is_never_the_same_for_two() -> None:
    patience = Patience()
    pauses = [patience.pause_s(attempt, 0) for attempt in range(20)]
    assert 0.25 <= pauses[0] <= 0.5
    assert 15 <= pauses[19] <= 30
    assert len({patience.pause_s(3, 0) for _ in range(5)}) == 5
    assert patience.pause_s(0, 12) == 12
