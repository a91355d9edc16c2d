"""How many sessions at the same time."""

import pytest

from cicd.sessions.plan import (
    installing_first,
    jobs_that_pay,
    jobs_unmeasured,
    longest_first,
    share_cores,
)


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


@pytest.mark.parametrize(
    ("parts", "sessions", "cores", "jobs"),
    [(1, 4, 8, 1), (2, 10, 8, 2), (50, 200, 2, 2), (50, 200, 64, 50), (3, 2, 8, 2), (2, 8, 1, 1)],
)
def test_unmeasured_parts_run_beside_each_other_on_the_cores_that_there_are(
    parts: int, sessions: int, cores: int, jobs: int
) -> None:
    assert jobs_unmeasured(parts, sessions, cores) == jobs


def test_whoever_installs_comes_before_those_who_wait_for_it() -> None:
    names = ["api_lint", "web_lint", "site_lint", "api_test", "web_test", "site_test", "image"]
    parts = {name: name.partition("_")[0] for name in names[:-1]}
    assert installing_first(names, parts, {"web", "site"}) == [
        *("web_lint", "api_lint", "api_test"),
        *("site_lint", "web_test", "site_test", "image"),
    ]
    assert installing_first(names, parts, ()) == [*names[:6], "image"]
    assert installing_first([], {}, ()) == []


def test_the_longest_comes_first_and_what_never_ran_before_it() -> None:
    known = {"short": 1.0, "long": 60.0}
    assert longest_first(["short", "long", "new"], known) == ["new", "long", "short"]


@pytest.mark.parametrize(
    ("durations_s", "jobs", "cores", "shares"),
    [
        ({"a": 10.0, "b": 10.0}, 2, 2, {"a": 1, "b": 1}),
        ({"tests": 60.0, "lint": 5.0, "types": 5.0, "format": 1.0}, 4, 8, (7, 1, 1, 1)),
        ({"tests": 30.0, "site": 30.0, "lint": 0.5}, 2, 8, (4, 4, 1)),
        ({"tests": 40.0, "backend_image": 20.0}, 2, 6, (4, 2)),
        ({"one": 5.0}, 1, 4, {"one": 4}),
    ],
)
def test_cores_are_shared_by_how_long_sessions_take(
    durations_s: dict[str, float], jobs: int, cores: int, shares: dict[str, int] | tuple[int, ...]
) -> None:
    found = share_cores(durations_s, jobs, cores)
    assert found == (shares if isinstance(shares, dict) else dict(zip(durations_s, shares)))
