"""The workflow that a repository writes: one job, which calls ours."""

from __future__ import annotations

from cicd.github.workflow.release import Release

CALLER = ".github/workflows/ci.yml"


def render_caller(release: Release, branch: str, install: str = "") -> str:
    """`branch` is the default branch; `install` what has to be said of how cicd comes in."""
    told = f"\n    with:\n      install: {install}" if install else ""
    return f"""\
name: ci

on:
  push:
    branches: [{branch}]
  pull_request:
  merge_group:

permissions: {{}}

jobs:
  ci:
    permissions:
      contents: read
    uses: {release.address("ci.yml")} # {release.version}{told}
"""
