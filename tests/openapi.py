"""GitHub's published description of its API, from npm: `@octokit/openapi`."""

import json
import re
import shutil
import subprocess
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jsonschema
from tests.lacking import lacking

from cicd.database.fetch import has_integrity

Json = Any
PACKAGE = "@octokit/openapi@23.0.2"
INTEGRITY = (
    "sha512-pV8M7L9GY23AybNvTmo2nyjmpmnt6+2sRE/tqr0ZLQcPS4lnw7u5e"
    "ZGNmwRNkBC3D7gZXbFx5AHzLUVRBXGDhg=="
)
_MEMBER = "package/generated/api.github.com.json"


@dataclass(frozen=True)
class Description:
    """The paths that were asked for, with the schemas that they refer to."""

    paths: Mapping[str, Json]
    components: Json

    def path_of(self, path: str) -> str:
        """The described path that an address is, of two the one with fewer placeholders."""
        plain = urlsplit(path).path
        known = [one for one in self.paths if re.fullmatch(_regex(one), plain)]
        assert known, f"GitHub does not describe {plain}"
        return min(known, key=lambda one: one.count("{"))

    def judge_request(self, method: str, path: str, body: Json) -> None:
        """Raises where GitHub would not understand it, or ignore a part of it."""
        operation = self._operation(method, path)
        known = {one["name"] for one in map(self._resolved, operation.get("parameters", ()))}
        asked = {pair.partition("=")[0] for pair in urlsplit(path).query.split("&") if pair}
        assert asked <= known, f"{method} {path}: {asked - known}"
        described = operation.get("requestBody")
        if body is None:
            assert not (described or {}).get("required"), f"{method} {path} wants a body"
        else:
            assert described, f"{method} {path} takes no body"
            self._judge(body, described["content"]["application/json"]["schema"])

    def judge_answer(self, method: str, path: str, status: int, body: Json) -> None:
        """Raises where GitHub does not answer so. A status that is not described for this path
        has the body of every error."""
        answers = self._operation(method, path)["responses"]
        if str(status) not in answers:
            assert status >= 400, f"{method} {path} is never answered with {status}"
            self._judge(body, {"$ref": "#/components/schemas/basic-error"})
            return
        content = self._resolved(answers[str(status)]).get("content")
        if content is None:
            assert body is None, f"{method} {path} is answered without a body"
        else:
            self._judge(body, content["application/json"]["schema"])

    def _operation(self, method: str, path: str) -> Json:
        found = self.paths[self.path_of(path)]
        assert method.lower() in found, f"GitHub does not describe {method} {path}"
        return found[method.lower()]

    def _judge(self, body: Json, schema: Json) -> None:
        jsonschema.Draft7Validator(self._strict(schema)).validate(body)

    def _strict(self, schema: Json) -> Json:
        """As JSON Schema, with no room for names that GitHub does not describe."""
        if not isinstance(schema, dict):
            return schema
        schema = self._resolved(schema)
        strict = {name: self._strict_at(name, value) for name, value in schema.items()}
        if "properties" in strict and not set(strict) & {"anyOf", "oneOf", "allOf"}:
            strict.setdefault("additionalProperties", False)
        if strict.pop("nullable", False):
            return {"anyOf": [{"type": "null"}, strict]}
        return strict

    def _strict_at(self, name: str, value: Json) -> Json:
        if name == "properties":
            return {key: self._strict(one) for key, one in value.items()}
        if name in ("anyOf", "oneOf", "allOf"):
            return [self._strict(one) for one in value]
        return self._strict(value) if name in ("items", "not", "additionalProperties") else value

    def _resolved(self, schema: Json) -> Json:
        while "$ref" in schema:
            found: Json = {"components": self.components}
            for key in schema["$ref"].removeprefix("#/").split("/"):
                found = found[key]
            schema = found
        return schema


def fetch_description(folder: Path, prefix: str) -> Description:
    """The paths below `prefix`. Fails when npm gives another file than the pinned one."""
    if shutil.which("npm") is None:
        lacking("there is no npm on this machine")
    command = ("npm", "pack", "--silent", "--fetch-retries=1", PACKAGE)
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    (archive,) = folder.glob("*.tgz")
    assert has_integrity(archive, INTEGRITY)
    with tarfile.open(archive) as package, package.extractfile(_MEMBER) as file:
        content = json.load(file)
    paths = {path: told for path, told in content["paths"].items() if path.startswith(prefix)}
    return Description(paths, content["components"])


def _regex(path: str) -> str:
    """A ref holds slashes, other values do not."""
    escaped = re.sub(r"\\\{ref\\\}", ".+", re.escape(path))
    return re.sub(r"\\\{\w+\\\}", "[^/]+", escaped)
