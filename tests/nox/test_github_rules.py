"""`nox -s github_rules` against a server that keeps state as GitHub does."""

from collections.abc import Iterator

import pytest
from tests.github_api import REPOSITORY, TOKEN, GitHub, running_github
from tests.nox.conftest import Ended, Repository

NOXFILE = """\
    import cicd

    project = cicd.project(cicd.Rules({rules}))
    """
WORKFLOW = """\
    name: ci
    on: {push: {branches: [main]}, pull_request: {}, merge_group: {}}
    permissions: {}
    jobs:
      ci:
        permissions: {contents: read}
        uses: somebody-else/cicd/.github/workflows/ci.yml@0123456789012345678901234567890123456789
    """
MAIN, TAGS = "cicd: main", "cicd: protected tags"


@pytest.fixture
def github() -> Iterator[GitHub]:
    with running_github() as server:
        yield server


@pytest.fixture
def ruled(repository: Repository) -> Repository:
    repository.put("noxfile.py", NOXFILE.format(rules=""))
    repository.put(".github/workflows/ci.yml", WORKFLOW)
    return repository


def run(repository: Repository, github: GitHub, *arguments: str, **env: str) -> Ended:
    told = {
        "GITHUB_API_URL": github.address,
        "GITHUB_REPOSITORY": REPOSITORY,
        "GITHUB_TOKEN": TOKEN,
        **env,
    }
    return repository.nox("-s", "github_rules", *(("--", *arguments) if arguments else ()), **told)


def test_a_plan_shows_the_difference_and_changes_nothing(ruled: Repository, github: GitHub) -> None:
    ended = run(ruled, github)
    assert ended.code == 0, ended.output
    assert "reviews: 0 → 1" in ended.output
    assert "required checks: none → ci / ok" in ended.output
    assert "by default it may: write → read" in ended.output
    assert github.writes == []
    assert "Nothing was changed" in ended.output


def test_what_was_applied_is_checked_and_applied_again_without_a_change(
    ruled: Repository, github: GitHub
) -> None:
    assert run(ruled, github, "--check").code == 1
    applied = run(ruled, github, "--apply")
    assert applied.code == 0, applied.output
    assert "Done, and read back" in applied.output
    assert len(github.writes) == 4
    checked = run(ruled, github, "--check")
    assert checked.code == 0, checked.output
    assert "as the noxfile says" in checked.output
    again = run(ruled, github, "--apply")
    assert again.code == 0 and "Nothing to do" in again.output
    assert len(github.writes) == 4
    assert all(TOKEN not in ended.output for ended in (applied, checked, again))
    left = [path for path in (ruled.root / ".cicd").rglob("*") if path.is_file()]
    assert not [path for path in left if TOKEN.encode() in path.read_bytes()]


def test_a_check_that_nothing_produces_is_not_required(ruled: Repository, github: GitHub) -> None:
    ruled.put("noxfile.py", NOXFILE.format(rules='checks=("ci / ok", "lint")'))
    ended = run(ruled, github, "--apply")
    assert ended.code == 1
    assert 'no workflow of this repository produces the check "lint"' in ended.output
    assert "they produce: ci / ok" in ended.output
    assert github.writes == []


def test_who_is_no_administrator_is_told_what_token_is_needed(
    ruled: Repository, github: GitHub
) -> None:
    for words in ({"GITHUB_TOKEN": ""}, {"GITHUB_TOKEN": "ghp_another-word"}):
        ended = run(ruled, github, "--apply", **words)
        assert ended.code == 1
        assert "an administrator's token is needed" in ended.output
        assert "Administration: write" in ended.output
        assert "ghp_" not in ended.output
    assert github.writes == []


def test_a_failure_half_way_says_what_was_done_and_a_second_run_completes(
    ruled: Repository, github: GitHub
) -> None:
    organisation = {"message": "Set by the organization", "documentation_url": "https://x"}
    github.refusals.append(
        (f"PUT /repos/{REPOSITORY}/actions/permissions/workflow", 409, {}, organisation)
    )
    half = run(ruled, github, "--apply")
    assert half.code == 1
    assert f'done: ruleset "{MAIN}" (new)' in half.output
    assert "NOT done: token of a workflow" in half.output
    assert "done: actions" in half.output
    assert "Set by the organization" in half.output
    assert github.token["default_workflow_permissions"] == "write"
    assert run(ruled, github, "--apply").code == 0
    assert run(ruled, github, "--check").code == 0
    assert github.token["default_workflow_permissions"] == "read"


def test_what_somebody_switched_off_is_red_and_named_in_the_last_line(
    ruled: Repository, github: GitHub
) -> None:
    run(ruled, github, "--apply")
    rules = github.named(MAIN)["rules"]
    github.named(MAIN)["rules"] = [one for one in rules if one["type"] != "deletion"]
    github.token["default_workflow_permissions"] = "write"
    ended = run(ruled, github, "--check")
    assert ended.code == 1
    assert f'ruleset "{MAIN}", deletion: allowed → refused (and 1 more)' in ended.last_line
    assert "by default it may: write → read" in ended.output


