"""What our sessions do, as functions that anyone's session may call.

Each takes the session and a part or an image, and returns an `Outcome` or raises a
`CicdError`: what is found wrong, and what is missing, is raised. A session of
`project.session` or `project.replace` turns both into its verdict, whether its function
returns the outcome or not; it may also return one of its own.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cicd.steps.verbs import (
        build,
        database,
        format,
        image,
        lint,
        migrations,
        push,
        run,
        stack,
        test,
        types,
    )

__all__ = [
    "build",
    "database",
    "format",
    "image",
    "lint",
    "migrations",
    "push",
    "run",
    "stack",
    "test",
    "types",
]


def __getattr__(name: str) -> object:
    """All lanes are behind these names: a run in which every verdict is reused needs none."""
    if name not in __all__:
        raise AttributeError(f"module 'cicd.steps' has no attribute {name!r}")
    from importlib import import_module

    value: object = getattr(import_module("cicd.steps.verbs"), name)
    globals()[name] = value
    return value
