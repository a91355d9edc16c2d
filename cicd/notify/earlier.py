"""What GitHub knows of the runs before: for a job that keeps no files from run to run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from cicd.errors import RemoteError
from cicd.model import Verdict
from cicd.notify.turning import Known, Place

if TYPE_CHECKING:
    from cicd.model import Secret
    from cicd.notify.ci_run import CiRun

Ask = Callable[[str], Mapping[str, Any]]
"""Gives what lies at a path of the API. Raises `RemoteError`."""

_TIMEOUT_S = 20
_OF_THE_BRANCH = ("push", "schedule", "workflow_dispatch", "repository_dispatch", "workflow_run")
"""A pull request from a branch that is called like ours elsewhere is listed under its name."""
_VERDICTS = {
    "success": Verdict.PASSED,
    "failure": Verdict.FAILED,
    "timed_out": Verdict.FAILED,
    "startup_failure": Verdict.FAILED,
}
"""Others, such as "cancelled" and "skipped", have said nothing of the branch."""


def find_earlier(run: CiRun, branch: str, ask: Ask) -> Known:
    """The verdict of the last run before this one that has one, and the latest run that ended.

    A run is judged by GitHub's conclusion, thus with all of its jobs.
    """
    if run.place is None:
        return Known()
    runs = f"/repos/{run.repository}/actions"
    if run.place.attempt > 1:
        before = ask(f"{runs}/runs/{run.id}/attempts/{run.place.attempt - 1}")
        if verdict := _VERDICTS.get(before.get("conclusion") or ""):
            return Known(verdict, _latest(_listed(run, branch, ask), run.place))
    listed = _listed(run, branch, ask)
    earlier = [one for one in listed if one["run_number"] < run.place.number]
    return Known(
        next((_VERDICTS[one["conclusion"]] for one in earlier), None), _latest(listed, run.place)
    )


def _listed(run: CiRun, branch: str, ask: Ask) -> list[Mapping[str, Any]]:
    """The runs of this workflow on the branch that came to a verdict, the newest first."""
    query = urlencode({"branch": branch, "status": "completed", "per_page": 100})
    answer = ask(f"/repos/{run.repository}/actions/workflows/{run.workflow}/runs?{query}")
    found = [
        one
        for one in answer.get("workflow_runs", ())
        if one.get("event") in _OF_THE_BRANCH
        and one.get("conclusion") in _VERDICTS
        and isinstance(one.get("run_number"), int)
    ]
    return sorted(found, key=lambda one: -int(one["run_number"]))


def _latest(listed: list[Mapping[str, Any]], here: Place) -> Place | None:
    return Place(here.queue, listed[0]["run_number"]) if listed else None


def github(api: str, token: Secret) -> Ask:
    """Asks GitHub's API at this address. The token needs `actions: read`."""
    import requests

    headers = {
        "Accept": "application/vnd.github+json",
        "Authorization": f"Bearer {token.reveal()}",
        "X-GitHub-Api-Version": "2022-11-28",
    }

    def ask(path: str) -> Mapping[str, Any]:
        try:
            # Without a login of ours, requests would take the one of ~/.netrc.
            answer = requests.get(
                f"{api}{path}", headers=headers, timeout=_TIMEOUT_S, auth=lambda asked: asked
            )
            answer.raise_for_status()
            found = answer.json()
        except (requests.RequestException, ValueError) as error:
            raise RemoteError(f"GitHub does not tell the runs before: {_short(error)}") from error
        return found if isinstance(found, dict) else {}

    return ask


def _short(error: Exception) -> str:
    answer = getattr(error, "response", None)
    if answer is None:
        return type(error).__name__
    hint = " (the job needs `actions: read`)" if answer.status_code in (403, 404) else ""
    return f"{answer.status_code} {answer.reason}{hint}"
