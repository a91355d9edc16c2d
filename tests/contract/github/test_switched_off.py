"""Each rule, switched off by somebody on GitHub: it is named, and switched on again."""

from collections.abc import Callable

import pytest
from tests.github_api import GitHub
from tests.ruling import ALL, MAIN, TAGS, apply, told

Change = Callable[[GitHub], object]


def drop(name: str, kind: str) -> Change:
    def change(github: GitHub) -> None:
        one = github.named(name)
        one["rules"] = [rule for rule in one["rules"] if rule["type"] != kind]

    return change


def put(name: str, kind: str, **parameters: object) -> Change:
    return lambda github: github.parameters(name, kind).update(parameters)


def hold(name: str, **fields: object) -> Change:
    return lambda github: github.named(name).update(fields)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (drop(MAIN, "deletion"), f'ruleset "{MAIN}", deletion: allowed → refused'),
        (drop(MAIN, "non_fast_forward"), f'ruleset "{MAIN}", force pushes: allowed → refused'),
        (
            drop(MAIN, "required_linear_history"),
            f'ruleset "{MAIN}", merge commits: allowed → refused',
        ),
        (
            drop(MAIN, "pull_request"),
            f'ruleset "{MAIN}", changes: by anyone\'s push → by pull request',
        ),
        (
            put(MAIN, "pull_request", required_approving_review_count=0),
            f'ruleset "{MAIN}", reviews: 0 → 1',
        ),
        (
            put(MAIN, "pull_request", dismiss_stale_reviews_on_push=False),
            f'ruleset "{MAIN}", reviews of earlier commits: count → do not count',
        ),
        (
            drop(MAIN, "required_status_checks"),
            f'ruleset "{MAIN}", required checks: none → ci / ok, lint',
        ),
        (
            put(MAIN, "required_status_checks", required_status_checks=[{"context": "lint"}]),
            f'ruleset "{MAIN}", required checks: lint → ci / ok, lint',
        ),
        (
            put(MAIN, "required_status_checks", strict_required_status_checks_policy=True),
            f'ruleset "{MAIN}", up to date before the merge: yes → no',
        ),
        (drop(MAIN, "merge_queue"), f'ruleset "{MAIN}", merge queue: no → yes'),
        (
            put(MAIN, "merge_queue", grouping_strategy="HEADGREEN"),
            f'ruleset "{MAIN}", the queue tests: HEADGREEN → ALLGREEN',
        ),
        (
            put(MAIN, "merge_queue", merge_method="MERGE"),
            f'ruleset "{MAIN}", the queue merges by: MERGE → SQUASH',
        ),
        (hold(MAIN, enforcement="disabled"), f'ruleset "{MAIN}", enforced: no → yes'),
        (
            hold(MAIN, enforcement="evaluate"),
            f'ruleset "{MAIN}", enforced: only evaluated → yes',
        ),
        (
            hold(MAIN, conditions={"ref_name": {"include": ["refs/heads/mian"], "exclude": []}}),
            f'ruleset "{MAIN}", applies to: mian → main',
        ),
        (
            hold(
                MAIN,
                conditions={
                    "ref_name": {"include": ["refs/heads/main"], "exclude": ["refs/heads/main"]}
                },
            ),
            f'ruleset "{MAIN}", applies to: main without main → main',
        ),
        (
            hold(MAIN, bypass_actors=[{"actor_type": "RepositoryRole", "actor_id": 5}]),
            f'ruleset "{MAIN}", may be bypassed by: RepositoryRole 5 → nobody',
        ),
        (drop(TAGS, "deletion"), f'ruleset "{TAGS}", deletion: allowed → refused'),
        (drop(TAGS, "update"), f'ruleset "{TAGS}", moving: allowed → refused'),
        (drop(TAGS, "non_fast_forward"), f'ruleset "{TAGS}", force pushes: allowed → refused'),
        (
            lambda github: github.token.update(default_workflow_permissions="write"),
            "token of a workflow, by default it may: write → read",
        ),
        (
            lambda github: github.actions.update(sha_pinning_required=False),
            "actions, that may run: of any version → pinned by full commit",
        ),
    ],
)
def test_what_is_switched_off_is_named_and_switched_on_again(
    change: Change, said: str, github: GitHub
) -> None:
    apply(github, ALL)
    change(github)
    assert said in told(github, ALL)
    apply(github, ALL)
    assert told(github, ALL) == []
