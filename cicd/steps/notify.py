"""The step that tells people when the default branch turns red, and when it is green again."""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING

from cicd.errors import MissingError, RemoteError
from cicd.github.commands import Channel as Commands
from cicd.github.commands import render_command
from cicd.model import Secret, Verdict
from cicd.notify.channels import Channel, deliver, require_apprise
from cicd.notify.earlier import find_earlier, github
from cicd.notify.known import read_known, write_known
from cicd.notify.message import About, render_message
from cicd.notify.turning import Known, is_turn
from cicd.steps.branch_verdict import Nothing, judge_branch
from cicd.steps.work import current_work
from cicd.system.ask import read_output
from cicd.system.harmless import reads_commands
from cicd.system.secret_sources import read_secret

if TYPE_CHECKING:
    from collections.abc import Sequence

    import nox

    from cicd.config.notify import Notify
    from cicd.notify.message import Message
    from cicd.steps.branch_verdict import Judged
    from cicd.steps.work import Work

_COLOURS = {Verdict.PASSED: "green", Verdict.FAILED: "red"}
_REMOTE = re.compile(r"(?:://|@).*?[/:](?P<name>[^/:]+/[^/:]+?)(?:\.git)?/?$")


def tell_people(session: nox.Session, notify: Sequence[Notify], required: Sequence[str]) -> None:
    """Tells them at most once for each turn. `required` are the sessions that `ci` judges.

    A channel that fails is a warning. While none of them took a message, the next run that
    finds the branch as it is tells it again.
    """
    work = current_work(session)
    judged = judge_branch(work, required)
    if isinstance(judged, Nothing):
        work.say(f"nobody is told: {judged.reason}")
        return
    branch, now, here = judged.git.branch, judged.judgement.verdict, judged.ci.place
    known = _known(work, judged)
    if here and known.seen and here.is_before(known.seen):
        work.say(f"nobody is told: a later run than {here.number} was looked at already")
        return
    turned = is_turn(known.verdict, now)
    if not turned:
        work.say(f"nobody is told: {branch} is as it was, {_COLOURS[now]}")
    taken = not turned or _tell(work, notify, judged)
    _keep(work, branch, Known(now if taken else known.verdict, here or known.seen))


def _known(work: Work, judged: Judged) -> Known:
    """What was kept here, else what GitHub says where it lets us ask."""
    if known := read_known(work.place.state, judged.git.branch):
        return known
    token, api = work.environ.get("GITHUB_TOKEN", ""), work.environ.get("GITHUB_API_URL", "")
    if not (token and api and judged.ci.workflow):
        return Known()
    work.masks.add(Secret(token))
    try:
        return find_earlier(judged.ci, judged.git.branch, github(api, Secret(token)))
    except RemoteError as error:
        _warn(work, str(error))
        return Known()


def _keep(work: Work, branch: str, known: Known) -> None:
    try:
        write_known(work.place.state, branch, known)
    except OSError as error:
        _warn(work, f"what people know of {branch} cannot be kept: {error}")


def _tell(work: Work, notify: Sequence[Notify], judged: Judged) -> bool:
    """Whether at least one channel took the message."""
    try:
        require_apprise()
    except MissingError as error:
        _warn(work, f"nobody can be told: {error.message}: {error.fix}")
        return False
    channels = [channel for one in notify if (channel := _channel(work, one))]
    message = render_message(
        _about(work, judged), judged.judgement, judged.records, work.masks.apply
    )
    return any([_deliver(work, message, channel) for channel in channels])


def _channel(work: Work, notify: Notify) -> Channel | None:
    """Its address is masked from here on, wherever it stands."""
    name = notify.name or notify.url.split()[0]
    place = work.place
    try:
        address = read_secret(
            notify.url, environ=work.environ, runner=place.runner, root=place.root
        )
    except (MissingError, ValueError) as error:
        _warn(work, f"{name} is not told: {error}")
        return None
    work.masks.add(address)
    return Channel(name, address)


def _deliver(work: Work, message: Message, channel: Channel) -> bool:
    if wrong := deliver(message, channel, work.place.runner):
        _warn(work, f"{channel.name} is not told: {wrong}")
        return False
    work.say(f"{channel.name} is told: {message.title}")
    return True


def _about(work: Work, judged: Judged) -> About:
    origin = _REMOTE.search(judged.git.origin)
    author, _, subject = _last_commit(work).partition("\n")
    return About(
        repository=judged.ci.repository or (origin["name"] if origin else work.place.root.name),
        branch=judged.git.branch,
        commit=judged.git.commit,
        subject=subject,
        author=author,
        link=judged.ci.link,
    )


def _last_commit(work: Work) -> str:
    command = ("git", "-C", os.fspath(work.place.root), "-c", "log.showSignature=false")
    return read_output((*command, "log", "-1", "--format=%aN%n%s")) or ""


def _warn(work: Work, text: str) -> None:
    """A line for people; on GitHub also an annotation."""
    line = work.masks.apply(" ".join(text.split()))
    work.say(f"warning: {line}")
    if reads_commands(work.environ):
        Commands(sys.stdout).send(render_command("warning", line, title="notify"))
