import textwrap

from cicd.github.rules.produced import list_produced
from cicd.github.workflow.document import Workflow, read_workflow


def workflow(jobs: str, *, on: str = "pull_request", name: str = "ci.yml") -> Workflow:
    told = textwrap.indent(textwrap.dedent(jobs), "  ")
    return read_workflow(f".github/workflows/{name}", f"on: {on}\njobs:\n{told}")


def names(*workflows: Workflow) -> list[str]:
    return [one.name for one in list_produced(workflows)]


def test_a_job_is_called_by_its_name_or_else_by_its_id() -> None:
    assert names(workflow("lint: {}\ntest: {name: All tests}")) == ["lint", "All tests"]


def test_a_called_job_stands_behind_its_caller() -> None:
    called = workflow("one: {}\ntwo: {name: Second}", on="workflow_call", name="called.yml")
    caller = workflow("ci: {uses: ./.github/workflows/called.yml}")
    assert names(caller, called) == ["ci / one", "ci / Second"]


def test_calls_of_calls_have_all_names() -> None:
    deepest = workflow("ok: {}", on="workflow_call", name="c.yml")
    called = workflow("b: {uses: ./.github/workflows/c.yml}", on="workflow_call", name="b.yml")
    assert names(workflow("a: {uses: ./.github/workflows/b.yml}"), called, deepest) == [
        "a / b / ok"
    ]


def test_a_workflow_that_calls_itself_ends() -> None:
    both = "[pull_request, workflow_call]"
    assert names(workflow("a: {uses: ./.github/workflows/ci.yml}\nb: {}", on=both))[-1] == "b"


def test_what_is_only_called_or_called_and_not_there_produces_nothing() -> None:
    assert names(workflow("ok: {}", on="workflow_call")) == []
    assert names(workflow("ci: {uses: ./.github/workflows/none.yml}")) == []


def test_our_workflow_has_a_job_that_is_called_ok() -> None:
    pinned = "anybody/cicd/.github/workflows/ci.yml@" + "0" * 40
    assert names(workflow(f"ci: {{uses: {pinned}}}")) == ["ci / ok"]


def test_of_the_workflow_of_others_only_the_callers_name_is_known() -> None:
    (one,) = list_produced([workflow("ci: {uses: a/b/.github/workflows/c.yml@main}")])
    assert one.name == "ci / …"
    assert one.may_be("ci / test") and not one.may_be("ci") and not one.may_be("lint / test")


def test_a_matrix_gives_a_name_for_each_combination() -> None:
    plain = "test: {strategy: {matrix: {python: ['3.12', '3.13'], os: [linux]}}}"
    assert names(workflow(plain)) == ["test (3.12, linux)", "test (3.13, linux)"]
    excluded = "test: {strategy: {matrix: {a: [1, 2], b: [3, 4], exclude: [{a: 1, b: 4}]}}}"
    assert names(workflow(excluded)) == ["test (1, 3)", "test (2, 3)", "test (2, 4)"]
    named = "test: {name: 'on ${{ matrix.a }}', strategy: {matrix: {a: [1, 2]}}}"
    assert names(workflow(named)) == ["on 1", "on 2"]


def test_what_only_a_run_knows_is_unknown() -> None:
    made = "test: {strategy: {matrix: '${{ fromJSON(needs.plan.outputs.matrix) }}'}}"
    assert names(workflow(made)) == ["test", "test (…)"]
    more = "test: {strategy: {matrix: {a: [1], include: [{a: 2}]}}}"
    assert names(workflow(more)) == ["test", "test (…)"]
    spelled = "test: {name: 'on ${{ matrix.a }}', strategy: {matrix: '${{ inputs.all }}'}}"
    assert names(workflow(spelled)) == ["on …"]
    assert names(workflow("test: {name: 'for ${{ github.actor }}'}")) == ["for …"]
