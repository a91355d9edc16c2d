from datetime import UTC, datetime, timedelta

from cicd.images.registry.prune import Plan, Rule, Shelf, plan_prune

NOW = datetime(2026, 6, 1, tzinfo=UTC)
NONE_NEW = Rule(always=frozenset({"latest"}), newest=0)


def digest(letter: str) -> str:
    return f"sha256:{letter * 64}"


def shelf(tag: str, one: str, *parts: str, days: float = 365) -> Shelf:
    closure = frozenset(digest(letter) for letter in (one, *parts))
    made = NOW - timedelta(days=days)
    return Shelf(tag=tag, digest=digest(one), created_at=made, closure=closure)


def about(letter: str, kind: str = ".sig") -> str:
    return f"sha256-{letter * 64}{kind}"


def plan(*shelves: Shelf, companions: tuple[Shelf, ...] = (), rule: Rule = NONE_NEW) -> Plan:
    return plan_prune(shelves, {one.tag: one for one in companions}, rule, NOW)


def test_an_index_goes_before_what_it_names_and_both_before_its_signature_s_parts() -> None:
    made = plan(shelf("old", "a", "b"), companions=(shelf(about("a"), "c", "d"),))
    assert list(made.doomed) == [digest("a"), digest("c"), digest("b"), digest("d")]
    assert made.doomed[digest("a")] == ("old",)


def test_all_tags_of_a_digest_go_with_it() -> None:
    made = plan(shelf("one", "a"), shelf("two", "a"))
    assert made.doomed == {digest("a"): ("one", "two")}


def test_what_a_kept_companion_names_stays_though_something_old_names_it_too() -> None:
    made = plan(
        shelf("latest", "a"),
        shelf("old", "b", "c"),
        companions=(shelf(about("a", ""), "d", "c"),),
    )
    assert list(made.doomed) == [digest("b")]


def test_a_signature_of_a_part_goes_with_that_part() -> None:
    made = plan(shelf("old", "a", "b"), companions=(shelf(about("b"), "c"),))
    assert digest("c") in made.doomed


def test_ages_and_places_are_counted_as_said() -> None:
    rule = Rule(always=frozenset(), newest=1, younger_than=timedelta(days=30))
    shelves = [
        shelf(f"d{days}", letter, days=days)
        for letter, days in zip("abcd", (1, 29, 30, 31), strict=True)
    ]
    made = plan(*shelves, rule=rule)
    assert made.kept == {"d1": "one of the newest 1", "d29": "younger than 30 days"}
