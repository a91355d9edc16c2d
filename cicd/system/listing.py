"""What git lists of a repository: the files that are as its index has them, and the others."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cicd.system.converted import ATTRIBUTES, list_converted
from cicd.system.git import asking_git
from cicd.system.state import STATE

if TYPE_CHECKING:
    from pathlib import Path

_SETTINGS = ("trustctime=true", "checkStat=default", "fileMode=true", "symlinks=true", "fsmonitor=")
"""Where these are set otherwise, git overlooks changes that cannot be seen at a glance."""
_EAGER = tuple(word for one in _SETTINGS for word in ("-c", f"core.{one}"))
_NEVER = (f"--exclude={STATE}/", "--exclude=__pycache__/")
"""What runs write into every repository, whether it says so or not."""
_LISTED = (
    *("ls-files", "-v", "-z", "--debug", "--stage", "--others", "--exclude-standard"),
    *_NEVER,
)
_IGNORED = (
    *("ls-files", "-z", "--others", "--ignored", "--exclude-standard", "--directory"),
    *_NEVER,
)
_TOUCHED = ("diff-files", "--name-only", "--relative", "-z", "--ignore-submodules=all")
_STAT = re.compile(r"\0  ctime: [^s]*size: (\d+)\tflags: [0-9a-f]+\n")
"""What `--debug` says after each name: how the file was when git last looked at it."""
_PLAIN = frozenset(("H 100644", "H 100755"))
_EMPTY = (
    "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
    "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe1",
)
_BLIND = "warning: could not open directory"


@dataclass(slots=True)
class Listing:
    """`ids` maps a file to its mode, git's id and its size. In `changed` are those to be read,
    in `repositories` submodules and repositories that lie in this one; `links` are symbolic.
    `ignored` has files that git leaves out, and a name with `/` at its end for a whole folder.

    The size is that of the file on disk: where git converts line ends, one id stands for several
    contents, which differ in size; but for those where as many line ends of each kind stand in
    other lines. Files that it converts otherwise (filters, encodings) are among `changed`.
    """

    ids: dict[str, str] = field(default_factory=dict)
    links: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    repositories: list[str] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """The digest that names contents here."""
        id = next(iter(self.ids.values()), "").split(" ")
        return "sha256" if len(id) > 1 and len(id[1]) == 64 else "sha1"


def list_files(root: Path) -> Listing | str:
    """Asks git for its index, for what is not as it was when git last looked, and for what it
    ignores, all at once: half as long as one after the other. Returns its complaint where it
    cannot tell, or not of every folder."""
    questions = (_LISTED, _TOUCHED, _IGNORED)
    waiting = [asking_git(root, *_EAGER, *words) for words in questions]
    listed = waiting[0]()
    listing = _try_to_parse(listed.output or "")  # while git is at the others
    attributes = _attributes(listing) if listing else []
    touched, ignored = (wait() for wait in waiting[1:])
    for answer in (listed, touched, ignored):
        complaints = answer.complaint.splitlines()
        if answer.output is None or any(line.startswith(_BLIND) for line in complaints):
            return complaints[0]
    if listing is None:
        return "this version of git lists files in a way that is not understood"
    listing.changed += filter(None, (touched.output or "").split("\0"))
    listing.ignored += filter(None, (ignored.output or "").split("\0"))
    attributes += (name for name in listing.ignored if name.endswith(ATTRIBUTES))
    converted = list_converted(root, attributes, listing.ids)
    if isinstance(converted, str):
        return converted
    listing.changed += converted
    return listing


def _attributes(listing: Listing) -> list[str]:
    return [
        name
        for names in (listing.ids, listing.changed)
        for name in names
        if name.endswith(ATTRIBUTES)
    ]


def _try_to_parse(text: str) -> Listing | None:
    with contextlib.suppress(ValueError):
        return parse_listing(text)
    return None


def parse_listing(text: str) -> Listing:
    """https://git-scm.com/docs/git-ls-files#_output: "H 100644 <id> 0<tab><path>"; in lower case
    where git was told not to look, S not checked out, M unmerged; "? <path>" untracked. Raises
    `ValueError` for anything else."""
    listing = Listing()
    pieces = _STAT.split(text)
    name_at = _name_at(pieces[0])
    ids, id_end = listing.ids, name_at - 2
    for line, size in zip(pieces[::2], pieces[1::2], strict=False):
        if line[:8] in _PLAIN and size != "0":
            ids[line[name_at:]] = line[2:id_end] + size
        else:
            _sort(listing, line, size)
    _others(listing, pieces[-1])
    return listing


def _name_at(first: str) -> int:
    """Where the name stands in a line of the index: ids are of one length."""
    words = first.rpartition("\0")[2].split(" ")
    return len(" ".join(words[:3])) + 3 if len(words) > 3 else 0


def _sort(listing: Listing, lines: str, size: str) -> None:
    """What is not a plain file that git has looked at; untracked ones may stand before it."""
    before, _, line = lines.rpartition("\0")
    _others(listing, before)
    tag, mode, id, rest = line.split(" ", 3)
    name = rest.partition("\t")[2]
    if mode == "160000":
        listing.repositories.append(name)
    elif tag != "H" or (size == "0" and not id.startswith(_EMPTY)):
        listing.changed.append(name)
    else:
        listing.ids[name] = f"{mode} {id} {size}"
        if mode == "120000":
            listing.links.append(name)


def _others(listing: Listing, lines: str) -> None:
    for line in filter(None, lines.split("\0")):
        if line[:2] != "? ":
            raise ValueError(line)
        name = line[2:]
        (listing.repositories if name.endswith("/") else listing.changed).append(name)
