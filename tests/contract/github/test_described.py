"""What we ask of GitHub, and what our stand-in for it answers, against GitHub's description."""

from dataclasses import replace

import jsonschema
import pytest
from tests.github_api import REPOSITORY, GitHub
from tests.openapi import Description, fetch_description
from tests.ruling import ALL, MAIN, apply, opened

from cicd.config.rules import Rules
from cicd.errors import RemoteError
from cicd.github.rules.plan import Call, Step, plan_steps
from cicd.github.rules.remote import has_branch
from cicd.github.rules.settings import Json, Settings
from cicd.github.rules.wanted import plan_wanted

pytestmark = pytest.mark.network


@pytest.fixture(scope="module")
def description(tmp_path_factory: pytest.TempPathFactory) -> Description:
    return fetch_description(tmp_path_factory.mktemp("openapi"), "/repos/{owner}/{repo}/")


def test_every_request_and_every_answer_is_as_github_describes_it(
    github: GitHub, description: Description
) -> None:
    wire = opened(github)
    assert has_branch(wire, REPOSITORY, "main") and not has_branch(wire, REPOSITORY, "no/main")
    apply(github, Rules(), Rules("release/*"))
    apply(github, ALL)
    apply(github, replace(ALL, tags=(), linear_history=False, reviews=0))
    github.rulesets.clear()
    for path in ("rulesets/7", "actions/permissions"):
        with pytest.raises(RemoteError):
            opened(github, "another").ask(Call(method="GET", path=f"/repos/{REPOSITORY}/{path}"))
    with pytest.raises(RemoteError):
        wire.ask(Call(method="GET", path=f"/repos/{REPOSITORY}/rulesets/7"))
    github.add({"name": MAIN, "enforcement": "active"})
    body = {"name": MAIN, "enforcement": "active"}
    with pytest.raises(RemoteError, match="name must be unique"):
        wire.ask(Call(method="POST", path=f"/repos/{REPOSITORY}/rulesets", body=body))
    wire.close()
    methods = {one.method for one in github.log}
    assert methods == {"GET", "POST", "PUT", "DELETE"}
    assert {one.status for one in github.log} == {200, 201, 204, 401, 404, 422}
    for one in github.log:
        description.judge_request(one.method, one.path, one.body)
        description.judge_answer(one.method, one.path, one.status, one.answer)


def test_what_is_asked_of_github_itself_is_as_it_describes_it(description: Description) -> None:
    """On github.com a required check also names the app that it must come from."""
    for step in fresh_steps(ALL, Rules("release/*")):
        description.judge_request(step.call.method, step.call.path, step.call.body)
    checks = rule(fresh_steps(Rules())[0].call.body, "required_status_checks")["parameters"]
    assert checks["required_status_checks"] == [{"context": "ci / ok", "integration_id": 15368}]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda body: body.update(enforcment="active"),
        lambda body: body.pop("name"),
        lambda body: body["conditions"]["ref_name"].update(includes=[]),
        lambda body: body["rules"].append({"type": "no_force_pushes"}),
        lambda body: rule(body, "pull_request")["parameters"].pop("require_code_owner_review"),
        lambda body: rule(body, "pull_request")["parameters"].update(reviews=1),
        lambda body: rule(body, "merge_queue")["parameters"].update(merge_method="REBSE"),
        lambda body: rule(body, "pull_request")["parameters"].update(
            required_approving_review_count=11
        ),
    ],
)
def test_a_request_that_github_does_not_describe_is_noticed(
    spoil: object, description: Description
) -> None:
    """The comparison is one that can fail."""
    call = fresh_steps(ALL)[0].call
    spoil(call.body)  # type: ignore[operator]
    with pytest.raises(jsonschema.ValidationError):
        description.judge_request(call.method, call.path, call.body)


def fresh_steps(*rules: Rules) -> tuple[Step, ...]:
    """The steps on a repository of github.com that has none of it."""
    nothing = Settings(
        rulesets=(),
        token="write",
        may_approve=False,
        actions_enabled=True,
        allowed="all",
        pinned=False,
    )
    return plan_steps(REPOSITORY, plan_wanted(rules), nothing)


def rule(body: Json, kind: str) -> Json:
    return next(one for one in body["rules"] if one["type"] == kind)
