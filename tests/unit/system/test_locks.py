from pathlib import Path

import pytest

from cicd.errors import MissingError
from cicd.system.locks import locked


def test_a_lock_can_be_taken_again_when_it_was_given_back(tmp_path: Path) -> None:
    for _ in range(2):
        with locked(tmp_path / "new" / "lock"):
            assert (tmp_path / "new" / "lock").exists()


def test_a_place_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(MissingError, match="cannot write below .*file"):
        with locked(tmp_path / "file" / "lock"):
            pass
