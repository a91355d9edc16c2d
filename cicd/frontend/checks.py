"""Format, lint, types and build: run what the package declares, tell what it found."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

from cicd.frontend.build_size import measure_build
from cicd.frontend.findings import Finding, parse_findings
from cicd.frontend.output import last_telling_lines
from cicd.frontend.package import read_package
from cicd.frontend.scripts import plan_script
from cicd.model import Failure, Outcome
from cicd.output import render_size

if TYPE_CHECKING:
    from cicd.config.parts import Frontend
    from cicd.frontend.scripts import Verb
    from cicd.frontend.toolchain import Toolchain
    from cicd.model import Completed
    from cicd.system.place import Place


def run_check(
    place: Place, part: Frontend, verb: Verb, toolchain: Toolchain, *, repeat: str = ""
) -> Outcome:
    """Runs one of format, lint, types and build; the tool's exit code is the verdict.

    Findings are read from what it prints; where none is recognised, the failure shows its
    last lines. `repeat` is the command that a reader repeats the check with.
    """
    package = read_package(toolchain.folder, toolchain.lock_root)
    command = plan_script(part, verb, toolchain, package)
    started_at = time.time()
    done = place.runner.run(command, timeout_s=part.timeout_s)
    facts = {**toolchain.facts, "command": str(command)}
    if done.ok:
        return _passed(done, verb, toolchain.folder, started_at, facts)
    failures = _failures(place.root, toolchain.folder, done, verb, part.timeout_s, repeat)
    headline = _count(len(failures)) if failures[0].path else failures[0].title
    return Outcome(headline=headline, passed=False, failures=failures, facts=facts)


def _passed(
    done: Completed, verb: Verb, folder: Path, started_at: float, facts: dict[str, str]
) -> Outcome:
    if verb == "build":
        size = measure_build(folder, since=started_at)
        headline = render_size(size) if size else "built"
        return Outcome(headline=headline, metrics={"build_bytes": size}, facts=facts)
    warnings = sum(not one.is_error for one in parse_findings(done.output))
    headline = f"{warnings} warning{'s' if warnings > 1 else ''}" if warnings else "no findings"
    return Outcome(headline=headline, metrics={"findings": 0, "warnings": warnings}, facts=facts)


def _failures(
    root: Path, folder: Path, done: Completed, verb: Verb, limit_s: float, repeat: str
) -> tuple[Failure, ...]:
    if done.timed_out:
        title = f"{verb} did not end within {limit_s:g} s"
        return (Failure(title=title, detail=last_telling_lines(done.output), repeat=repeat),)
    findings = parse_findings(done.output)
    # eslint --max-warnings fails with warnings only: then these are what is wrong.
    judged = [one for one in findings if one.is_error] or list(findings)
    if not judged:
        title = f"{verb} failed with exit code {done.return_code}"
        return (Failure(title=title, detail=last_telling_lines(done.output), repeat=repeat),)
    return tuple(_failure(root, folder, one, repeat) for one in judged)


def _failure(root: Path, folder: Path, finding: Finding, repeat: str) -> Failure:
    path = locate(root, folder, finding.path)
    return Failure(title=finding.title, path=path, line=finding.line, repeat=repeat)


def locate(root: Path, folder: Path, written: str) -> str:
    """The file as seen from the repository's root; tools write it from their own folder."""
    path = Path(written)
    if not path.is_absolute():
        nearer = folder / path
        path = nearer if nearer.exists() or not (root / path).exists() else root / path
    return Path(os.path.relpath(path, root)).as_posix()


def _count(number: int) -> str:
    return f"{number} finding{'' if number == 1 else 's'}"
