"""What must not lie in an image, and what only looks like it."""

import base64
import hashlib

import pytest

from cicd.images.layers import Entry
from cicd.images.proofs.history import find_told, hide_values
from cicd.images.proofs.leaks import find_leaks
from cicd.images.proofs.tokens import find_assignments, find_tokens, is_placeholder


def random(length: int) -> str:
    """Letters and digits as good as random, the same in every run; no file holds a token."""
    digest = hashlib.sha512(b"a seed").digest() * 4
    return base64.b64encode(digest).decode().replace("+", "a").replace("/", "b")[:length]


BODY = "\n".join(random(64) for _ in range(4))
KEY = f"-----BEGIN RSA PRIVATE KEY-----\n{BODY}\n-----END RSA PRIVATE KEY-----\n"
ESCAPED = KEY.replace("\n", "\\n")


def leaks(path: str, content: str = "x", *, is_file: bool = True) -> list[str]:
    data = content.encode()
    entry = Entry(path=path, size_bytes=len(data), is_file=is_file, read=lambda size: data[:size])
    return list(find_leaks(entry))


@pytest.mark.parametrize(
    ("path", "content", "kind"),
    [
        ("app/.env", "DEBUG=1", "`.env`"),
        (".env", "DEBUG=1", "`.env`"),
        ("usr/share/nginx/html/.env", "A=1", "`.env`"),
        ("usr/src/app/.env", "A=1", "`.env`"),
        ("app/.env.production", "DB_PASSWORD=tr0ub4dor", "`.env` with a secret in it"),
        ("app/certs/server.pem", KEY, "a private key"),
        ("root/.ssh/id_ed25519", KEY.replace("RSA", "OPENSSH"), "a private key"),
        ("app/service.json", '{"private_key": "' + ESCAPED + '"}', "a private key"),
        ("app/client.p12", "\0", "a private key"),
        ("app/settings.py", f"T = 'ghp_{random(36)}'", "a GitHub token"),
        ("app/main.js", f"x='npm_{random(36)}'", "an npm token"),
        ("root/.npmrc", f"//registry.npmjs.org/:_authToken={random(20)}", "a login"),
        ("root/.aws/credentials", f"aws_secret_access_key = {random(40)}", "a login"),
        ("root/.docker/config.json", '{"auths":{"r":{"auth":"dXNlcjpwYXNz"}}}', "a login"),
        ("root/.netrc", "machine h login me password geheim99", "a login"),
        ("root/.git-credentials", "https://me:x@h", "a login"),
        ("etc/pip.conf", "index-url = https://me:geheim99@host/simple", "a login"),
    ],
)
def test_what_is_secret_is_found(path: str, content: str, kind: str) -> None:
    assert leaks(path, content) == [f"{kind}: {path}"]


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("app/.env.example", "DB_PASSWORD=tr0ub4dor"),
        ("app/.env.production", "VITE_API_KEY=tr0ub4dor\nNODE_ENV=production"),
        ("app/.env.prod-sample", "DB_PASSWORD=tr0ub4dor"),
        ("app/shop/tests/keys.py", KEY),
        ("app/.env", ""),
        ("app/.venv/lib/python3.13/site-packages/certifi/cacert.pem", KEY),
        ("usr/local/lib/python3.13/test/certdata/keycert.pem", KEY),
        ("app/node_modules/dotenv/.env", "A=1"),
        ("app/node_modules/.package/.git/HEAD", "ref"),
        ("usr/share/doc/openssl/demo.key", KEY),
        ("etc/ssl/private/ssl-cert-snakeoil.key", KEY),
        ("etc/ssl/certs/ca-certificates.crt", "-----BEGIN CERTIFICATE-----"),
        ("app/jwt.py", 'START = "-----BEGIN PRIVATE KEY-----\\n"'),
        ("app/key.pem.txt", "-----BEGIN PRIVATE KEY-----\nput yours here\n"),
        ("root/.npmrc", "//registry.npmjs.org/:_authToken=${NPM_TOKEN}"),
        ("app/README.md", "AKIAIOSFODNN7EXAMPLE ghp_" + "x" * 36),
        ("app/.gitignore", ".env"),
        ("app/data.bin", "\0" + KEY),
    ],
)
def test_what_only_looks_like_it_is_not(path: str, content: str) -> None:
    assert leaks(path, content) == []


