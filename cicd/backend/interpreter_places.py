"""Where Python interpreters lie on a machine, by the tool that put them there."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def own_interpreter() -> Path:
    """The interpreter below the one that runs us, outside of any virtual environment."""
    base = getattr(sys, "_base_executable", "") or sys.executable
    return Path(base)


def candidates(version: str, environ: Mapping[str, str]) -> Iterator[Path]:
    """Files that may be Python `version` ("3.13"), the likeliest first, each once.

    Only names are looked at: what lies there may be another version, or may not run
    (pyenv's shims exist for versions that are not active).
    """
    minor = ".".join(version.split(".")[:2])
    seen = set()
    for path in _everywhere(version, minor, environ):
        if path not in seen and os.access(path, os.X_OK) and path.is_file():
            seen.add(path)
            yield path


def places(version: str, environ: Mapping[str, str]) -> tuple[Path, ...]:
    """Every file and folder that decides what `candidates` finds, whether it is there or not."""
    minor = ".".join(version.split(".")[:2])
    return tuple(dict.fromkeys((*_version_folders(environ), *_everywhere(version, minor, environ))))


def _everywhere(version: str, minor: str, environ: Mapping[str, str]) -> Iterator[Path]:
    yield from _named(f"python{minor}", environ)
    for folder in version_folders(environ):
        for found in sorted(folder.glob(f"{version}*"), key=_newest_first):
            # "3.13.0t" is the build without the lock: it is another Python.
            right = found.name == version or found.name.startswith(f"{version}.")
            if right and not found.name.endswith("t"):
                yield _program(found, minor)
    yield from _of_packages(minor)
    yield from _named("python3", environ)
    yield from _named("python", environ)


def _named(name: str, environ: Mapping[str, str]) -> Iterator[Path]:
    suffix = ".exe" if os.name == "nt" else ""
    for folder in environ.get("PATH", "").split(os.pathsep):
        if folder:
            yield Path(folder, name + suffix)


def version_folders(environ: Mapping[str, str]) -> tuple[Path, ...]:
    """The folders in which pyenv, asdf and mise keep one folder for each version."""
    return tuple(folder for folder in _version_folders(environ) if _is_folder(folder))


def _version_folders(environ: Mapping[str, str]) -> tuple[Path, ...]:
    homes = _homes(environ)
    found = [Path(environ["PYENV_ROOT"], "versions")] if environ.get("PYENV_ROOT") else []
    if (beside := Path(sys.base_prefix).parent).name == "versions":
        found.append(beside)
    found += [home / ".pyenv" / "versions" for home in homes]
    asdf = environ.get("ASDF_DATA_DIR")
    mise = environ.get("MISE_DATA_DIR")
    found += [Path(asdf)] if asdf else [home / ".asdf" for home in homes]
    found += [Path(mise)] if mise else [home / ".local/share/mise" for home in homes]
    tails = (f if f.name == "versions" else f / "installs" / "python" for f in found)
    return tuple(dict.fromkeys(tails))


def _homes(environ: Mapping[str, str]) -> tuple[Path, ...]:
    """The home that is set, and the one that the system knows: CI often changes the first."""
    homes = [environ[name] for name in ("HOME", "USERPROFILE") if environ.get(name)]
    try:
        import pwd

        homes.append(pwd.getpwuid(os.getuid()).pw_dir)
    except (ImportError, KeyError):
        pass
    return tuple(dict.fromkeys(map(Path, homes)))


def _of_packages(minor: str) -> Iterator[Path]:
    """Homebrew and python.org on macOS; the system's folders, which PATH may lack."""
    yield Path(f"/opt/homebrew/opt/python@{minor}/bin/python{minor}")
    yield Path(f"/usr/local/opt/python@{minor}/bin/python{minor}")
    yield Path(f"/Library/Frameworks/Python.framework/Versions/{minor}/bin/python{minor}")
    for folder in ("/opt/homebrew/bin", "/usr/local/bin", "/usr/bin"):
        yield Path(folder, f"python{minor}")


def _program(folder: Path, minor: str) -> Path:
    if os.name == "nt":
        return folder / "python.exe"
    return folder / "bin" / f"python{minor}"


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False


def _newest_first(folder: Path) -> tuple[int, ...]:
    return tuple(-int(number) for number in re.findall(r"\d+", folder.name))
