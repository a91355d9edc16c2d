"""Gives test processes their databases, and knows which test runs in each of them."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from cicd.database.clones import Clones
from cicd.database.handout import Handout
from cicd.database.listener import listening
from cicd.database.names import new_run_key
from cicd.database.progress import Progress
from cicd.database.visit import TestProcess

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cicd.database.port import Server
    from cicd.database.template import Template
    from cicd.model import Secret

PLUGIN = "cicd_pytest"
PLUGIN_FOLDER = Path(__file__).parent / "pytest_plugin"
"""Holds nothing but the plugin, since all that is in it can be imported by the project."""

_LAST_WORDS_S = 1.0
"""A killed process is gone before our end of its line says so."""

Kind = Literal["postgresql", "sqlite", ""]


@contextmanager
def serve_databases(
    server: Server,
    template: Template,
    *,
    templates: Mapping[str, str],
    scheme: str = "postgresql",
    keep: bool = False,
    django: bool = False,
    environ: Mapping[str, str] | None = None,
) -> Iterator[Broker]:
    """While the block lasts, each pytest process that has `Broker.env` has its own database.

    What runs without the plugin (`manage.py test`) shares one. `templates` and `scheme` are
    those of `connection_env`. `keep`: see `Broker.kept`. `django`: pytest-django copies the
    template instead of migrating. `environ` holds the PYTHONPATH and PYTEST_PLUGINS that the
    user has: they stay in force.
    """
    with Clones(server, template, new_run_key(), keep=keep) as clones:
        handout = Handout(server, clones, templates, scheme, keep=keep)
        about = {"database": "postgresql", "template": template.dbname if django else ""}
        with _serve(about, handout, environ or {}) as broker:
            yield broker


@contextmanager
def serve_plugin(
    *, database: Kind = "", environ: Mapping[str, str] | None = None
) -> Iterator[Broker]:
    """The same for a project without a database of ours: it tells which test runs.

    `database` is "sqlite" where the project's own one is: tests that SQLite cannot pass
    (`@pytest.mark.sqlite_incompatible`) are then deselected.
    """
    with _serve({"database": database, "template": ""}, None, environ or {}) as broker:
        yield broker


@contextmanager
def _serve(
    about: Mapping[str, str], handout: Handout | None, environ: Mapping[str, str]
) -> Iterator[Broker]:
    progress = Progress()
    with listening(lambda: TestProcess(about, progress, handout)) as (address, token):
        env: dict[str, str | Secret] = dict(handout.first_env) if handout else {}
        broker: dict[str, str | Secret] = {"CICD_BROKER": address, "CICD_BROKER_TOKEN": token}
        yield Broker({**env, **plugin_env(environ), **broker}, progress, handout)


def plugin_env(environ: Mapping[str, str]) -> dict[str, str | Secret]:
    """The variables that make pytest load the plugin, before what the user has it load."""
    folders = (str(PLUGIN_FOLDER), environ.get("PYTHONPATH", ""))
    plugins = (PLUGIN, environ.get("PYTEST_PLUGINS", ""))
    return {
        "PYTHONPATH": os.pathsep.join(filter(None, folders)),
        "PYTEST_PLUGINS": ",".join(filter(None, plugins)),
    }


class Broker:
    """A test run, as its session sees it, while it goes on and after the block."""

    def __init__(
        self, env: Mapping[str, str | Secret], progress: Progress, handout: Handout | None
    ) -> None:
        self.env = dict(env)
        """The variables to start the test command with."""
        self._progress, self._handout = progress, handout

    def running(self) -> dict[str, str]:
        """By worker ("main", "gw0"), the node id of a test that began and did not end.

        It stays when the process was killed: that is how a crash is told from an end.
        To be asked when the test command has ended; before, the answer takes a second.
        """
        self._progress.settle(_LAST_WORDS_S)
        return dict(self._progress.running)

    @property
    def finished(self) -> int:
        """How many tests have ended."""
        return self._progress.finished

    @property
    def collected(self) -> int:
        """How many tests were selected to run."""
        return self._progress.collected

    @property
    def databases(self) -> tuple[str, ...]:
        """The names of the databases that were handed out, also of those gone by now."""
        return tuple(self._handout.databases.databases) if self._handout else ()

    def was_used(self) -> bool:
        """Whether the tests connected to a database of ours at all."""
        return self._handout is not None and self._handout.databases.was_used()

    @property
    def kept(self) -> dict[str, str]:
        """After the block, with `keep`: addresses that still answer, the password masked,
        and the worker or the failed test that each belonged to."""
        return self._handout.kept() if self._handout else {}
