"""Parts become sessions: the one call a noxfile makes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from cicd.config.declared import declare
from cicd.config.parts import Backend, Frontend, Image, Registry
from cicd.config.survey import survey
from cicd.errors import SettingsError
from cicd.sessions.github import register_github
from cicd.sessions.images import register_images
from cicd.sessions.parts import register_parts
from cicd.sessions.pipeline import register_pipeline
from cicd.sessions.registry import OWN_ENVIRONMENT, find, register, remove, replace, require
from cicd.sessions.speed import register_speed
from cicd.sessions.whole_run import begin_run, changed_sessions
from cicd.system.git import read_tree

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import nox

    from cicd.config.notify import Notify
    from cicd.config.parts import Part
    from cicd.config.rules import Rules
    from cicd.steps.subject import Subject
    from cicd.tree import Tree

    Body = Callable[[nox.Session], object]


def project(*parts: Part | Image | Registry | Rules | Notify) -> Project:
    """Registers the sessions of this repository with nox; returns the handle to change them.

    Without parts, the backends, frontends and images below the noxfile's folder are discovered.
    With parts these are registered, and only what their fields leave open is discovered.
    Raises `SettingsError`, which ends nox with a few lines that name the field and the fix.
    """
    tree = read_tree(Path.cwd())
    given, registries, rules, notify = _sorted(parts)
    chosen, images = _complete(tree, given) if given else _discover(tree)
    register_pipeline(chosen, images)
    register_parts(tree, chosen)
    register_images(images, chosen, registries)
    register_github(chosen, rules, notify)
    register_speed()
    declare((*parts, *images))
    begin_run(tree.root, chosen)
    return Project(chosen, images)


_Sorted = tuple[
    "tuple[Part | Image, ...]",
    "tuple[Registry, ...]",
    "tuple[Rules, ...]",
    "tuple[Notify, ...]",
]


def _sorted(parts: tuple[Part | Image | Registry | Rules | Notify, ...]) -> _Sorted:
    """The parts, and by their kinds what else was given, each checked."""
    usual = tuple(each for each in parts if isinstance(each, Backend | Frontend | Image))
    if len(usual) == len(parts):
        return usual, (), (), ()
    from cicd.config.notify import Notify
    from cicd.config.rules import Rules

    registries = tuple(each for each in parts if isinstance(each, Registry))
    if registries:
        from cicd.config.image_checks import check_registries

        check_registries(registries)
    rules = tuple(each for each in parts if isinstance(each, Rules))
    if rules:
        from cicd.config.rules_checks import check_rules

        check_rules(rules)
    notify = tuple(each for each in parts if isinstance(each, Notify))
    if notify:
        from cicd.config.notify_checks import check_notify

        check_notify(notify)
    given = tuple(each for each in parts if not isinstance(each, Registry | Rules | Notify))
    return given, registries, rules, notify


def _discover(tree: Tree) -> tuple[tuple[Part, ...], tuple[Image, ...]]:
    from cicd.config.images import survey_images

    return survey(tree), survey_images(tree)


def _complete(
    tree: Tree, given: tuple[Part | Image, ...]
) -> tuple[tuple[Part, ...], tuple[Image, ...]]:
    from cicd.config.validate import complete

    images = tuple(each for each in given if isinstance(each, Image))
    parts = complete(tree, tuple(each for each in given if not isinstance(each, Image)))
    if images:
        from cicd.config.image_checks import check_images

        check_images(tree, images, parts)
    return parts, images


class Project:
    """The registered sessions of a repository, to be changed one by one."""

    def __init__(self, parts: tuple[Part, ...], images: tuple[Image, ...] = ()) -> None:
        self.parts = parts
        """What was registered, each with its name. Fields that nobody gave are found later."""
        self.images = images
        """The images among it."""

    def replace(self, name: str, *, reuse: bool = False, **options: Any) -> Callable[[Body], Body]:
        """The decorated function is what this session runs from now on.

        Its name, its tags, what it requires and what requires it stay. It gets an
        environment of its own from nox; `options` are those of `nox.session`, except the
        name. An `Outcome`, an exception, `session.error` and `session.skip` are its verdict.
        `reuse` as for `session`.
        Raises `SettingsError` when there is no such session, for an option that nox does not
        have, and for `reuse` of one that publishes.
        """
        verb = ("", *find(name, asked_by="project.replace").tags)[-1]
        subject = self._subject(name, verb, "replace") if reuse else None

        def decorate(body: Body) -> Body:
            with changed_sessions():
                replace(name, body, subject, **options)
            return body

        return decorate

    def session(
        self,
        *,
        part_of: str | None = None,
        requires: Sequence[str] = (),
        name: str | None = None,
        reuse: bool = False,
        **options: Any,
    ) -> Callable[[Body], Body]:
        """The decorated function becomes a session with a record and a verdict of its own.

        `part_of="ci"` makes `ci` require it. `requires` are sessions that run before it.
        It always runs, unless `reuse`: then a green verdict stands as long as nothing in the
        repository changes, nor any tool of a part. What it installs itself is not looked at.
        Other `options` go to `nox.session` as they are. The name is the function's, the
        description the first line of its docstring.
        Raises `SettingsError` for a name that is taken or not there, and for an option that
        nox does not have.
        """
        for other in (*requires, *([part_of] if part_of else ())):
            find(other, asked_by="project.session")

        def decorate(body: Body) -> Body:
            own = name or body.__name__
            description = (body.__doc__ or "A session of this repository").strip().splitlines()[0]
            options.setdefault("venv_backend", OWN_ENVIRONMENT)
            subject = self._subject(own, own, "session") if reuse else None
            options["requires"] = list(requires)
            with changed_sessions():
                register(own, body, description, verb=own, subject=subject, **options)
                if part_of:
                    require(part_of, [own])
            return body

        return decorate

    def drop(self, name: str) -> None:
        """Removes a session, also from what others require.

        Raises `SettingsError` when there is no such session.
        """
        find(name, asked_by="project.drop")
        with changed_sessions():
            remove(name)

    def _subject(self, name: str, verb: str, asked_by: str) -> Subject:
        from cicd.steps.subject import NEVER_REUSED, Subject

        if verb in NEVER_REUSED:
            raise SettingsError(
                f'noxfile.py: project.{asked_by}("{name}", reuse=True)\n'
                "  only checks can be reused, never what builds or publishes",
                fix="  leave `reuse` away",
            )
        return Subject(session=name, verb=verb, part=None, parts=self.parts)
