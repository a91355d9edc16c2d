import pytest

from cicd.config.rules import Rules
from cicd.config.rules_checks import check_rules
from cicd.errors import SettingsError


def refusal(*rules: Rules) -> str:
    with pytest.raises(SettingsError) as refused:
        check_rules(rules)
    return str(refused.value)


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        (Rules(reviews=11), "`reviews` must lie between 0 and 10"),
        (Rules(reviews=True), "`reviews` must be a whole number, not a bool"),
        (Rules(reviews="1"), "`reviews` must be a whole number, not a str"),
        (Rules(checks=["ci / ok"]), "`checks` must be a string or a tuple of strings"),
        (Rules(checks=("ci / ok", "")), '`checks`: "" is no name of a check'),
        (Rules(merge_queue=True, checks=()), "a merge queue without `checks` has nothing"),
        (Rules("refs/heads/main"), 'is said without refs/: "main"'),
        (Rules(""), '`branch`: "" is empty'),
        (Rules(tags="v *"), '`tags`: "v *" holds a blank'),
        (Rules(repository="shop"), '`repository`: "shop" is no repository'),
        (Rules(repository="https://github.com/somebody/shop"), "is no repository"),
        (Rules(api="http://github.example.com/api/v3"), "`api` must be an address that begins"),
        (Rules(api="https://["), "`api` must be an address that begins"),
        (Rules(token=""), "`token` says where a secret is, not what it is"),
    ],
)
def test_a_value_that_cannot_be_meant_is_named(rules: Rules, said: str) -> None:
    assert said in refusal(rules)


def test_a_token_given_as_it_is_is_not_shown() -> None:
    told = refusal(Rules(token="ghp_hunter2"))
    assert 'write "env:NAME", "file:path" or "cmd:command"' in told
    assert "hunter2" not in told


def test_several_branches_have_one_repository() -> None:
    check_rules((Rules(), Rules("release/*", reviews=2)))
    assert 'two rules for the branch "main"' in refusal(Rules(), Rules("main", reviews=2))
    told = refusal(Rules(), Rules("release/*", tags=()))
    assert '`tags` is not the same as for "main"' in told


@pytest.mark.parametrize("api", ["http://127.0.0.1:8080", "https://github.example.com/api/v3"])
def test_an_api_that_a_token_may_be_sent_to_is_let_through(api: str) -> None:
    check_rules((Rules(api=api, repository="some-body/shop.js", checks="ci / ok"),))


def test_a_field_that_there_is_none_of_is_named() -> None:
    with pytest.raises(SettingsError, match="did you mean `reviews`"):
        Rules(review=1)  # type: ignore[call-arg]
    with pytest.raises(SettingsError, match="only its branch goes without a name"):
        Rules("main", "ci / ok")  # type: ignore[misc]
