"""What of a database's address is hidden, and what is not worth hiding."""

from dataclasses import dataclass, field
from typing import cast

import pytest

from cicd.model import Secret
from cicd.steps.databases import _mask
from cicd.steps.work import Work
from cicd.system.masking import Masks


@dataclass
class _Masking:
    masks: Masks = field(default_factory=Masks)


@pytest.mark.parametrize(
    ("user", "password", "shown"),
    [
        ("shop", "hunter2hunter2", "postgresql://shop:***@db/shop said ***"),
        ("postgres", "postgres", "postgresql://postgres***db/shop said postgres"),
        ("shop", "test", "postgresql://shop***db/shop said test"),
    ],
)
def test_a_password_is_hidden_unless_it_is_a_common_word(
    user: str, password: str, shown: str
) -> None:
    work = _Masking()
    _mask(cast(Work, work), user, Secret(password))
    assert work.masks.apply(f"postgresql://{user}:{password}@db/shop said {password}") == shown
