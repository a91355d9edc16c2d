"""Which release of ours a repository calls and pins.

The constants are the one place to change when a release is made. A commit cannot name itself:
`COMMIT` is the last one that changed `.github/workflows` or `action.yml`, and is written here
by a commit after it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from importlib.metadata import distribution

DISTRIBUTION = "nox-cicd"
REPOSITORY = "OWNER/cicd"
COMMIT = "d10154ed03586b3434306fe53cadaf307b754f78"


@dataclass(frozen=True, slots=True)
class Release:
    """`requirement` pins the package, `version` is for people."""

    repository: str
    commit: str
    version: str
    requirement: str

    def address(self, name: str) -> str:
        """How a repository calls a workflow of ours, pinned by full commit."""
        return f"{self.repository}/.github/workflows/{name}@{self.commit}"


def installed_release() -> Release:
    """The one that runs."""
    ours = distribution(DISTRIBUTION)
    return read_release(ours.version, ours.read_text("direct_url.json"))


def read_release(version: str, direct_url: str | None) -> Release:
    """`direct_url` is what PEP 610 has installers leave: who installed a commit of a repository
    on GitHub goes on with that one."""
    told = json.loads(direct_url or "{}")
    commit = told.get("vcs_info", {}).get("commit_id", "")
    found = re.search(r"github\.com[/:]([^/]+/[^/]+?)(\.git)?/?$", told.get("url", ""))
    if commit and found:
        requirement = f"{DISTRIBUTION} @ git+{told['url']}@{commit}"
        return Release(found[1], commit, f"v{version}", requirement)
    return Release(REPOSITORY, COMMIT, f"v{version}", f"{DISTRIBUTION}=={version}")
