"""A repository that calls ours: in order as it is written, red at its line when it is changed."""

import pytest
from tests.conftest import ROOT

from cicd.github.workflow.caller import CALLER, render_caller
from cicd.github.workflow.check import Checked, check_repository
from cicd.github.workflow.release import COMMIT, REPOSITORY, read_release
from cicd.model import Failure

SESSIONS = ("ci", "backend_test", "push", "multi", "multi-3.13")
PINNED = """\
# /// script
# dependencies = ["nox[uv]", "nox-cicd==1.2.3"]
# ///
import cicd

project = cicd.project()
"""
RELEASE = read_release("1.2.3", None)
WRITTEN = render_caller(RELEASE, "main")
CHECKOUT = "actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd"
WITH_A_JOB = f"""{WRITTEN}
  page:
    permissions: {{}}
    runs-on: ubuntu-24.04
    steps:
      - uses: {CHECKOUT}
      - run: |
          echo one
          echo "$NAME"
"""
PUSH = f"""\
name: push
on: {{push: {{branches: [main], tags: ["v*"]}}}}
permissions: {{}}
jobs:
  push:
    permissions:
      contents: read
      packages: write
      id-token: write
      attestations: write
    uses: {RELEASE.address("push.yml")}
    secrets:
      cosign-key: ${{{{ secrets.COSIGN_KEY }}}}
"""


def check(
    text: str,
    *,
    branch: str = "main",
    queue: bool = False,
    more: dict[str, str] | None = None,
    sessions: tuple[str, ...] = SESSIONS,
    owner: str = "",
) -> Checked:
    return check_repository(
        {CALLER: text, **(more or {})},
        branch=branch,
        queue=queue,
        sessions=sessions,
        read={"noxfile.py": PINNED}.get,
        owner=owner,
    )


def the_failure(text: str, *, queue: bool = False) -> Failure:
    (failure,) = check(text, queue=queue).failures
    return failure


def test_what_is_written_is_in_order() -> None:
    checked = check(WRITTEN, queue=True)
    assert checked.failures == ()
    assert [(call.job, call.kind) for call in checked.calls] == [("ci", "ci.yml")]


def test_the_same_in_its_shortest_form_is_in_order() -> None:
    text = f"""\
name: ci
on: {{push: {{branches: [main]}}, pull_request: {{}}, merge_group: {{}}}}
permissions: {{}}
jobs:
  ci:
    permissions: {{contents: read}}
    uses: {RELEASE.address("ci.yml")} # v1
"""
    assert check(text, queue=True).failures == ()
    assert the_failure(text.replace("contents: read", "")).line == 6


def test_what_is_written_is_the_line_that_the_docs_promise() -> None:
    assert f"uses: {REPOSITORY}/.github/workflows/ci.yml@{COMMIT} # v1.2.3" in WRITTEN
    assert len(COMMIT) == 40


def test_jobs_beside_the_call_and_publishing_are_in_order() -> None:
    assert check(WITH_A_JOB, more={".github/workflows/push.yml": PUSH}).failures == ()


