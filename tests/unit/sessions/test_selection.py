import pytest

from cicd.sessions.selection import asks_for_jobs, read_selection


@pytest.mark.parametrize(
    ("argv", "selected"),
    [
        ([], ("ci",)),
        (["-s", "ci"], ("ci",)),
        (["-s", "ci", "docs", "-v"], ("ci", "docs")),
        (["--session=ci"], ("ci",)),
        (["-e", "lint", "--", "-s", "ci"], ("lint",)),
        (["-l"], ()),
        (["-t", "test"], ()),
        (["-k", "ci"], ()),
        (["-kci"], ()),
        (["-rs", "lint"], ("lint",)),
        (["-vrslint"], ("lint",)),
        (["-s=lint"], ("lint",)),
        (["-lv"], ()),
        (["-r"], ("ci",)),
    ],
)
def test_the_selection_is_what_nox_will_select(argv: list[str], selected: tuple[str, ...]) -> None:
    assert read_selection(argv, {}) == selected


def test_without_a_name_nox_asks_the_environment() -> None:
    assert read_selection([], {"NOXSESSION": "ci, docs"}) == ("ci", "docs")


def test_a_noxfile_may_have_a_default_of_its_own() -> None:
    assert read_selection([], {"NOXSESSION": ""}, ("docs",)) == ("docs",)


@pytest.mark.parametrize(
    ("argv", "environ", "asks"),
    [
        ([], {}, False),
        (["-j", "4"], {}, True),
        (["-j4"], {}, True),
        (["-rj4"], {}, True),
        (["--parallel=1"], {}, True),
        ([], {"NOX_PARALLEL": "2"}, True),
        (["--", "-j4"], {}, False),
    ],
)
def test_a_number_of_jobs_is_the_users(
    argv: list[str], environ: dict[str, str], asks: bool
) -> None:
    assert asks_for_jobs(argv, environ) is asks
