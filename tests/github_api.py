"""GitHub's API as far as `github_rules` speaks to it: a real HTTP server that keeps state.

It answers as GitHub's published description says, which a test compares; it adds the parameters
that GitHub adds by itself, and refuses what GitHub refuses.
"""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Json = Any
REPOSITORY = "somebody/shop"
TOKEN = "ghp_an-administrators-word"
_BASE = f"/repos/{REPOSITORY}"
_DOCS = "https://docs.github.com/rest"
_ADDED = {
    "pull_request": {
        "allowed_merge_methods": ["merge", "squash", "rebase"],
        "required_reviewers": [],
    },
    "required_status_checks": {"do_not_enforce_on_create": False},
}


@dataclass(frozen=True)
class Exchange:
    """One request and what it was answered."""

    method: str
    path: str
    headers: dict[str, str]
    body: Json
    status: int
    answer: Json


@dataclass
class GitHub:
    """The state of one repository. `refusals` are answers to the request of these words
    ("PUT /repos/…", "" for any), once for each: a status, its headers and a body. `ignores` are
    fields that it takes and forgets."""

    branches: list[str] = field(default_factory=lambda: ["main"])
    rulesets: dict[int, Json] = field(default_factory=dict)
    actions: Json = field(
        default_factory=lambda: {
            "enabled": True,
            "allowed_actions": "all",
            "sha_pinning_required": False,
        }
    )
    token: Json = field(
        default_factory=lambda: {
            "default_workflow_permissions": "write",
            "can_approve_pull_request_reviews": True,
        }
    )
    refusals: list[tuple[str, int, dict[str, str], Json]] = field(default_factory=list)
    shows_bypass: bool = True
    ignores: tuple[str, ...] = ()
    address: str = ""
    log: list[Exchange] = field(default_factory=list)

    @property
    def writes(self) -> list[str]:
        """What was asked but reading, in order."""
        return [f"{one.method} {one.path}" for one in self.log if one.method != "GET"]

    def named(self, name: str) -> Json:
        return next(one for one in self.rulesets.values() if one["name"] == name)

    def parameters(self, name: str, kind: str) -> Json:
        rules = {one["type"]: one.get("parameters") for one in self.named(name)["rules"]}
        return rules[kind]

    def answer(self, method: str, path: str, headers: dict[str, str], body: Json) -> "_Answer":
        if headers.get("Authorization") != f"Bearer {TOKEN}":
            return _refuse(401, "Bad credentials")
        for place, (words, status, extra, said) in enumerate(self.refusals):
            if words in ("", f"{method} {path}"):
                del self.refusals[place]
                return _Answer(status, said, extra)
        parts = urlsplit(path)
        for pattern, handler in self._routes(method).items():
            if found := re.fullmatch(_BASE + pattern, parts.path):
                query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
                done: _Answer = handler(found, query, body)
                return done
        return _refuse(404, "Not Found")

    def _routes(self, method: str) -> Any:
        known: Any = {
            "GET": {
                "/rulesets": self._list,
                r"/rulesets/(\d+)": self._show,
                "/actions/permissions": lambda *_: _Answer(200, self._policy()),
                "/actions/permissions/workflow": lambda *_: _Answer(200, self.token),
                "/git/ref/heads/(.+)": self._branch,
            },
            "POST": {"/rulesets": self._create},
            "PUT": {
                r"/rulesets/(\d+)": self._update,
                "/actions/permissions": self._set_actions,
                "/actions/permissions/workflow": self._set_token,
            },
            "DELETE": {r"/rulesets/(\d+)": self._delete},
        }
        return known.get(method, {})

    def add(self, body: Json) -> int:
        number = max(self.rulesets, default=41) + 1
        self.rulesets[number] = {
            "id": number,
            "target": "branch",
            "source_type": "Repository",
            "source": REPOSITORY,
            "node_id": f"RRS_{number}",
            "created_at": "2026-01-05T08:43:03.000Z",
            "updated_at": "2026-01-05T08:43:03.000Z",
            "_links": {"self": {"href": f"{self.address}{_BASE}/rulesets/{number}"}},
            **body,
            "rules": [_completed(rule) for rule in body.get("rules", ())],
        }
        return number

    def _policy(self) -> Json:
        return {**self.actions, "selected_actions_url": f"{self.address}{_BASE}/selected"}

    def _list(self, found: Any, query: dict[str, str], body: Json) -> "_Answer":
        size, page = int(query.get("per_page", "30")), int(query.get("page", "1"))
        hidden = ("rules", "conditions", "bypass_actors")
        short = [
            {name: value for name, value in one.items() if name not in hidden}
            for one in self.rulesets.values()
        ]
        return _Answer(200, short[(page - 1) * size : page * size])

    def _show(self, found: Any, query: dict[str, str], body: Json) -> "_Answer":
        one = self.rulesets.get(int(found[1]))
        if one is None:
            return _refuse(404, "Not Found")
        if not self.shows_bypass:
            one = {name: value for name, value in one.items() if name != "bypass_actors"}
        return _Answer(200, one)

    def _create(self, found: Any, query: dict[str, str], body: Json) -> "_Answer":
        if any(one["name"] == body["name"] for one in self.rulesets.values()):
            return _invalid("name", "must be unique")
        return _Answer(201, self.rulesets[self.add(body)])

    def _update(self, found: Any, query: dict[str, str], body: Json) -> "_Answer":
        one = self.rulesets.get(int(found[1]))
        if one is None:
            return _refuse(404, "Not Found")
        one.update({**body, "rules": [_completed(rule) for rule in body["rules"]]})
        return _Answer(200, one)

    def _delete(self, found: Any, query: dict[str, str], body: Json) -> "_Answer":
        return _Answer(204 if self.rulesets.pop(int(found[1]), None) else 404)

    def _set_actions(self, found: Any, query: dict[str, str], body: Json) -> "_Answer":
        known = {name: value for name, value in body.items() if name not in self.ignores}
        self.actions = {**self.actions, **known}
        return _Answer(204)

    def _set_token(self, found: Any, query: dict[str, str], body: Json) -> "_Answer":
        self.token = {**self.token, **body}
        return _Answer(204)

    def _branch(self, found: Any, query: dict[str, str], body: Json) -> "_Answer":
        if found[1] not in self.branches:
            return _refuse(404, "Not Found")
        url, sha = f"{self.address}{_BASE}/git", "0a" * 20
        at = {"type": "commit", "sha": sha, "url": f"{url}/commits/{sha}"}
        ref = f"refs/heads/{found[1]}"
        return _Answer(200, {"ref": ref, "node_id": "REF_1", "url": f"{url}/{ref}", "object": at})


