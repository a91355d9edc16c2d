"""The parts of a repository, as a noxfile writes them and as discovery completes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field, fields
from enum import Enum
from typing import Any, Final, Literal


class Discover(Enum):
    """The value of a field that nobody gave: discovery finds it."""

    VALUE = "discover"

    def __repr__(self) -> str:
        return "DISCOVER"


DISCOVER: Final = Discover.VALUE


class PartType(type):
    """Makes a wrong field a few lines instead of a traceback, where a noxfile is loaded."""

    def __call__(cls, *arguments: Any, **given: Any) -> Any:
        try:
            return super().__call__(*arguments, **given)
        except TypeError:
            from cicd.config.calls import explain_call

            raise explain_call(cls, arguments, given) from None


class Fielded(metaclass=PartType):
    """What `dataclass` would write anew for each kind of part, which every listing would pay."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and _values(other) == _values(self)

    def __hash__(self) -> int:
        return hash(tuple(_values(self).values()))

    def __repr__(self) -> str:
        shown = (f"{name}={value!r}" for name, value in _values(self).items())
        return f"{type(self).__name__}({', '.join(shown)})"


def _values(part: Any) -> dict[str, Any]:
    return {each.name: getattr(part, each.name) for each in fields(part)}


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Backend(Fielded):
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
    shards: int = 1
    """Jobs over which a workflow that fans out divides the tests of one session."""
    reads: tuple[str, ...] = ()
    """Files and folders outside of `path` that decide its verdicts too, relative to the noxfile."""
    reuse: bool | Literal["today"] = True
    """Whether a green verdict stands until something that decides it changes. False: never, for
    tests that ask the network. "today": until the day is over, for tests that read the date."""
    retries: int = 0
    """How often a test that failed is run again; one that passes then is told as flaky."""
    quarantine: Mapping[str, str] = field(default_factory=dict)
    """Tests that run and do not decide, each with the date from which it does ("2027-01-31")."""
    timeout_s: float = 900.0
    """Time limit of a whole test run, in seconds."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Frontend(Fielded):
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
    shards: int = 1
    """Jobs over which a workflow that fans out divides the tests."""
    reads: tuple[str, ...] = ()
    """Files and folders outside of `path` that decide its verdicts too, relative to the noxfile."""
    reuse: bool | Literal["today"] = True
    """Whether a green verdict stands until something that decides it changes. False: never, for
    tests that ask the network. "today": until the day is over, for tests that read the date."""
    retries: int = 0
    """How often a test that failed is run again; one that passes then is told as flaky."""
    quarantine: Mapping[str, str] = field(default_factory=dict)
    """Tests that run and do not decide, each with the date from which it does ("2027-01-31")."""
    timeout_s: float = 900.0
    """Time limit of one script, in seconds."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Image(Fielded):
    """A container image that this repository builds, proves and publishes.

    A field that is not given is found in the Dockerfile and in compose files. Paths are
    relative to the noxfile.
    """

    name: str
    """Prefix of the session `<name>_image`: a Python identifier."""
    _: KW_ONLY
    context: str | Discover = DISCOVER
    """The folder that the build may read; "." for the repository itself."""
    dockerfile: str | Discover = DISCOVER
    """The Dockerfile. Default: the one of the context."""
    target: str | None | Discover = DISCOVER
    """The stage to build. None: the last one."""
    platforms: str | tuple[str, ...] = ()
    """What `push` publishes for ("linux/amd64"); proven is that of this machine. Default: that
    one."""
    repository: str | tuple[str, ...] | Discover = DISCOVER
    """Where `push` puts it ("ghcr.io/owner/name"), one or several. Default: GitHub's registry
    for a repository on GitHub."""
    build_args: Mapping[str, str] | Discover = DISCOVER
    """Build arguments. They stand in the image's history: secrets are refused."""
    secrets: Mapping[str, str] = field(default_factory=dict)
    """Build secrets by id: "env:NAME", "file:path" or "cmd:command"."""
    ssh: str | None = None
    """SSH agent for the build, as `docker build --ssh` takes it ("default")."""
    port: int | None | Discover = DISCOVER
    """The port that it listens on. None: it does not, and is only started and stopped."""
    health: str | None | Discover = DISCOVER
    """The address that answers 200 once it is ready ("/health")."""
    env: Mapping[str, str] | Discover = DISCOVER
    """Variables that it is started with to be proven; values may hold {url} {host} {port}
    {user} {password} {dbname} of a migrated database of its own."""
    backend: str | None | Discover = DISCOVER
    """Name or path of the backend whose database it needs. None: it needs none."""
    start_s: float = 60.0
    """Time limit from the start to the first healthy answer, in seconds."""
    stop_s: float = 10.0
    """Time limit from SIGTERM to the end, in seconds."""
    root: bool = False
    """Whether it may run as root: the proof then says that it does, and does not judge it."""
    max_mb: float | None = None
    """Above this size, in millions of bytes unpacked, it fails. None: shown and not judged."""
    cache_from: str | tuple[str, ...] = ()
    """Where builds read their cache, beside the builder's own ("type=gha",
    "type=registry,ref=…")."""
    cache_to: str | tuple[str, ...] = ()
    """Where builds write their cache."""
    attestations: str | tuple[str, ...] = ()
    """What BuildKit attaches: "sbom", "provenance". They hold the time of the build, so the same
    commit built again has another digest. Needs an engine with containerd's image store."""
    builder: str | None = None
    """A builder that `docker buildx ls` names. Default: the one in use."""
    timeout_s: float = 1800.0
    """Time limit of its build, in seconds."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Registry(Fielded):
    """How `push` and `promote` log in to a registry. One that is not named here is asked with
    Docker's own credentials, GitHub's with the token of the workflow."""

    host: str
    """As it stands in a repository's name: "registry.example.com:5000"."""
    _: KW_ONLY
    user: str = ""
    """Who logs in."""
    password: str = ""
    """Where the password is: "env:NAME", "file:path" or "cmd:command"."""
    insecure: bool = False
    """Whether it speaks plain HTTP. Loopback addresses may always."""
    require: str | tuple[str, ...] = ()
    """What an image must have to be pushed: "signature", "sbom", "provenance"."""
    key: str = ""
    """cosign's key to sign with: "env:NAME", "file:path" or "cmd:command". Default: keyless on
    GitHub, where a signature is required."""


Part = Backend | Frontend
