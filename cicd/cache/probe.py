"""An answer about this machine, remembered while all that it hangs on stays as it was."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cicd.cache.elements import digest
from cicd.system.signature import signature
from cicd.system.state import write_text

FOLDER = "probes"
SCHEMA = 1
_MOST = 1000


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, in words, and what the one who answers is given: a folder, variables.

    The same question has the same name, so that several parts share an answer.
    """

    kind: str
    given: Mapping[str, str]

    @property
    def name(self) -> str:
        return f"{self.kind}-{digest(json.dumps(sorted(self.given.items())))}"


def recall(folder: Path, question: Question) -> Mapping[str, str] | None:
    """The answer that was remembered; None when there is none, when something that it hangs on
    is not as it was, and for a file that is damaged or of another version."""
    try:
        with open(folder / f"{question.name}.json", encoding="utf-8") as file:
            answer, evidence = _parse(file.read(), question.name)
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None
    if any(signature(path) != signed for path, signed in evidence.items()):
        return None
    return answer


def remember(
    folder: Path, question: Question, answer: Mapping[str, str], evidence: Mapping[str, str]
) -> bool:
    """Keeps the answer; False where it cannot be written: then it is asked again."""
    body = json.dumps({"answer": dict(answer), "evidence": dict(evidence)}, sort_keys=True)
    text = json.dumps({"schema": SCHEMA, "checksum": _checksum(question.name, body), "body": body})
    try:
        write_text(folder / f"{question.name}.json", text)
        _prune(folder)
    except (OSError, ValueError):
        return False
    return True


def _prune(folder: Path) -> None:
    """Some version managers change PATH in every terminal: each is another question."""
    names = os.listdir(folder)
    if len(names) > _MOST:
        oldest = sorted((folder / name for name in names), key=lambda path: path.lstat().st_mtime)
        for path in oldest[: len(names) - _MOST // 2]:
            path.unlink(missing_ok=True)


def gather(paths: Iterable[str | Path]) -> dict[str, str]:
    """The evidence of these files and folders, whether they are there or not."""
    return {path: signature(path) for path in dict.fromkeys(str(path) for path in paths)}


def _parse(text: str, name: str) -> tuple[dict[str, str], dict[str, str]]:
    values: dict[str, Any] = json.loads(text)
    body = values["body"]
    if values["schema"] != SCHEMA or values["checksum"] != _checksum(name, body):
        raise ValueError(name)
    held = json.loads(body)
    answer, evidence = dict(held["answer"]), dict(held["evidence"])
    if not all(isinstance(text, str) for text in (*answer.values(), *evidence.values())):
        raise ValueError(name)
    return answer, evidence


def _checksum(name: str, body: str) -> str:
    return digest(f"{SCHEMA}\0{name}\0{body}", 64)
