"""The scripts of workflows and actions, taken out and run as GitHub's runner runs them."""

import json
import os
import re
import stat
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

_EXPRESSION = re.compile(r"\$\{\{.*?\}\}", re.S)
# https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsshell
_SHELLS = {"": ("bash", "-e"), "bash": ("bash", "--noprofile", "--norc", "-eo", "pipefail")}
_FILES = ("GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_STATE", "GITHUB_STEP_SUMMARY")
_BYSTANDER = "bystander"
"""A file of the work tree: its name appears where a script lets a pattern become names."""
_FAKE = """\
#!{python} -I
import json, os, sys
with open({log!r}, "a", encoding="utf-8") as file:
    print(json.dumps([os.path.basename(sys.argv[0]), *sys.argv[1:]]), file=file)
"""


@dataclass(frozen=True)
class RunBlock:
    """One `run:`. `env` is what the step sees of its own, its job's and its workflow's."""

    name: str
    script: str
    shell: str
    env: Mapping[str, str]

    @property
    def expressions(self) -> list[str]:
        return _EXPRESSION.findall(self.script)

    @property
    def inputs(self) -> list[str]:
        """The variables whose value comes from elsewhere."""
        return [name for name, value in self.env.items() if _EXPRESSION.search(value)]


@dataclass(frozen=True)
class Executed:
    """How a script ended, and what it did to what it was given."""

    code: int
    printed: str
    called: list[list[str]] = field(default_factory=list)
    """The command lines of the programs that were replaced."""
    written: Mapping[str, str] = field(default_factory=dict)
    """The runner's files that are not empty."""
    left: frozenset[str] = frozenset()
    """New names in the folders that it could reach without a path."""


def run_blocks(path: Path) -> Iterator[RunBlock]:
    """Those of a workflow or of a composite action."""
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    outer = document.get("env", {})
    usual = document.get("defaults", {}).get("run", {}).get("shell", "")
    jobs = document.get("jobs") or {"action": document["runs"]}
    for name, job in jobs.items():
        for number, step in enumerate(job.get("steps", [])):
            if "run" in step:
                env = {**outer, **job.get("env", {}), **step.get("env", {})}
                yield _block(f"{path.name} {name} {number}", step, usual, env)


def _block(name: str, step: dict[str, Any], usual: str, env: dict[str, Any]) -> RunBlock:
    texts = {key: str(value) for key, value in env.items()}
    return RunBlock(name, step["run"], step.get("shell", usual), texts)


def execute(block: RunBlock, folder: Path, values: Mapping[str, str]) -> Executed:
    """Runs it below `folder`. Instead of nox and Python there are programs that only write
    down how they were called; all else is real."""
    work, home, programs = (folder / name for name in ("work", "home", "programs"))
    for place in (work, home, programs):
        place.mkdir(parents=True)
    log = _fakes(programs)
    (work / _BYSTANDER).touch()
    files = {name: folder / name for name in _FILES}
    for file in files.values():
        file.touch()
    script = folder / "script.sh"
    script.write_text(block.script, encoding="utf-8")
    done = subprocess.run(
        [*_SHELLS[block.shell], str(script)],
        cwd=work,
        env={
            "PATH": os.pathsep.join((str(programs), "/usr/local/bin", "/usr/bin", "/bin")),
            "HOME": str(home),
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "RUNNER_TEMP": str(home),
            **{name: str(file) for name, file in files.items()},
            **{name: values.get(name, value) for name, value in block.env.items()},
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    return Executed(
        code=done.returncode,
        printed=done.stdout,
        called=[json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()],
        written={name: text for name, file in files.items() if (text := file.read_text())},
        left=frozenset(path.name for at in (work, home) for path in at.rglob("*")) - {_BYSTANDER},
    )


def _fakes(programs: Path) -> Path:
    log = programs / "called.jsonl"
    log.touch()
    for name in ("nox", "pip", "pip3", "python", "python3", "uv", "uvx"):
        fake = programs / name
        fake.write_text(_FAKE.format(python=sys.executable, log=str(log)), encoding="utf-8")
        fake.chmod(fake.stat().st_mode | stat.S_IXUSR)
    return log
