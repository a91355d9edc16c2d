import pytest

from cicd.sessions.selection import asked_jobs, installs_otherwise, read_arguments, read_selection


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
    ("argv", "environ", "asked"),
    [
        ([], {}, None),
        (["-j", "4"], {}, "4"),
        (["-j4"], {}, "4"),
        (["-rj4"], {}, "4"),
        (["-j", "auto"], {}, "auto"),
        (["--parallel=1"], {}, "1"),
        (["--parallel", "3"], {}, "3"),
        ([], {"NOX_PARALLEL": "2"}, "2"),
        (["-j3"], {"NOX_PARALLEL": "2"}, "3"),
        (["--", "-j4"], {}, None),
    ],
)
def test_a_number_of_jobs_is_the_users(
    argv: list[str], environ: dict[str, str], asked: str | None
) -> None:
    assert asked_jobs(argv, environ) == asked


def test_arguments_are_what_stands_after_two_dashes() -> None:
    assert read_arguments(["-s", "ci", "--", "-k", "--", "a"]) == ("-k", "--", "a")
    assert read_arguments(["-s", "ci"]) == ()


@pytest.mark.parametrize(
    ("argv", "otherwise"),
    [
        (["-s", "ci"], False),
        (["-s", "ci", "-r"], False),
        (["--install-only"], True),
        (["-R"], True),
        (["-Rs", "ci"], True),
        (["--no-venv"], True),
        (["--force-python=3.13"], True),
        (["-P", "3.13"], True),
        (["--", "--install-only"], False),
    ],
)
def test_who_installs_otherwise_is_known(argv: list[str], otherwise: bool) -> None:
    assert installs_otherwise(argv) is otherwise
