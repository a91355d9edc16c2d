"""The steps of a frontend: its scripts, with a Node and its packages."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from cicd.backend.selection import select
from cicd.backend.uv import uv_binary
from cicd.config.node import lock_root
from cicd.config.parts import Frontend
from cicd.config.quarantine import quarantine_day
from cicd.config.resolve import resolve
from cicd.errors import SettingsError
from cicd.frontend.checks import run_check
from cicd.frontend.fix import fix_commands
from cicd.frontend.install import install_packages
from cicd.frontend.installed_versions import read_versions
from cicd.frontend.package import read_package
from cicd.frontend.runtime import managed_folders
from cicd.frontend.tests import run_tests
from cicd.frontend.toolchain import Toolchain, find_toolchain
from cicd.model import Failure, Outcome
from cicd.records.runs import read_cores
from cicd.steps.affected_web import changed_since
from cicd.steps.fingerprint.node_asked import remember_node
from cicd.steps.noting import note, note_part
from cicd.steps.reads import watching
from cicd.steps.work import Surroundings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cicd.frontend.scripts import Verb
    from cicd.steps.work import Work


def check(work: Work, part: Frontend, verb: Verb) -> Outcome:
    found, toolchain = prepare(work, part)
    return run_check(work.place, found, verb, toolchain, repeat=f"nox -s {work.session}")


def test(work: Work, part: Frontend, usual: Sequence[str]) -> Outcome:
    shard = work.take_share()
    found, toolchain = prepare(work, part)
    prefix = f"nox -s {work.session} --"
    # `--keep-db` is for the backends of the same run.
    selection = select(work.arguments, usual)
    since = changed_since(work, found, toolchain) if selection.affected else ""
    options = {"NODE_OPTIONS": work.environ.get("NODE_OPTIONS", "")}
    return run_tests(
        work.place,
        found,
        toolchain,
        arguments=selection.arguments,
        repeat_prefix=prefix,
        shard=shard,
        watch={**watching(work), **options},
        today=quarantine_day(),
        since=since,
        cores=read_cores(work.run, work.session),
    )


def fix(work: Work, part: Frontend) -> Outcome:
    found, toolchain = prepare(work, part)
    package = read_package(toolchain.folder, toolchain.lock_root)
    commands = fix_commands(found, toolchain, package)
    ended = [work.place.runner.run(command, timeout_s=found.timeout_s) for command in commands]
    failures = tuple(
        Failure(title=f"{done.command} ended with {done.return_code}", path=part.path)
        for done in ended
        if not done.ok
    )
    return Outcome(passed=not failures, failures=failures)


def surroundings(work: Work, part: Frontend) -> Surroundings:
    """What makes a command one of the part's own."""
    _, toolchain = prepare(work, part)
    package = read_package(toolchain.folder, toolchain.lock_root)
    path = os.pathsep.join((*map(str, package.bin_folders), toolchain.node.path))
    return Surroundings(folder=toolchain.folder, variables={"PATH": path})


def prepare(work: Work, part: Frontend) -> tuple[Frontend, Toolchain]:
    """The part with every field, and its Node; its packages are installed."""
    found = resolve(work.tree, part).part
    if not isinstance(found, Frontend):
        raise SettingsError(f"{part.path} is no frontend")
    toolchain = find_toolchain(
        work.place,
        found,
        lock_root=work.place.root / lock_root(work.tree, found),
        path=work.environ.get("PATH", ""),
        uv=uv_binary(),
        managed=managed_folders(work.environ),
    )
    for said in install_packages(work.place, found, toolchain).notes:
        work.say(said)
    _note(work, found, toolchain)
    remember_node(work, found, toolchain)
    return found, toolchain


def _note(work: Work, part: Frontend, toolchain: Toolchain) -> None:
    note_part(work, part)
    note(work.noted.versions, toolchain.versions)
    note(work.noted.packages, read_versions(toolchain))
