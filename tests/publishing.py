"""A repository whose `ci` was green, for tests of what publishes it."""

import contextlib
import io
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from cicd.config.parts import Image, Registry
from cicd.model import Outcome
from cicd.records.runs import open_run
from cicd.records.verified import Verified, VerifiedImage, write_verified
from cicd.steps.publish import promote_image, prune_registries, push_images
from cicd.steps.work import Work, working
from cicd.system.git_state import GitState, read_git_state
from cicd.system.masking import Masks
from cicd.system.place import Place
from cicd.system.process import LocalRunner
from cicd.system.run_name import RUN_VARIABLE, name_run
from cicd.system.state import state_folder

_WHO = ("-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")


@dataclass
class Publishing:
    """`said` is what was shown; `environ` is that of the session."""

    root: Path
    environ: dict[str, str]
    said: io.StringIO = field(default_factory=io.StringIO)
    masks: Masks = field(default_factory=Masks)
    images: tuple[Image, ...] = ()
    registries: tuple[Registry, ...] = ()

    def commit(self, text: str = "one", *, tag: str = "") -> GitState:
        (self.root / "content").write_text(text)
        self.git("add", ".")
        self.git(*_WHO, "commit", "-qm", text)
        if tag:
            self.git("tag", tag)
        state = read_git_state(self.root, self.environ)
        assert state is not None
        return state

    def git(self, *arguments: str) -> None:
        subprocess.run(["git", *arguments], cwd=self.root, check=True, capture_output=True)

    def verify(self, key: str = "", /, **image_ids: str) -> None:
        """As a green `ci` does. Without a key, each image is of a content of its own."""
        state = read_git_state(self.root, self.environ)
        assert state is not None
        images = tuple(
            VerifiedImage(
                name=name,
                image_id=one,
                reference="",
                content_key=key or one.removeprefix("sha256:")[:16],
            )
            for name, one in image_ids.items()
        )
        done = Verified(
            tree=state.tree, commit=state.commit, run="r", finished_at="", images=images
        )
        write_verified(state_folder(self.root), done)

    def declare(self, name: str, *repositories: str, **more: Any) -> None:
        folder = self.root / name
        folder.mkdir(exist_ok=True)
        (folder / "Dockerfile").write_text("FROM scratch\n")
        declared = Image(name, context=name, repository=repositories, **more)
        self.images = (*self.images, declared)

    def make_ready(self, repository: str, image_id: str, *, tag: str = "", **more: Any) -> GitState:
        """A commit whose one image, `api`, was green and is for that repository."""
        self.declare("api", repository, **more)
        state = self.commit(tag=tag)
        self.verify(api=image_id)
        return state

    def push(self) -> Outcome:
        return self._run("push", lambda session: push_images(session, self.images, self.registries))

    def promote(self, *arguments: str) -> Outcome:
        return self._run(
            "promote", lambda session: promote_image(session, self.registries), arguments
        )

    def prune(self, *arguments: str) -> Outcome:
        return self._run(
            "registry_prune",
            lambda session: prune_registries(session, self.images, self.registries),
            arguments,
        )

    def _run(self, name: str, step: Any, arguments: tuple[str, ...] = ()) -> Outcome:
        with working(self._work(name, arguments)):
            outcome = step(SimpleNamespace(name=name))
        assert isinstance(outcome, Outcome)
        return outcome

    def _work(self, name: str, arguments: tuple[str, ...]) -> Work:
        state = state_folder(self.root)
        environ = dict(self.environ)
        name_run(environ)
        run = open_run(state, environ.pop(RUN_VARIABLE))
        runner = LocalRunner(self.root, environ=environ, out=self.said, masks=self.masks)

        def say(line: str) -> None:
            self.said.write(self.masks.apply(line) + "\n")

        place = Place(
            root=self.root, state=state, cache=self.root, reports=run.folder, runner=runner
        )
        return Work(
            session=name,
            arguments=arguments,
            environ=environ,
            strict=False,
            run=run,
            place=place,
            masks=self.masks,
            say=say,
        )


@contextlib.contextmanager
def publishing(root: Path, **environ: str) -> Iterator[Publishing]:
    """An empty repository with a branch `main`."""
    root.mkdir(parents=True, exist_ok=True)
    kept = ("PATH", "HOME", "DOCKER_HOST", "DOCKER_CONTEXT", "XDG_RUNTIME_DIR")
    inherited = {name: os.environ[name] for name in kept if name in os.environ}
    made = Publishing(root, {**inherited, "DOCKER_CONFIG": f"{root}/../docker", **environ})
    made.git("init", "-q", "-b", "main")
    (root / ".gitignore").write_text(".cicd/\n")
    yield made