@pytest.mark.parametrize(
    ("rules", "workflow", "said"),
    [
        ('"develop"', WORKFLOW, f'{REPOSITORY} has no branch "develop"'),
        ("", WORKFLOW.replace("pull_request: {}", "pull_request: {paths: [src/**]}"), "`paths`"),
        (
            "merge_queue=True",
            WORKFLOW.replace(", merge_group: {}", ""),
            "a merge queue needs the trigger `merge_group`",
        ),
        (
            "",
            WORKFLOW.rstrip(" ") + "      lint: {steps: [{uses: actions/checkout@v4}]}\n",
            ".github/workflows/ci.yml:8: `pinned_actions`: actions/checkout@v4 is not pinned",
        ),
        ("", "jobs: [", ".github/workflows/ci.yml"),
    ],
)
def test_rules_that_nobody_could_live_under_are_not_asked_for(
    rules: str, workflow: str, said: str, ruled: Repository, github: GitHub
) -> None:
    ruled.put("noxfile.py", NOXFILE.format(rules=rules))
    ruled.put(".github/workflows/ci.yml", workflow)
    ended = run(ruled, github, "--apply")
    assert ended.code == 1 and "Traceback" not in ended.output
    assert said in ended.last_line
    assert github.writes == []


def test_actions_of_the_repository_are_read_too(ruled: Repository, github: GitHub) -> None:
    text = "runs: {using: composite, steps: [{uses: actions/cache@v4}]}\n"
    for path in (".github/actions/own/action.yaml", "action.yml"):
        ruled.put(path, text)
        ended = run(ruled, github)
        assert f"{path}: `pinned_actions`: actions/cache@v4" in ended.last_line.replace(":1:", ":")
        (ruled.root / path).unlink()


def test_without_actions_no_check_comes(ruled: Repository, github: GitHub) -> None:
    github.actions["enabled"] = False
    ended = run(ruled, github, "--apply")
    assert ended.code == 1 and "GitHub Actions is switched off" in ended.last_line
    assert github.writes == []


def test_what_github_takes_and_does_not_show_is_red(ruled: Repository, github: GitHub) -> None:
    """An older server knows nothing of pinned actions, and says nothing about it."""
    github.ignores = ("sha_pinning_required",)
    ended = run(ruled, github, "--apply")
    assert ended.code == 1
    assert "was told, and still shows: actions, that may run: of any version" in ended.last_line


def test_a_token_is_not_shown_wherever_it_comes_from(ruled: Repository, github: GitHub) -> None:
    ruled.put("word", TOKEN)
    for source in ("file:word", "cmd:cat word"):
        ruled.put("noxfile.py", NOXFILE.format(rules=f"token={source!r}"))
        ended = run(ruled, github, "--plan", GITHUB_TOKEN="")
        assert ended.code == 0, ended.output
        assert TOKEN not in ended.output


def test_a_word_that_is_not_understood_changes_nothing(ruled: Repository, github: GitHub) -> None:
    for words in (("--aply",), ("--apply", "--check"), ("main",)):
        ended = run(ruled, github, *words)
        assert ended.code == 1 and "does not understand" in ended.output
    assert github.log == []


def test_rules_are_no_part_of_ci_and_there_are_none_without_a_part(ruled: Repository) -> None:
    assert "github_rules" in ruled.sessions()
    listed = ruled.nox("-s", "ci", "--list").output
    assert "* github_rules" not in listed
    ruled.put("noxfile.py", "import cicd\n\nproject = cicd.project()\n")
    assert "github_rules" not in ruled.sessions()


def test_what_cannot_be_verified_is_red_where_it_is_checked_in_ci(
    ruled: Repository, github: GitHub
) -> None:
    ruled.put(".github/workflows/ci.yml", WORKFLOW.rstrip(" ") + "        if: github.actor\n")
    assert "to apply: nox -s github_rules -- --apply" in run(ruled, github, CI="").output
    applied = run(ruled, github, "--apply", CI="")
    assert applied.code == 0 and "gone, with one thing NOT VERIFIED" in applied.output
    checked = run(ruled, github, "--check", CI="")
    assert checked.code == 0 and "Nothing differs, with one thing NOT VERIFIED" in checked.output
    strictly = run(ruled, github, "--check", CI="true")
    assert strictly.code == 1
    assert 'an error where CI is set: whether "ci / ok" protects' in strictly.last_line


def test_a_source_that_fails_says_why_and_nothing_of_administrators(
    ruled: Repository, github: GitHub
) -> None:
    ruled.put("noxfile.py", NOXFILE.format(rules='token="cmd:no-such-command"'))
    ended = run(ruled, github)
    assert ended.code == 1 and "cannot start no-such-command" in ended.output
    ruled.put("noxfile.py", NOXFILE.format(rules='token="file:nothing"'))
    told = run(ruled, github)
    assert told.code == 1 and "the secret of file:nothing cannot be read" in told.output
    assert not [one for one in (ended, told) if "administrator" in one.output]
