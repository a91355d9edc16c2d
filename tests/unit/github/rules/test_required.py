import pytest
from tests.conftest import ROOT

from cicd.config.rules import Rules
from cicd.github.rules.required import Judged, judge_rules, matches
from cicd.github.workflow.document import Workflow, read_workflow

RULES = Rules(checks="ok")


def workflow(on: str, jobs: str = "ok: {}", name: str = "ci.yml") -> Workflow:
    return read_workflow(f".github/workflows/{name}", f"name: ci\non: {on}\njobs: {{{jobs}}}\n")


def judge(on: str, rules: Rules = RULES, jobs: str = "ok: {}") -> Judged:
    return judge_rules(rules, [workflow(on, jobs)])


@pytest.mark.parametrize(
    "on",
    [
        "pull_request",
        "[push, pull_request]",
        "{pull_request: {}, push: {paths: [docs/**]}}",
        "{pull_request: {branches: [main]}}",
        "{pull_request: {branches: ['ma*']}}",
        "{pull_request: {branches-ignore: ['release/**']}}",
        "{pull_request: {types: [opened, synchronize, reopened]}}",
        "pull_request_target",
        "push",
    ],
)
def test_a_check_of_every_pull_request_may_be_required(on: str) -> None:
    assert judge(on) == Judged()


@pytest.mark.parametrize(
    ("on", "why"),
    [
        ("{pull_request: {paths: [src/**]}}", "filtered by `paths`"),
        ("{pull_request: {paths-ignore: ['*.md']}}", "filtered by `paths-ignore`"),
        ("{pull_request: {branches: [develop]}}", "is not for the branch main"),
        ("{pull_request: {branches: ['**', '!main']}}", "is not for the branch main"),
        ("{pull_request: {branches-ignore: [main]}}", "leaves out the branch main"),
        ("{pull_request: {types: [labeled]}}", "does not have the types opened and synchronize"),
        ("{push: {branches: [main]}}", "does not run for every pull request"),
        ("schedule", "does not run for pull requests"),
    ],
)
def test_a_check_that_may_never_come_is_refused(on: str, why: str) -> None:
    (failure,) = judge(on).failures
    assert 'the check "ok" would hold up merges' in failure.title and why in failure.title
    assert failure.location == ".github/workflows/ci.yml:2"


def test_a_merge_queue_needs_its_trigger() -> None:
    queue = Rules(checks="ok", merge_queue=True)
    (failure,) = judge("pull_request", queue).failures
    assert "`merge_group`" in failure.title
    assert judge("[pull_request, merge_group]", queue) == Judged()


def test_a_check_that_nothing_produces_is_refused_with_what_there_is() -> None:
    (failure,) = judge("pull_request", Rules(checks="oks"), "ok: {}, lint: {}").failures
    assert failure.title == 'no workflow of this repository produces the check "oks"'
    assert failure.detail == "they produce: lint, ok"
    assert failure.fix == 'did you mean "ok"?'
    (failure,) = judge_rules(RULES, []).failures
    assert failure.detail == "there is no workflow that has one"


def test_one_workflow_that_always_runs_is_enough() -> None:
    filtered = workflow("{pull_request: {paths: [src/**]}}")
    assert judge_rules(RULES, [filtered, workflow("pull_request", name="b.yml")]) == Judged()


def test_a_certain_name_is_judged_before_one_that_may_be_it() -> None:
    filtered = workflow("{pull_request: {paths: [src/**]}}")
    anything = workflow("pull_request", "any: {name: '${{ github.actor }}'}", name="b.yml")
    (failure,) = judge_rules(RULES, [anything, filtered]).failures
    assert "filtered by `paths`" in failure.title


def test_a_name_that_only_a_run_knows_is_not_verified() -> None:
    judged = judge("pull_request", Rules(checks="ci / ok"), "ci: {uses: a/b/.github/c.yml@v1}")
    assert not judged.failures
    assert judged.unknown == (
        'whether "ci / ok" is produced: .github/workflows/ci.yml:3 makes "ci / …"',
    )


