"""A mutation changes one line, and the same seed makes the same one."""

import difflib

from benchmarks.mutations.mutate import KINDS, choose_mutation, kind_of

FILES = {
    "backend/shop.py": "def left(stock, sold):\n    if stock >= sold:\n        return stock - 1\n",
    "backend/tests/test_shop.py": "def test_it():\n    assert left(1, 2) == 3\n",
    "backend/migrations/versions/1.py": 'revision = "a1"\n',
    "backend/uv.lock": 'version = "1.0"\n',
    "web/package.json": '{"scripts": {"test": "jest"}}\n',
    "compose.yaml": "image: postgres:15\n",
    "empty.py": "",
}


def test_the_same_seed_makes_the_same_mutation() -> None:
    assert choose_mutation(FILES, "1:4") == choose_mutation(FILES, "1:4")


def test_seeds_make_mutations_of_every_kind_and_in_every_way() -> None:
    made = [choose_mutation(FILES, str(number)) for number in range(200)]
    assert {one.kind for one in made} == set(KINDS)
    assert {one.how for one in made} == {"alter", "delete", "duplicate", "swap"}


def test_a_mutation_changes_one_line_or_changes_places_of_two() -> None:
    for number in range(200):
        one = choose_mutation(FILES, str(number))
        before = FILES[one.file].splitlines(keepends=True)
        changes = [
            line
            for line in difflib.ndiff(before, one.text.splitlines(keepends=True))
            if line[0] in "+-"
        ]
        assert 1 <= len(changes) <= 2, (one, changes)


def test_the_kind_of_a_file_is_the_first_that_it_matches() -> None:
    assert {name: kind_of(name) for name in FILES if name} == {
        "backend/shop.py": "source",
        "backend/tests/test_shop.py": "tests",
        "backend/migrations/versions/1.py": "migrations",
        "backend/uv.lock": "locks",
        "web/package.json": "scripts",
        "compose.yaml": "settings",
        "empty.py": "source",
    }
