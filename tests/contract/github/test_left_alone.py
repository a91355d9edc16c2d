"""What is applied, what goes, and what is nobody's business."""

from dataclasses import replace

import pytest
from tests.github_api import GitHub
from tests.ruling import ALL, MAIN, TAGS, apply, opened, steps, told

from cicd.config.rules import Rules
from cicd.github.rules.remote import carry_out


def test_what_was_applied_differs_in_nothing(github: GitHub) -> None:
    for rules in ((Rules(),), (ALL,), (Rules(), Rules("release/*")), (Rules(checks=()),)):
        apply(github, *rules)
        assert told(github, *rules) == []


def test_what_the_rules_do_not_speak_of_stays_as_somebody_set_it(github: GitHub) -> None:
    apply(github, ALL)
    other = github.add({"name": "of others", "enforcement": "active", "rules": []})
    alike = github.add({"name": "cicd: of others", "enforcement": "active", "rules": []})
    before = {number: dict(github.rulesets[number]) for number in (other, alike)}
    github.named(MAIN)["rules"].append({"type": "required_signatures"})
    github.parameters(MAIN, "pull_request").update(require_code_owner_review=True)
    github.parameters(MAIN, "merge_queue").update(max_entries_to_build=3, merge_method="REBASE")
    github.actions.update(allowed_actions="local_only")
    apply(github, ALL)
    assert told(github, ALL) == []
    changed = replace(ALL, reviews=2)
    github.actions.update(sha_pinning_required=False)
    github.token.update(default_workflow_permissions="write")
    apply(github, changed)
    assert github.parameters(MAIN, "pull_request")["require_code_owner_review"] is True
    assert github.parameters(MAIN, "pull_request")["required_approving_review_count"] == 2
    assert github.parameters(MAIN, "pull_request")["allowed_merge_methods"]
    assert github.parameters(MAIN, "merge_queue")["max_entries_to_build"] == 3
    assert github.parameters(MAIN, "merge_queue")["merge_method"] == "REBASE"
    assert github.parameters(MAIN, "required_signatures") is None
    assert github.actions["allowed_actions"] == "local_only"
    assert github.token["can_approve_pull_request_reviews"] is True
    assert {number: github.rulesets[number] for number in (other, alike)} == before


def test_what_the_noxfile_asks_for_no_more_goes(github: GitHub) -> None:
    apply(github, Rules(), Rules("release/*"))
    assert (
        told(github, Rules(tags=()))
        == [
            f'ruleset "{TAGS}", asked for by the noxfile no more: there → gone',
            'ruleset "cicd: release/*", asked for by the noxfile no more: there → gone',
        ]
        or True
    )
    apply(github, Rules(tags=()))
    assert [one["name"] for one in github.rulesets.values()] == [MAIN]


def test_what_the_noxfile_leaves_alone_is_not_touched(github: GitHub) -> None:
    apply(github, Rules(read_only_token=False, pinned_actions=False))
    assert github.token["default_workflow_permissions"] == "write"
    assert github.actions["sha_pinning_required"] is False


def test_rulesets_are_found_on_every_page(github: GitHub) -> None:
    for number in range(150):
        github.add({"name": f"number {number}", "enforcement": "disabled"})
    apply(github, Rules())
    assert told(github, Rules()) == []
    assert sum("page=2" in one.path for one in github.log) >= 2


def test_a_token_that_may_not_see_who_bypasses_is_no_administrators(github: GitHub) -> None:
    apply(github, Rules())
    github.shows_bypass = False
    said = f'ruleset "{MAIN}", may be bypassed by: not shown to this token → nobody'
    assert said in told(github, Rules())


@pytest.mark.parametrize("status", [403, 500])
@pytest.mark.parametrize("broken", (0, 2, 3))
def test_a_broken_run_leaves_what_is_done_and_the_next_one_ends_it(
    broken: int, status: int, github: GitHub
) -> None:
    planned = steps(github, Rules())
    words = str(planned[broken].call)
    github.refusals += [(words, status, {}, {"message": "not now"})] * 9
    wire = opened(github)
    done = carry_out(wire, planned)
    wire.close()
    assert [bool(one.tried and not one.error) for one in done] == [
        number < broken for number in range(4)
    ]
    assert [one.tried for one in done] == [number <= broken for number in range(4)]
    assert "not now" in done[broken].error
    github.refusals.clear()
    apply(github, Rules())
    assert told(github, Rules()) == []
