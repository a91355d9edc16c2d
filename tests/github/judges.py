"""What others say of a workflow or an action: zizmor, JSON schemas, GitHub's own parser."""

import json
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import ROOT


def audit(files: Iterable[Path]) -> list[str]:
    """What zizmor finds as its strictest persona."""
    program = Path(sys.executable).with_name("zizmor")
    options = ("--offline", "--persona=auditor", "--no-config", "--no-progress")
    done = _ask(program, *options, "--strict-collection", "--format=json", *files)
    # 11 to 14 say how severe the worst finding is.
    assert done.returncode in (0, 11, 12, 13, 14), done.stderr
    found = json.loads(done.stdout)
    assert bool(found) is bool(done.returncode), done.stdout
    return [f"{one['ident']}: {one['desc']}: {_place(one)}" for one in found]


def _place(finding: dict[str, list[dict[str, dict[str, object]]]]) -> str:
    return str(finding["locations"][0]["symbolic"]["key"])


def check_schema(files: Iterable[Path]) -> list[str]:
    """What the schemas of workflows and actions forbid."""
    kinds: dict[str, list[Path]] = {"github-workflows": [], "github-actions": []}
    for path in files:
        kinds["github-actions" if path.name == "action.yml" else "github-workflows"].append(path)
    found = [check_builtin_schema(schema, kinds[schema]) for schema in kinds if kinds[schema]]
    return [line for lines in found for line in lines]


def check_builtin_schema(schema: str, files: Iterable[Path]) -> list[str]:
    """Lines of what check-jsonschema finds by one of the schemas that it brings."""
    options = ("--builtin-schema", f"vendor.{schema}", "--color", "never")
    done = _ask(sys.executable, "-m", "check_jsonschema", *options, *files)
    assert done.returncode in (0, 1), done.stderr
    return done.stdout.splitlines() if done.returncode else []


@dataclass(frozen=True)
class Parser:
    """GitHub's own. Jobs that call a workflow of this repository are checked against it."""

    node: str
    script: Path

    def __call__(self, files: Iterable[Path]) -> list[str]:
        done = _ask(self.node, self.script, "OWNER/cicd", ROOT, *files)
        assert done.returncode == int(bool(done.stdout)), done.stderr
        return done.stdout.splitlines()


def _ask(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
