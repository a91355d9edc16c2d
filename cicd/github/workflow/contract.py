"""Whether a call gives what the called workflow asks."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from difflib import get_close_matches

from cicd.github.workflow.called import LEVELS, granted
from cicd.github.workflow.calls import Call
from cicd.github.workflow.judging import check_judges
from cicd.github.workflow.safety import is_foreign
from cicd.model import Failure


def check_call(call: Call, *, sessions: Collection[str]) -> Iterator[Failure]:
    """`sessions` are all names by which the noxfile's can be asked for."""
    if call.kind != "action.yml":
        yield from _check_permissions(call)
        yield from _check_secrets(call)
    yield from _check_inputs(call)
    yield from _check_sessions(call, sessions)
    yield from check_judges(call)


def _check_permissions(call: Call) -> Iterator[Failure]:
    """GitHub ends such a run before its first job, and leaves no log."""
    has = granted(call.workflow, call.job)
    for scope, level in call.called.permissions.items():
        if LEVELS.index(has.get(scope, "none")) < LEVELS.index(level):
            asked = ", ".join(f"{name}: {what}" for name, what in call.called.permissions.items())
            yield call.workflow.failure(
                f"job {call.job} does not grant {scope}: {level}, which {call.kind} asks for",
                *(*call.keys, "permissions"),
                fix=f"permissions: {{{asked}}}",
            )


def _check_secrets(call: Call) -> Iterator[Failure]:
    said = call.content.get("secrets")
    if said == "inherit":
        named = ", ".join(call.called.secrets) or "none"
        yield call.workflow.failure(
            f"job {call.job} hands over every secret of the repository",
            *(*call.keys, "secrets"),
            fix=f"name those that {call.kind} takes: {named}",
        )
    for name in said if isinstance(said, dict) else ():
        if name not in call.called.secrets:
            fix = _did_you_mean(name, call.called.secrets)
            title = f"{call.kind} takes no secret {name}"
            yield call.workflow.failure(title, *(*call.keys, "secrets", name), fix=fix)


def _check_inputs(call: Call) -> Iterator[Failure]:
    if call.content.get("with") is not None and not isinstance(call.content["with"], dict):
        fix = "with: {session: ci}"
        yield call.workflow.failure("`with` is no mapping", *(*call.keys, "with"), fix=fix)
    for name, value in call.inputs.items():
        keys = (*call.keys, "with", name)
        kind = call.called.inputs.get(name)
        if kind is None:
            fix = _did_you_mean(name, call.called.inputs)
            yield call.workflow.failure(f"{call.kind} has no input {name}", *keys, fix=fix)
        elif complaint := _wrong_type(kind, value):
            fix = f"{name}: {_EXAMPLES[kind]}"
            yield call.workflow.failure(f"{name} {complaint}", *keys, fix=fix)
        elif kind == "string" and is_foreign(value):
            title = f"others write what `{name}` would be"
            yield call.workflow.failure(title, *keys, fix="write the value out")


_EXAMPLES = {"boolean": "true", "number": "45", "string": "a text"}


def _wrong_type(kind: str, value: object) -> str:
    if kind == "string":
        return f"is a text, not {value!r}" if isinstance(value, (dict, list)) else ""
    if "${{" in str(value):
        return ""
    if kind == "boolean":
        return "" if isinstance(value, bool) else f"is true or false, not {value!r}"
    return "" if re.fullmatch(r"\d+(\.\d+)?", str(value)) else f"is a number, not {value!r}"


def _check_sessions(call: Call, sessions: Collection[str]) -> Iterator[Failure]:
    said = str(call.inputs.get("session", "ci") or "")
    said = "ci push" if call.kind == "push.yml" else said
    place = (*call.keys, "with", "session")
    if not said.strip():
        yield call.workflow.failure("no session is named", *place, fix="session: ci")
    for name in [] if "${{" in said else said.split():
        # Parameters are not looked at: tests(db='15')
        if name.partition("(")[0] not in sessions:
            title = f"the noxfile has no session {name}"
            yield call.workflow.failure(title, *place, fix=_did_you_mean(name, sessions))


def _did_you_mean(name: str, there: Collection[str]) -> str:
    close = get_close_matches(name, there, n=1)
    return f"did you mean {close[0]}?" if close else f"there are: {', '.join(there) or 'none'}"
