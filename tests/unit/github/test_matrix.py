import json
import re

import pytest

from cicd.errors import SettingsError
from cicd.github.matrix import JOBS_LIMIT, Job, plan_jobs, render_matrix

VERBS = ("format", "lint", "types", "migrations", "test")


def groups_of(parts: int) -> list[list[str]]:
    return [[f"part{number}_{verb}" for verb in VERBS] for number in range(parts)]


def sessions_of(jobs: tuple[Job, ...]) -> list[str]:
    return [name for job in jobs for name in job.sessions]


def test_each_session_has_a_job_and_each_share_of_a_test_too() -> None:
    jobs = plan_jobs([["api_lint", "api_test"], ["contract"]], {"api_test": 2})
    assert [job.name for job in jobs] == ["api_test 1/2", "api_test 2/2", "api_lint", "contract"]


def test_the_matrix_is_one_line_that_github_reads() -> None:
    matrix = render_matrix(plan_jobs([["api_lint", "api_test"]], {"api_test": 2}))
    assert "\n" not in matrix
    assert json.loads(matrix)["include"][1:] == [
        {
            "name": "api_test 2/2",
            "sessions": "api_test",
            "shard": "2/2",
            "artifact": "cicd-api_test-2-of-2",
        },
        {"name": "api_lint", "sessions": "api_lint", "shard": "", "artifact": "cicd-api_lint"},
    ]


@pytest.mark.parametrize("parts", [51, 52, 60, 100, 256, 257, 1000])
def test_beyond_the_limit_sessions_share_jobs_and_none_is_left_out(parts: int) -> None:
    groups = groups_of(parts)
    jobs = plan_jobs(groups, {})
    assert len(jobs) <= JOBS_LIMIT
    assert sessions_of(jobs) == [name for group in groups for name in group]
    assert jobs == plan_jobs(groups, {})


def test_300_sessions_stay_with_those_of_their_part() -> None:
    jobs = plan_jobs(groups_of(60), {})
    assert len(jobs) == 180
    assert all(len({name.partition("_")[0] for name in job.sessions}) == 1 for job in jobs)


def test_shares_keep_jobs_of_their_own_beyond_the_limit() -> None:
    jobs = plan_jobs(groups_of(60), {"part7_test": 100})
    shares = [job for job in jobs if job.shard]
    assert [job.shard for job in shares] == [f"{number}/100" for number in range(1, 101)]
    assert len(jobs) <= JOBS_LIMIT
    assert sorted({*sessions_of(jobs)}) == sorted(name for group in groups_of(60) for name in group)


@pytest.mark.parametrize("shards", [256, 300])
def test_more_shares_than_jobs_are_refused(shards: int) -> None:
    with pytest.raises(SettingsError, match=f"{shards} shards leave no room in the 256 jobs"):
        plan_jobs([["api_lint", "api_test"]], {"api_test": shards})


def test_as_many_shares_as_jobs_fit_where_there_is_nothing_else() -> None:
    assert len(plan_jobs([["api_test"]], {"api_test": 256})) == 256


@pytest.mark.parametrize("parts", [2, 60, 1000])
def test_no_two_jobs_leave_an_artifact_of_one_name(parts: int) -> None:
    jobs = plan_jobs(groups_of(parts), {"part1_test": 3})
    artifacts = [job.artifact for job in jobs]
    assert len(set(artifacts)) == len(artifacts)
    assert all(re.fullmatch(r"cicd-[\w.-]+", artifact) for artifact in artifacts)
