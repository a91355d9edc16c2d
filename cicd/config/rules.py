"""`cicd.Rules`: what GitHub holds a repository to."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass

from cicd.config.parts import PartType


@dataclass(frozen=True, slots=True)
class Rules(metaclass=PartType):
    """The rules of a repository on GitHub, for `nox -s github_rules`."""

    branch: str = "main"
    """The protected branch."""
    _: KW_ONLY
