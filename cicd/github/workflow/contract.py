"""Whether a call gives what the called workflow asks."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from difflib import get_close_matches

from cicd.github.workflow.called import LEVELS, granted
from cicd.github.workflow.calls import Call
from cicd.model import Failure


def check_call(call: Call, *, sessions: Collection[str]) -> Iterator[Failure]:
    """`sessions` are the names that the noxfile registers."""
    if call.kind != "action.yml":
        yield from _check_permissions(call)
        yield from _check_secrets(call)
    yield from _check_inputs(call)
    yield from _check_sessions(call, sessions)
    if call.kind == "ci.yml" and "if" in call.content:
        yield call.workflow.failure(
            f"job {call.job} has an `if:`; a required check that is skipped stays pending",
            *(*call.keys, "if"),
            fix="take `if:` away",
        )


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
    for name, value in call.inputs.items():
        keys = (*call.keys, "with", name)
        kind = call.called.inputs.get(name)
        if kind is None:
            fix = _did_you_mean(name, call.called.inputs)
            yield call.workflow.failure(f"{call.kind} has no input {name}", *keys, fix=fix)
        elif kind == "boolean" and not isinstance(value, bool) and "${{" not in str(value):
            yield call.workflow.failure(
                f"{name} is true or false, not {value!r}", *keys, fix=f"{name}: true"
            )


def _check_sessions(call: Call, sessions: Collection[str]) -> Iterator[Failure]:
    said = str(call.inputs.get("session", "ci"))
    for name in [] if "${{" in said else said.split():
        # nox's own names of a session with versions or parameters: tests-3.13, tests(db='15')
        if name not in sessions and name.partition("(")[0].rpartition("-")[0] not in sessions:
            if name.partition("(")[0] not in sessions:
                yield call.workflow.failure(
                    f"the noxfile has no session {name}",
                    *(*call.keys, "with", "session"),
                    fix=_did_you_mean(name, sessions),
                )


def _did_you_mean(name: str, there: Collection[str]) -> str:
    close = get_close_matches(name, there, n=1)
    return f"did you mean {close[0]}?" if close else f"there are: {', '.join(there) or 'none'}"
