"""What the fields of a part may hold: types, names of tools, bounds."""

from __future__ import annotations

STRING = "a string"
STRINGS = "a string or a tuple of strings"
MAPPING = "a dict of strings"
NUMBER = "a number"
WHOLE = "a whole number"
FLAG = "True or False"

BACKEND = {
    "pythons": STRINGS,
    "install": STRING,
    "requirements": STRINGS,
    "extras": STRINGS,
    "groups": STRINGS,
    "formatter": STRINGS,
    "linter": STRINGS,
    "types": STRINGS,
    "postgres": STRING,
    "env": MAPPING,
    "migrations": STRINGS,
    "downgrade": FLAG,
    "tests": STRINGS,
    "source": STRINGS,
    "coverage_percent": NUMBER,
    "min_pass_percent": NUMBER,
    "shards": WHOLE,
    "retries": WHOLE,
    "quarantine": MAPPING,
    "timeout_s": NUMBER,
}
FRONTEND = {
    "package_manager": STRING,
    "node": STRING,
    "format": STRINGS,
    "lint": STRINGS,
    "types": STRINGS,
    "test": STRINGS,
    "build": STRINGS,
    "env": MAPPING,
    "coverage_percent": NUMBER,
    "shards": WHOLE,
    "retries": WHOLE,
    "quarantine": MAPPING,
    "timeout_s": NUMBER,
}
IMAGE = {
    "context": STRING,
    "dockerfile": STRING,
    "target": STRING,
    "platforms": STRINGS,
    "repository": STRINGS,
    "build_args": MAPPING,
    "secrets": MAPPING,
    "ssh": STRING,
    "port": WHOLE,
    "health": STRING,
    "env": MAPPING,
    "backend": STRING,
    "start_s": NUMBER,
    "stop_s": NUMBER,
    "root": FLAG,
    "max_mb": NUMBER,
    "cache_from": STRINGS,
    "cache_to": STRINGS,
    "attestations": STRINGS,
    "builder": STRING,
    "timeout_s": NUMBER,
}
IMAGE_ABSENT = frozenset("target ssh port health backend max_mb builder".split())
REGISTRY = {
    "user": STRING,
    "password": STRING,
    "insecure": FLAG,
    "require": STRINGS,
    "key": STRING,
}
# fields of tools: one name or several of these
TOOLS = {
    "formatter": ("black", "ruff", "isort"),
    "linter": ("flake8", "ruff", "pylint"),
    "types": ("mypy", "pyright", "ty"),
    "install": ("uv", "poetry", "pdm", "pylock", "requirements", "project"),
    "package_manager": ("npm", "pnpm", "yarn", "bun"),
}
# fields that take one of these names, or a command of one's own as a tuple
RUNNERS = {"migrations": ("alembic", "django"), "tests": ("pytest", "django", "unittest")}
ABSENT = frozenset(
    "formatter linter types postgres migrations tests "
    "format lint test build coverage_percent".split()
)
PLACEHOLDERS = ("url", "host", "port", "user", "password", "dbname")