@pytest.mark.parametrize(
    ("uses", "pinned"),
    [
        ("actions/checkout@v4", False),
        ("actions/checkout@main", False),
        ("actions/checkout", False),
        ("actions/checkout@0123456", False),
        ("actions/checkout@" + "0a" * 20, True),
        ("actions/cache/save@" + "0a" * 20, True),
        ("./.github/actions/own", True),
        ("docker://debian:12", True),
    ],
)
def test_what_github_would_not_run_is_named_where_pins_are_required(
    uses: str, pinned: bool
) -> None:
    jobs = f"ok: {{steps: [{{run: ls}}, {{uses: '{uses}'}}]}}"
    failures = judge("pull_request", jobs=jobs).failures
    assert [one.line for one in failures] == ([] if pinned else [3])
    assert not judge("pull_request", Rules(checks="ok", pinned_actions=False), jobs).failures


def test_an_action_of_the_repository_is_looked_through_as_well() -> None:
    text = "runs:\n  using: composite\n  steps: [{uses: actions/cache@v4}]\n"
    own = read_workflow(".github/actions/own/action.yml", text)
    (failure,) = judge_rules(RULES, [workflow("pull_request"), own]).failures
    assert failure.location == ".github/actions/own/action.yml:3"


@pytest.mark.parametrize(
    ("patterns", "branch", "fits"),
    [
        (["main"], "main", True),
        (["*"], "release/1", False),
        (["**"], "release/1", True),
        (["release/**"], "release/1/x", True),
        (["release/*"], "release/1/x", False),
        (["v[12].[0-9]+"], "v1.10", True),
        (["v[12].[0-9]+"], "v3.1", False),
        (["mains?"], "main", True),
        (["*", "!main"], "main", False),
        (["!main", "*"], "main", True),
        (["a.b"], "axb", False),
        (["*feature"], "my-feature", True),
    ],
)
def test_branches_are_filtered_as_github_does(patterns: list[str], branch: str, fits: bool) -> None:
    assert matches(patterns, branch) is fits


def test_the_workflows_of_this_repository_can_live_under_the_rules_as_they_come() -> None:
    """So does whoever calls ours: what we say of its jobs is what stands in it."""
    folder = ROOT / ".github" / "workflows"
    ours = [
        read_workflow(f".github/workflows/{path.name}", path.read_text(encoding="utf-8"))
        for path in sorted(folder.glob("*.yml"))
    ]
    assert judge_rules(Rules(merge_queue=True), ours) == Judged()


CALLED = """\
name: called
on: workflow_call
jobs:
  ok:
    if: {condition}
"""


def judge_guarded(condition: str, *, called: bool) -> Judged:
    if not called:
        return judge("pull_request", jobs=f"ok: {{if: {condition}}}")
    caller = workflow("pull_request", "ci: {uses: ./.github/workflows/called.yml}")
    text = CALLED.format(condition=condition)
    below = read_workflow(".github/workflows/called.yml", text)
    return judge_rules(Rules(checks="ci / ok"), [caller, below])


@pytest.mark.parametrize("called", [False, True])
@pytest.mark.parametrize("condition", ["false", "'false'", "'${{ false }}'"])
def test_a_check_of_a_job_that_never_runs_is_refused(condition: str, called: bool) -> None:
    (failure,) = judge_guarded(condition, called=called).failures
    assert "would never protect: its job has `if: false`" in failure.title
    place = ".github/workflows/called.yml:5" if called else ".github/workflows/ci.yml:3"
    assert failure.location == place


@pytest.mark.parametrize("called", [False, True])
def test_a_check_of_a_job_that_may_not_run_is_not_verified(called: bool) -> None:
    judged = judge_guarded("github.actor != 'x'", called=called)
    (line,) = judged.unknown
    assert "has `if: github.actor != 'x'`" in line and not judged.failures


@pytest.mark.parametrize("condition", ["always()", "'${{ always() }}'", "true"])
def test_a_job_that_runs_in_any_case_may_be_required(condition: str) -> None:
    assert judge_guarded(condition, called=True) == Judged()


def test_the_condition_of_the_caller_counts_for_what_it_calls() -> None:
    caller = workflow("pull_request", "ci: {if: false, uses: ./.github/workflows/called.yml}")
    below = read_workflow(".github/workflows/called.yml", CALLED.format(condition="always()"))
    assert judge_rules(Rules(checks="ci / ok"), [caller, below]).failures
