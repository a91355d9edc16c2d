"""Commands in records: the same in every checkout."""

from pathlib import Path

import pytest

from cicd.steps.work import _from_root


@pytest.mark.parametrize(
    ("line", "recorded"),
    [
        ("/home/me/shop/.venv/bin/python -m pytest", ".venv/bin/python -m pytest"),
        ("python watch.py /home/me/shop --all", "python watch.py . --all"),
        ("python watch.py /home/me/shop", "python watch.py ."),
        ("python '/home/me/shop'", "python '.'"),
        ("ls /home/me/shop-2 /home/me/shop.old", "ls /home/me/shop-2 /home/me/shop.old"),
    ],
)
def test_the_repository_is_a_dot_wherever_it_lies(line: str, recorded: str) -> None:
    assert _from_root(line, Path("/home/me/shop")) == recorded