@pytest.mark.parametrize(
    ("old", "new", "title", "at"),
    [
        ("      contents: read\n", "", "does not grant contents: read", "permissions:"),
        ("contents: read", "contents: none", "does not grant contents: read", "permissions:"),
        ("    permissions:\n      contents: read\n", "", "does not grant contents", "  ci:"),
        ("  pull_request:\n", "", "no pull request starts it", "on:"),
        ("  pull_request:", "  pull_request: {types: [opened]}", "no pull request", "pull_request"),
        ("  pull_request:", "  pull_request: {branches: [dev]}", "no pull request", "pull_request"),
        ("  pull_request:", "  pull_request: {paths: [a/**]}", "`paths` on a required", "paths"),
        ("[main]", "[main]\n    paths-ignore: [docs]", "`paths-ignore` on a", "paths-ignore"),
        (
            "  pull_request:",
            "  pull_request:\n  pull_request_target:",
            "judges the target",
            "_target",
        ),
        ("[main]", "[dev]", "no push to main starts it", "push:"),
        ("branches: [main]", "tags: ['v*']", "no push to main starts it", "push:"),
        (COMMIT, "v1", "not pinned by a full commit", "uses:"),
        (COMMIT, COMMIT[:12], "not pinned by a full commit", "uses:"),
        ("    uses:", "    if: github.actor != 'x'\n    uses:", "has an `if:`", "if:"),
        ("    uses:", "    secrets: inherit\n    uses:", "hands over every secret", "inherit"),
        ("    uses:", "    secrets: {key: x}\n    uses:", "takes no secret key", "secrets"),
        ("    uses:", "    with: {fanout: true}\n    uses:", "has no input fanout", "fanout"),
        ("    uses:", "    with: {fan-out: 'yes'}\n    uses:", "is true or false", "fan-out"),
        (
            "    uses:",
            "    with: {session: ci api_test}\n    uses:",
            "no session api_test",
            "session",
        ),
        ("    uses:", "    with: {install: nox-cicd==1}\n    uses:", "no laptop reads", "install"),
        ("    uses:", "    with: {session: ''}\n    uses:", "no session is named", "session"),
        ("    uses:", "    with: {session: ' '}\n    uses:", "no session is named", "session"),
        (
            "    uses:",
            "    with: {session: ci multi-9.9}\n    uses:",
            "no session multi-9.9",
            "session",
        ),
        (
            "    uses:",
            "    with: {timeout-minutes: ten}\n    uses:",
            "is a number, not 'ten'",
            "timeout",
        ),
        ("    uses:", "    with: {session: [ci]}\n    uses:", "is a text, not", "session"),
        ("    uses:", "    with: [a]\n    uses:", "`with` is no mapping", "with"),
        (
            "    uses:",
            "    with: {session: '${{ github.event.pull_request.title }}'}\n    uses:",
            "others write what",
            "title",
        ),
        (
            "    uses:",
            "    with: {runner: '${{ github.head_ref }}'}\n    uses:",
            "others write",
            "runner",
        ),
        ("    uses:", "    needs: page\n    uses:", "waits for others", "needs"),
        (
            "    uses:",
            "    strategy: {matrix: {a: [1]}}\n    uses:",
            "has a `strategy`",
            "strategy",
        ),
        (
            "    uses:",
            "    continue-on-error: true\n    uses:",
            "goes on when it is red",
            "continue",
        ),
        (
            "jobs:",
            "concurrency: {group: all, cancel-in-progress: true}\njobs:",
            "cancelled by the next one",
            "cancel",
        ),
        ("[main]", "['+x', main]", "'+x' is no pattern", "+x"),
        ("[main]", "['[z-a]', main]", "'[z-a]' is no pattern", "z-a"),
        (f"@{COMMIT}", "", "not pinned by a full commit", "uses:"),
        ("uses: OWNER/cicd", "uses: evil/cicd", "is a third party's", "uses:"),
        ("permissions: {}\n", "permissions: write-all\n", "every permission is granted", "write"),
        (
            "      - run:",
            "      - shell: x ${{ github.head_ref }}\n        run:",
            "`shell:`",
            "shell",
        ),
        (
            f"      - uses: {CHECKOUT}",
            f"      - uses: {CHECKOUT}\n"
            "        with: {script: '${{ github.event.issue.body }}'}",
            "`script:` becomes code",
            "script",
        ),
        (CHECKOUT, "actions/checkout@v6", "not pinned by a full commit", "checkout@v6"),
        (CHECKOUT, f"some/action@{COMMIT}", "is a third party's", "some/action"),
        (CHECKOUT, "docker://alpine:3", "not pinned", "docker:"),
        ('echo "$NAME"', "echo ${{ github.head_ref }}", "an expression in `run:`", "head_ref"),
    ],
)
def test_a_change_that_breaks_it_is_found_at_its_line(
    old: str, new: str, title: str, at: str
) -> None:
    text = WITH_A_JOB.replace(old, new, 1)
    assert text != WITH_A_JOB
    failures = check(text).failures
    found = next(one for one in failures if title in one.title)
    assert found.path == CALLER and found.line and found.fix
    assert at in text.splitlines()[found.line - 1]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("    uses:", "    with: {session: ci multi multi-3.13 multi(a=1)}\n    uses:"),
        ("    uses:", "    with: {session: '${{ github.event.inputs.session }}'}\n    uses:"),
        ("    uses:", "    with: {timeout-minutes: 90}\n    uses:"),
        ("    uses:", "    needs: page\n    if: always()\n    uses:"),
        ("    uses:", "    name: ci\n    uses:"),
        (
            "jobs:",
            "concurrency:\n  group: x\n  cancel-in-progress: ${{ github.ref == 'x' }}\njobs:",
        ),
        ("OWNER/cicd", "OWNER/CICD"),
    ],
)
def test_a_change_that_breaks_nothing_is_in_order(old: str, new: str) -> None:
    text = WITH_A_JOB.replace(old, new, 1)
    assert text != WITH_A_JOB
    checked = check(text)
    assert checked.failures == () and len(checked.calls) == 1


