"""What our sessions do, as functions that anyone's session may call.

Each takes the session and a part or an image, and returns an `Outcome` or raises a
`CicdError`: what is found wrong, and what is missing, is raised. A session of
`project.session` or `project.replace` turns both into its verdict, whether its function
returns the outcome or not; it may also return one of its own.
"""

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
