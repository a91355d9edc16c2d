"""How many sessions at the same time."""

import pytest

from cicd.sessions.plan import jobs_that_pay, longest_first


@pytest.mark.parametrize(
    ("durations_s", "cores", "jobs"),
    [
        ([], 8, 1),
        ([60.0], 8, 1),
        ([0.1] * 6, 8, 1),
        ([60.0, 0.2, 0.2], 8, 1),
        ([5.0, 5.0], 2, 2),
        ([5.0, 5.0], 1, 1),
        ([5.0] * 8, 4, 4),
        ([30.0, 10.0, 10.0, 10.0], 8, 2),
    ],
)
def test_as_many_jobs_as_bring_the_end_nearer(
    durations_s: list[float], cores: int, jobs: int
) -> None:
    assert jobs_that_pay(durations_s, cores) == jobs


def test_the_longest_comes_first_and_what_never_ran_before_it() -> None:
    known = {"short": 1.0, "long": 60.0}
    assert longest_first(["short", "long", "new"], known) == ["new", "long", "short"]