def test_a_copy_of_ours_is_taken_from_the_owner_of_the_repository_alone() -> None:
    text = WRITTEN.replace("OWNER/cicd", "Shop/cicd")
    assert check(text, owner="shop").failures == ()
    assert "a third party's" in the_failure(text).title


def test_publishing_without_the_session_for_it_is_found() -> None:
    more = {".github/workflows/push.yml": PUSH}
    (failure,) = check(WRITTEN, more=more, sessions=("ci",)).failures
    assert failure.title == "the noxfile has no session push"
    assert failure.path == ".github/workflows/push.yml"


def test_publishing_may_have_a_condition_that_can_be_met() -> None:
    for condition, red in (("github.ref_type == 'tag'", False), ("${{ false }}", True)):
        text = PUSH.replace("    uses:", f"    if: {condition}\n    uses:")
        found = check(WRITTEN, more={".github/workflows/push.yml": text}).failures
        assert bool(found) is red


def test_a_queue_needs_its_trigger_only_where_it_is_required() -> None:
    text = WRITTEN.replace("  merge_group:\n", "")
    assert check(text).failures == ()
    assert "does not start it" in the_failure(text, queue=True).title


def test_a_job_has_the_permissions_of_its_workflow() -> None:
    text = WITH_A_JOB.replace("    permissions: {}\n", "")
    assert text != WITH_A_JOB and check(text).failures == ()


def test_a_job_without_any_permissions_is_found() -> None:
    text = WITH_A_JOB.replace("    permissions: {}\n", "").replace("permissions: {}\n", "")
    assert "job page has no permissions" in the_failure(text).title


def own_repository(ci: str) -> Checked:
    folder = ROOT / ".github" / "workflows"
    files = {
        f".github/workflows/{path.name}": path.read_text(encoding="utf-8")
        for path in folder.glob("*.yml")
    }
    return check_repository(
        {**files, CALLER: ci},
        branch="main",
        queue=True,
        sessions=SESSIONS,
        read=lambda name: (ROOT / name).read_text(encoding="utf-8"),
    )


def test_our_own_repository_is_in_order_and_its_called_file_is_judged_too() -> None:
    ours = (ROOT / CALLER).read_text(encoding="utf-8")
    assert own_repository(ours).failures == ()
    for old, title in (
        ("    timeout-minutes: 10\n", "job plan has no time limit"),
        ("          persist-credentials: false\n", "checkout leaves its token behind"),
    ):
        found = own_repository(ours.replace(old, "", 1)).failures
        assert [one.path for one in found if one.title == title] == [CALLER]


def test_publishing_needs_all_that_it_asks_for() -> None:
    text = PUSH.replace("      packages: write\n", "")
    (failure,) = check(WRITTEN, more={".github/workflows/push.yml": text}).failures
    assert failure.location == ".github/workflows/push.yml:6"
    assert "does not grant packages: write" in failure.title


def test_short_forms_of_permissions_are_understood() -> None:
    text = WRITTEN.replace("    permissions:\n      contents: read\n", "").replace("{}", "read-all")
    assert check(text).failures == ()
    assert the_failure(text.replace("read-all", "write-all")).title == "every permission is granted"


