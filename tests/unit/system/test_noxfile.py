"""Which noxfile was loaded."""

import sys
from types import SimpleNamespace

import pytest

from cicd.system.noxfile import loaded_noxfile


def test_it_is_told_by_its_name_in_its_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    for path, name in (("/w/shop/other.py", "other.py"), ("/w/shop/noxfile.py", "noxfile.py")):
        monkeypatch.setitem(sys.modules, "user_nox_module", SimpleNamespace(__file__=path))
        assert loaded_noxfile() == name


def test_without_one_it_is_the_usual(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "user_nox_module", raising=False)
    assert loaded_noxfile() == "noxfile.py"
