"""Folders that hold projects which are not parts: documentation, fixtures, templates."""

from __future__ import annotations

_NEVER = frozenset(
    "node_modules bower_components site-packages vendor vendored _vendor third_party "
    "third-party thirdparty external submodules venv env virtualenv".split()
)
_SELDOM = frozenset(
    "doc docs documentation docs-site docs_src handbook example examples sample samples demo "
    "demos fixture fixtures testdata test_data test-data test tests __tests__ testing "
    "__fixtures__ __mocks__ e2e e2e-tests e2e_tests integration-tests integration_tests "
    "cypress playwright template templates cookiecutter boilerplate boilerplates benchmark "
    "benchmarks tutorial tutorials snippets playground playgrounds stubs typings".split()
)
_TOOLING = frozenset(
    "ci script scripts tool tools docker deploy deployment deployments infra infrastructure "
    "ops devops hack build-tools release bin etc config k8s kubernetes helm terraform ansible "
    "packaging contrib notebooks requirements".split()
)


def is_never(folder: str) -> bool:
    """Other people's code, hidden folders and folders of a project template."""
    return any(
        piece in _NEVER or piece.startswith(".") or "{{" in piece or "{%" in piece
        for piece in folder.split("/")
        if piece
    )


def is_seldom(folder: str) -> bool:
    """Folders whose projects count only in a repository that has no other."""
    return any(
        piece in _SELDOM or piece.endswith(("-e2e", "_e2e", "-examples", "_examples", "-template"))
        for piece in folder.lower().split("/")
    )


def is_tooling(folder: str) -> bool:
    """Folders whose requirements files serve a tool, not a project."""
    return not _TOOLING.isdisjoint(folder.lower().split("/"))


def may_be(folder: str, everywhere: bool) -> bool:
    """Whether a project in this folder can be a part of the repository."""
    return not is_never(folder) and (everywhere or not is_seldom(folder))
