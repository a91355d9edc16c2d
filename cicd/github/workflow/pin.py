"""Which version of cicd a job gets: the repository says it, and a laptop reads the same place."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from cicd.github.workflow.calls import Call
from cicd.github.workflow.release import DISTRIBUTION, installed_release
from cicd.model import Failure

_HEADER = re.compile(r"^# /// script\s*$\n((?:^#(?: .*)?$\n)+?)^# ///\s*$", re.M)

Read = Callable[[str], str | None]
"""The text of a file of the repository, None where there is none."""


def find_install(read: Read, files: Iterable[str]) -> str:
    """What the `install` input has to say for this repository; "" where the default will do."""
    if not _header_complaint(read("noxfile.py") or ""):
        return ""
    for name in sorted(files):
        # What pip is given is divided at blanks.
        if re.fullmatch(r"\S*requirements[^/\s]*\.txt", name) and _pins_in_file(read(name) or ""):
            return f"-r {name}"
    return "--editable ." if _is_ours(read("pyproject.toml")) else ""


def check_pin(call: Call, read: Read) -> Failure | None:
    """None when the version is pinned where nox on a laptop finds it as well."""
    install = str(call.inputs.get("install", ""))
    if "${{" in install:
        return None
    place = (*call.keys, "with", "install")
    for option, value in _arguments(install):
        if option in ("-r", "--requirement"):
            text = read(value)
            if text is None:
                title = f"{value} is not there"
                return call.workflow.failure(title, *place, fix="name a file of the repository")
            if _pins_in_file(text):
                return None
        elif option in ("-e", "--editable"):
            if _is_ours(read(f"{value}/pyproject.toml")):
                return None
        elif _names_us(value):
            title = f"{value} stands in the workflow alone, where no laptop reads it"
            return call.workflow.failure(title, *place, fix=_fix())
    complaint = _header_complaint(read("noxfile.py") or "")
    return Failure(title=complaint, path="noxfile.py", line=1, fix=_fix()) if complaint else None


def _arguments(install: str) -> Iterator[tuple[str, str]]:
    """What pip is given: each value with its option, "" where it has none."""
    option = ""
    for word in install.split():
        if word.startswith("-"):
            option, _, value = word.partition("=")
            if value:
                yield option, value
                option = ""
        else:
            yield option, word
            option = ""


def _names_us(requirement: str) -> bool:
    name = re.split(r"[\s\[<>=!~;@(]", requirement)[0]
    return name.lower().replace("_", "-") == DISTRIBUTION


def _header_complaint(noxfile: str) -> str:
    found = _HEADER.search(noxfile)
    text = re.sub(r"^# ?", "", found[1], flags=re.M) if found else ""
    listed = [str(one) for one in _toml(text).get("dependencies", [])]
    names = {re.split(r"[\s\[<>=!~;@(]", one)[0].lower() for one in listed}
    if not any(_pins(one) for one in listed):
        return f"no version of {DISTRIBUTION} is pinned"
    return "" if "nox" in names else "the script header does not list nox"


def _pins_in_file(text: str) -> bool:
    lines = (re.sub(r"(^|\s)#.*| --hash=\S+|\\$", "", line).strip() for line in text.splitlines())
    return any(_pins(line) for line in lines)


def _pins(text: str) -> bool:
    """One version, one file, or one commit."""
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        one = Requirement(text)
    except InvalidRequirement:
        return False
    if one.name.lower().replace("_", "-") != DISTRIBUTION:
        return False
    if one.url:
        return not one.url.startswith("git+") or bool(re.search(r"@[0-9a-f]{40}", one.url))
    return any(s.operator in ("==", "===") and "*" not in s.version for s in one.specifier)


def _is_ours(pyproject: str | None) -> bool:
    return bool(_toml(pyproject or "").get("project", {}).get("name") == DISTRIBUTION)


def _toml(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return {}


def _fix() -> str:
    wanted = f'# dependencies = ["nox[uv]", "{installed_release().requirement}"]'
    # A commit is long, and the noxfile may be linted.
    wanted += "  # noqa: E501" if len(wanted) > 79 else ""
    return f"begin noxfile.py with:\n# /// script\n{wanted}\n# ///"