def test_a_nightly_call_is_no_required_check() -> None:
    nightly = WRITTEN.split("jobs:")[1].replace("    uses", "    if: true\n    uses")
    text = f"on: {{schedule: [{{cron: '0 3 * * *'}}]}}\njobs:{nightly}"
    failures = check(WRITTEN, more={".github/workflows/nightly.yml": text}).failures
    assert [one.title for one in failures if "push" in one.title or "pull" in one.title] == []


def test_a_file_that_does_not_call_us_is_not_judged() -> None:
    theirs = "on: push\njobs: {a: {steps: [{uses: some/action@v1}, {run: 'echo ${{ x }}'}]}}\n"
    checked = check(WRITTEN, more={".github/workflows/theirs.yml": theirs})
    assert checked.failures == () and len(checked.calls) == 1


def test_publishing_alone_judges_nothing() -> None:
    assert check(PUSH).uncalled
    assert not check(WRITTEN, more={".github/workflows/push.yml": PUSH}).uncalled


def test_a_file_that_is_no_yaml_is_said_with_its_line() -> None:
    (failure,) = check(WRITTEN, more={".github/workflows/x.yml": "a: b\n  c: d\n"}).failures
    assert failure.location == ".github/workflows/x.yml:2"


ACTING = f"""\
on: [push, pull_request]
permissions: {{contents: read}}
jobs:
  test:
    timeout-minutes: 10
    steps:
      - uses: {CHECKOUT}
        with:
          persist-credentials: false
      - uses: {REPOSITORY}@{COMMIT} # v1
        with:
          session: backend_test
"""


def test_our_action_in_a_job_of_ones_own_is_a_call() -> None:
    assert check(ACTING).failures == ()
    assert "no session gone" in the_failure(ACTING.replace("backend_test", "gone")).title


@pytest.mark.parametrize(
    ("old", "new", "title", "line"),
    [
        ("    steps:", "    if: false\n    steps:", "has an `if:`", 6),
        ("      - uses: OWNER", "      - if: false\n        uses: OWNER", "has an `if:`", 10),
        ("    steps:", "    continue-on-error: true\n    steps:", "goes on when it is red", 6),
        (
            "      - uses: OWNER",
            "      - continue-on-error: true\n        uses: OWNER",
            "goes on when it is red",
            10,
        ),
        ("      - uses: OWNER", "      - env: {CI: ''}\n        uses: OWNER", "`CI` is taken", 10),
        ("    steps:", "    env: {CI: false}\n    steps:", "`CI` is taken away", 6),
        ("jobs:", "env: {CI: 0}\njobs:", "`CI` is taken away", 3),
        ("    timeout-minutes: 10\n", "", "job test has no time limit", 4),
        ("          persist-credentials: false\n", "", "checkout leaves its token behind", 7),
    ],
)
def test_a_job_with_our_action_that_judges_nothing_or_is_not_safe_is_found(
    old: str, new: str, title: str, line: int
) -> None:
    text = ACTING.replace(old, new, 1)
    assert text != ACTING
    failure = the_failure(text)
    assert title in failure.title and failure.line == line


def test_a_job_beside_the_one_with_our_action_is_its_owners_affair() -> None:
    beside = f"  other:\n    steps:\n      - uses: {CHECKOUT}\n"
    assert check(ACTING + beside).failures == ()


@pytest.mark.parametrize(
    ("patterns", "branch", "starts"),
    [
        ("[main]", "main", True),
        ("['**']", "a/b", True),
        ("['*']", "a/b", False),
        ("['release/**', '!release/old']", "release/old", False),
        ("['v[12].x']", "v2.x", True),
        ("[main]", "main2", False),
        ("main", "main", True),
    ],
)
def test_filters_match_as_githubs_do(patterns: str, branch: str, starts: bool) -> None:
    text = WRITTEN.replace("[main]", patterns)
    assert (check(text, branch=branch).failures == ()) is starts


def test_where_the_default_branch_is_not_known_its_filter_is_not_judged() -> None:
    assert check(WRITTEN.replace("[main]", "[trunk]"), branch="").failures == ()
