"""What an empty environment holds."""

from cicd.backend.virtualenv import needs_seed


def test_setuptools_is_there_where_pythons_own_venv_brings_it() -> None:
    assert [minor for minor in ("3.9", "3.11", "3.12", "3.14") if needs_seed(minor)] == [
        "3.9",
        "3.11",
    ]
