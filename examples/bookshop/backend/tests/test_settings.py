import os

import pytest

from bookshop.settings import Settings


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith("POSTGRES_") or name in ("DATABASE_URL", "ADMIN_TOKEN"):
            monkeypatch.delenv(name)


def address(settings: Settings) -> str:
    return settings.sqlalchemy_url.render_as_string(hide_password=False)


def test_the_address_is_put_together_from_its_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = {"SERVER": "db", "PORT": "6543", "USER": "ann", "PASSWORD": "p@ss/word", "DB": "shop"}
    for part, value in parts.items():
        monkeypatch.setenv(f"POSTGRES_{part}", value)
    assert address(Settings()) == "postgresql+psycopg://ann:p%40ss%2Fword@db:6543/shop"


def test_a_whole_address_wins_over_the_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTGRES_SERVER", "db")
    monkeypatch.setenv("DATABASE_URL", "sqlite:///shop.db")
    assert address(Settings()) == "sqlite:///shop.db"


def test_an_empty_address_counts_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "")
    assert address(Settings()) == "postgresql+psycopg://bookshop@localhost:5432/bookshop"


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_spelling_of_postgresql_means_psycopg(
    monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"{scheme}://db/shop")
    assert address(Settings()) == "postgresql+psycopg://db/shop"


def test_secrets_stay_out_of_tracebacks(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("POSTGRES_PASSWORD", "DATABASE_URL", "ADMIN_TOKEN"):
        monkeypatch.setenv(name, "sesame")
    assert "sesame" not in repr(Settings())
