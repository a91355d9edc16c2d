from collections.abc import Iterator

from fastapi.testclient import TestClient
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from bookshop.database import get_session
from bookshop.main import app


def test_with_its_database_the_shop_is_well(client: TestClient) -> None:
    response = client.get("/health")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_without_its_database_the_shop_says_so(client: TestClient) -> None:
    def session_of_a_missing_database() -> Iterator[Session]:
        with Session(create_engine("sqlite:////no/such/folder/shop.db")) as session:
            yield session

    app.dependency_overrides[get_session] = session_of_a_missing_database
    response = client.get("/health")
    assert (response.status_code, response.json()) == (
        503,
        {"detail": "the database does not answer"},
    )
