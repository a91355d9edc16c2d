"""The parts of a repository, as a noxfile writes them and as discovery completes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from enum import Enum
from typing import Any, Final, Literal


class Discover(Enum):
    """The value of a field that nobody gave: discovery finds it."""

    VALUE = "discover"

    def __repr__(self) -> str:
        return "DISCOVER"


DISCOVER: Final = Discover.VALUE


class _Part(type):
    """Makes a wrong field a few lines instead of a traceback, where a noxfile is loaded."""

    def __call__(cls, *arguments: Any, **given: Any) -> Any:
        try:
            return super().__call__(*arguments, **given)
        except TypeError:
            from cicd.config.calls import explain_call

            raise explain_call(cls, arguments, given) from None


@dataclass(frozen=True, slots=True)
class Backend(metaclass=_Part):
    """A Python project: an application with a database, or a library without one.

    A field that is not given is found in the repository; `nox -s doctor` shows every
    value and where it comes from. None means: the part has none of it.
    """

    path: str
    """The folder, relative to the noxfile; "." for the repository itself."""
    _: KW_ONLY
    name: str | Discover = DISCOVER
    """Prefix of the sessions: a Python identifier. Default: the folder's name."""
    pythons: str | tuple[str, ...] | Discover = DISCOVER
    """The Python versions to test on ("3.13"). From `.python-version`, else `requires-python`."""
    install: str | Discover = DISCOVER
    """How dependencies are installed: "uv", "poetry", "pdm", "pylock", "requirements"
    or "project"."""
    requirements: str | tuple[str, ...] | Discover = DISCOVER
    """Requirements files, relative to `path`, when `install` is "requirements"."""
    extras: str | tuple[str, ...] | Discover = DISCOVER
    """Extras of the project that the checks need."""
    groups: str | tuple[str, ...] | Discover = DISCOVER
    """Dependency groups that the checks need."""
    formatter: str | tuple[str, ...] | None | Discover = DISCOVER
    """"black", "ruff", "isort"; several are run one after the other."""
    linter: str | tuple[str, ...] | None | Discover = DISCOVER
    """"flake8", "ruff", "pylint"; several are run one after the other."""
    types: str | tuple[str, ...] | None | Discover = DISCOVER
    """"mypy", "pyright", "ty"; only where the repository configures one."""
    postgres: str | None | Discover = DISCOVER
    """Major version of PostgreSQL that the tests need ("15"), or None for no database."""
    database: str | None = None
    """The provider to take, and no other: "given", "container", "local" or "embedded"."""
    env: Mapping[str, str] | Discover = DISCOVER
    """Variables under which the project reads its connection; values may hold
    {url} {host} {port} {user} {password} {dbname}. Others are passed as they are."""
    migrations: str | tuple[str, ...] | None | Discover = DISCOVER
    """"alembic", "django", or a command of your own as a tuple."""
    downgrade: bool = True
    """Whether `_migrations` also goes down to nothing and up again."""
    tests: str | tuple[str, ...] | None | Discover = DISCOVER
    """"pytest", "django" (`manage.py test`), "unittest", or a command of your own as a tuple."""
    source: str | tuple[str, ...] | Discover = DISCOVER
    """Packages or folders whose coverage is measured."""
    coverage_percent: float | None = None
    """Below this the tests fail. None: coverage is shown and not judged."""
    min_pass_percent: float = 100.0
    """Below this share of passing tests the session fails."""
    workers: int | Literal["auto"] = 1
    """Processes that pytest-xdist runs the tests in, each with a database of its own."""
    timeout_s: float = 900.0
    """Time limit of a whole test run, in seconds."""


@dataclass(frozen=True, slots=True)
class Frontend(metaclass=_Part):
    """A Node package: its own scripts where it has them, the usual tools otherwise."""

    path: str
    """The folder, relative to the noxfile; "." for the repository itself."""
    _: KW_ONLY
    name: str | Discover = DISCOVER
    """Prefix of the sessions: a Python identifier. Default: the folder's name."""
    package_manager: str | Discover = DISCOVER
    """"npm", "pnpm", "yarn" or "bun". Default: the one whose lock file is there."""
    node: str | Discover = DISCOVER
    """The Node version ("20", "20.18.0" or a range as `engines` has it)."""
    format: str | tuple[str, ...] | None | Discover = DISCOVER
    """What checks the format: a script's name, or a command as a tuple."""
    lint: str | tuple[str, ...] | None | Discover = DISCOVER
    """What lints: a script's name, or a command as a tuple."""
    types: str | tuple[str, ...] | None | Discover = DISCOVER
    """What checks the types: a script's name, or a command as a tuple."""
    test: str | tuple[str, ...] | None | Discover = DISCOVER
    """What tests: a script's name, or a command as a tuple."""
    build: str | tuple[str, ...] | None | Discover = DISCOVER
    """What builds for production: a script's name, or a command as a tuple."""
    env: Mapping[str, str] | Discover = DISCOVER
    """Variables for the scripts."""
    coverage_percent: float | None = None
    """Below this share of covered lines the tests fail. None: shown and not judged."""
    timeout_s: float = 900.0
    """Time limit of one script, in seconds."""


Part = Backend | Frontend