def test_a_repository_is_told_by_its_folder() -> None:
    told = ["`.git`, with the whole history: app/.git"]
    assert leaks("app/.git/HEAD", "ref: x") == told
    assert leaks("app/.git/objects", is_file=False) == told
    assert leaks("app/.git/objects/ab/cd") == []
    assert leaks("app/.env", is_file=False) == [], "a virtual environment of that name"


@pytest.mark.parametrize(
    ("token", "kind"),
    [
        ("AKIA" + random(60).upper()[:16], "an AWS access key"),
        ("github_pat_" + random(22) + "_" + random(59), "a GitHub token"),
        ("glpat-" + random(20), "a GitLab token"),
        ("xoxb-1234567890-" + random(24), "a Slack token"),
        ("https://hooks.slack.com/services/T12345678/B12345678/" + random(24), "a Slack webhook"),
        ("pypi-AgEIcHlwaS5vcmc" + random(60), "a PyPI token"),
        ("sk_live_" + random(24), "a Stripe key"),
        ("SG." + random(22) + "." + random(43), "a SendGrid key"),
    ],
)
def test_tokens_are_known_by_their_form(token: str, kind: str) -> None:
    assert find_tokens(f'x = "{token}"\n'.encode()) == (kind,)
    assert find_tokens(f'x = "a{token}"\n'.encode()) == () or "://" in token


@pytest.mark.parametrize(
    "value",
    ["", "changeme", "$TOKEN", "${X}", "/run/secrets/x", "dummy", "test-key", "postgres", "true",
     "django-insecure-placeholder", "<your token>", "xxxxxxxx", "unset", "30"],
)  # fmt: skip
def test_a_placeholder_keeps_the_place_of_a_secret(value: str) -> None:
    assert is_placeholder(value)
    assert find_assignments(f"API_TOKEN={value}") == ()


@pytest.mark.parametrize("value", ["hunter2", "s3cr3t-test-token", "correct-horse", "secret"])
def test_a_value_is_a_secret_by_its_name(value: str) -> None:
    assert find_assignments(f"API_TOKEN={value} OTHER={value}") == ("API_TOKEN",)


@pytest.mark.parametrize(
    "name", ["ACCESS_TOKEN_EXPIRE_MINUTES", "PUBLIC_KEY", "SECRET_FILE", "TOKENIZERS", "GPG_KEY"]
)
def test_a_name_that_only_has_the_word_in_it_is_none(name: str) -> None:
    assert find_assignments(f"{name}=hunter2hunter2") == ()


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("ENV DB_PASSWORD=tr0ub4dor", ["`DB_PASSWORD` with a value"]),
        ("ARG NPM_TOKEN=tr0ub4dor", ["`NPM_TOKEN` with a value"]),
        ("RUN |1 NPM_TOKEN=tr0ub4dor /bin/sh -c npm ci # buildkit", ["`NPM_TOKEN` with a value"]),
        ("RUN /bin/sh -c git clone https://me:tr0ub4dor@host/x", ["an address with a password"]),
        (f"RUN /bin/sh -c curl -H ghp_{random(36)} h", ["a GitHub token"]),
        ("RUN /bin/sh -c SECRET_KEY=build ./manage.py collectstatic", []),
        ("RUN /bin/sh -c git clone https://$USER:$TOKEN@host/x", []),
        ("ENV PATH=/a:/b SECRET_KEY=", []),
        ("COPY secret_key=x . # buildkit", []),
    ],
)
def test_the_history_tells_what_stands_in_it(command: str, told: list[str]) -> None:
    assert list(find_told(command)) == told


def test_what_is_assigned_is_hidden_where_a_step_is_shown() -> None:
    assert hide_values("ENV A=b DB_PASSWORD='c d'") == "ENV A=… DB_PASSWORD=…"
    assert hide_values(f"RUN curl -H ghp_{random(36)} h") == "RUN curl -H … h"
    assert hide_values("RUN git clone https://me:tr0ub4dor@h/x") == "RUN git clone https://me:…@h/x"
