"""What our sessions do, as functions that anyone's session may call.

Each takes the session and a part, and returns an `Outcome`. Inside a session of
`project.session` or `project.replace`, returning that outcome makes it the verdict.
What is expected to go wrong raises a `CicdError`, which those sessions turn into a verdict.
"""

from cicd.steps.verbs import build, database, format, lint, migrations, run, test, types

__all__ = ["build", "database", "format", "lint", "migrations", "run", "test", "types"]