@dataclass(frozen=True)
class _Answer:
    status: int
    body: Json = None
    headers: dict[str, str] = field(default_factory=dict)


def _completed(rule: Json) -> Json:
    """GitHub shows parameters that nobody gave."""
    added = _ADDED.get(rule["type"])
    return {**rule, "parameters": {**added, **rule["parameters"]}} if added else rule


def _refuse(status: int, message: str) -> _Answer:
    return _Answer(status, {"message": message, "documentation_url": _DOCS, "status": str(status)})


def _invalid(field: str, message: str) -> _Answer:
    error = {"resource": "Ruleset", "field": field, "code": "custom", "message": message}
    said = {"message": "Validation Failed", "documentation_url": _DOCS, "errors": [error]}
    return _Answer(422, said)


@contextmanager
def running_github() -> Iterator[GitHub]:
    """On a port that the system chose; `address` is its API."""
    github = GitHub()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            size = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(size)) if size else None
            headers = dict(self.headers.items())
            given = github.answer(self.command, self.path, headers, body)
            said = json.dumps(given.body).encode() if given.body is not None else b""
            kept = json.loads(said) if said else None
            github.log.append(Exchange(self.command, self.path, headers, body, given.status, kept))
            self.send_response(given.status)
            for name, value in given.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        do_POST = do_PUT = do_DELETE = do_GET

        def log_message(self, *words: object) -> None:
            """Nothing on the screen: `log` has it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    github.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield github
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
