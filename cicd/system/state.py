"""Where `cicd` keeps its files: below the repository, and in the user's cache."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cicd.errors import MissingError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

STATE = ".cicd"


def state_folder(root: Path) -> Path:
    """`.cicd/` of a repository, made when it is not there; git ignores what is in it."""
    folder = root / STATE
    folder.mkdir(exist_ok=True)
    ignore = folder / ".gitignore"
    if not ignore.exists():
        write_text(ignore, "*\n")
    return folder


def cache_folder(environ: Mapping[str, str]) -> Path:
    """The user's cache, `CICD_CACHE_DIR` or the platform's usual place; may not exist yet.

    Raises `MissingError` for a user without a home.
    """
    if given := environ.get("CICD_CACHE_DIR"):
        # Commands run in folders of their own, and must find the same one.
        return Path(given).absolute()
    import platformdirs

    try:
        return Path(platformdirs.user_cache_dir("cicd", appauthor=False))
    except RuntimeError as error:
        raise MissingError(str(error), fix="or set CICD_CACHE_DIR") from error


def write_text(path: Path, text: str) -> None:
    """Writes aside and moves into place: a reader sees the old text or the new one."""
    write_bytes(path, text.encode())


def write_bytes(path: Path, content: bytes) -> None:
    """`write_text` for what is no text."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, aside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(aside, path)
    except BaseException:
        os.unlink(aside)
        raise


def read_object(path: Path) -> dict[str, Any]:
    """The JSON object in a file; empty for none, and for a file that holds anything else."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


@contextlib.contextmanager
def folder_aside(target: Path) -> Iterator[Path]:
    """An empty folder beside `target` that becomes `target` when the block ends well.

    Who comes second finds the target made and loses their own copy, silently.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}."))
    try:
        yield aside
        try:
            os.rename(aside, target)
        except OSError:
            if not target.is_dir():
                raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def publish_folder(source: Path, target: Path) -> None:
    """Puts a copy of `source` in the place of `target`: whole, never half old and half new."""
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}."))
    try:
        shutil.copytree(source, aside / "new")
        with contextlib.suppress(FileNotFoundError):
            os.rename(target, aside / "old")
        with contextlib.suppress(OSError):
            # Another run may have come between: its reports are as good as ours.
            os.rename(aside / "new", target)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
