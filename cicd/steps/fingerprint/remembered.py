"""What is found by reading the repository, kept until a file of it or our own code changes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from cicd.cache.elements import Unknown
from cicd.cache.probe import FOLDER, Question, recall, remember
from cicd.steps.fingerprint.ours import our_elements

if TYPE_CHECKING:
    from collections.abc import Callable

    from cicd.steps.snapshot import Snapshot

_STATE, _FOUND = "content", "found"


def remembered(snapshot: Snapshot, kind: str, given: str, find: Callable[[], Any]) -> Any:
    """What `find` returns: values of JSON, tuples among them. `given` is all that it hangs on
    beside the content of the repository."""
    state = snapshot.once("state of everything", lambda: _state(snapshot))
    question = Question(kind, {"given": given})
    held = recall(snapshot.state / FOLDER, question) if state else None
    if held and held.get(_STATE) == state:
        return _value(json.loads(held[_FOUND]))
    found = find()
    text = json.dumps(found)
    if state and _value(json.loads(text)) == found:
        remember(snapshot.state / FOLDER, question, {_STATE: state, _FOUND: text}, {})
    return found


def _state(snapshot: Snapshot) -> str:
    """The content of everything, and our code; empty where one of them is not known."""
    ours = snapshot.once("ours", our_elements)
    contents = snapshot.contents
    if isinstance(ours, Unknown) or contents.unlisted or contents.unread:
        return ""
    return f"{contents.key(contents.ids)} {ours['cicd']} {ours['code of cicd']}"


def _value(held: Any) -> Any:
    """JSON has no tuples: our values have no lists."""
    if isinstance(held, dict):
        return {name: _value(each) for name, each in held.items()}
    return tuple(map(_value, held)) if isinstance(held, list) else held
