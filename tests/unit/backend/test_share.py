import random

import pytest

from cicd.backend.drivers.cicd_share import Test, chosen


def found(**files: int) -> list[Test]:
    return [
        (file, f"test_{number}", f"{file}::test_{number}")
        for file, count in files.items()
        for number in range(count)
    ]


def shares(tests: list[Test], count: int) -> list[list[Test]]:
    """The tests of each share."""
    return [
        [test for test, own in zip(tests, chosen(tests, f"{number}/{count}"), strict=True) if own]
        for number in range(1, count + 1)
    ]


@pytest.mark.parametrize("count", [1, 2, 3, 7, 40])
@pytest.mark.parametrize("seed", range(5))
def test_every_test_is_in_one_share(seed: int, count: int) -> None:
    sizes = random.Random(seed)
    tests = found(**{f"test_{name}": sizes.randrange(1, 30) for name in "abcdefgh"})
    divided = shares(tests, count)
    assert sorted(test for share in divided for test in share) == sorted(tests)
    assert divided == shares(tests, count)


def test_the_order_in_which_tests_are_found_does_not_matter() -> None:
    tests = found(a=5, b=9, c=2, d=7)
    mixed = random.Random(1).sample(tests, len(tests))
    assert [set(share) for share in shares(tests, 3)] == [set(share) for share in shares(mixed, 3)]


def test_files_stay_whole_and_the_shares_are_about_as_large() -> None:
    divided = shares(found(a=6, b=5, c=4, d=3, e=2), 2)
    assert sorted(map(len, divided)) == [9, 11]
    assert not {test[0] for test in divided[0]} & {test[0] for test in divided[1]}


def test_a_file_with_more_than_its_share_is_divided_by_classes() -> None:
    tests = [
        ("a.py", f"Test{name}", f"a.py::Test{name}::test_{number}")
        for name in "ABCD"
        for number in range(5)
    ]
    for share in shares(tests, 2):
        assert len(share) == 10
        assert len({test[1] for test in share}) == 2


def test_one_test_with_very_many_cases_is_divided_by_cases() -> None:
    tests = [("a.py", "test_all", f"a.py::test_all[{number}]") for number in range(100)]
    assert [len(share) for share in shares(tests, 4)] == [25, 25, 25, 25]


def test_a_share_may_be_empty() -> None:
    assert [len(share) for share in shares(found(a=1), 3)] == [1, 0, 0]
    assert chosen([], "1/3") == []
