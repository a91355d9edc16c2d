import uuid

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from bookshop.models import Book
from tests.shelf import Shelf


@pytest.fixture
def basket(client: TestClient) -> str:
    created: str = client.post("/api/baskets").json()["id"]
    return created


def put(client: TestClient, basket: str, book: Book, quantity: object) -> dict[str, object]:
    response = client.put(f"/api/baskets/{basket}/lines/{book.id}", json={"quantity": quantity})
    assert response.status_code == 200, response.text
    shown: dict[str, object] = response.json()
    return shown


def test_a_new_basket_is_empty(client: TestClient) -> None:
    response = client.post("/api/baskets")
    assert response.status_code == 201
    created = response.json()
    assert created == {"id": created["id"], "lines": [], "total_cents": 0}


def test_a_basket_can_be_read_again(client: TestClient, basket: str) -> None:
    assert client.get(f"/api/baskets/{basket}").json()["id"] == basket


def test_an_unknown_basket_is_404(client: TestClient) -> None:
    unknown = uuid.uuid4()
    response = client.get(f"/api/baskets/{unknown}")
    assert (response.status_code, response.json()) == (404, {"detail": f"no basket {unknown}"})


def test_a_line_shows_title_quantity_and_price(
    client: TestClient, basket: str, shelf: Shelf
) -> None:
    book = shelf.put("Emma", price_cents=949)
    shown = {
        "id": basket,
        "lines": [
            {"book_id": str(book.id), "title": "Emma", "quantity": 2, "unit_price_cents": 949}
        ],
        "total_cents": 1898,
    }
    assert put(client, basket, book, 2) == shown
    assert client.get(f"/api/baskets/{basket}").json() == shown


def test_setting_a_quantity_again_replaces_it(
    client: TestClient, basket: str, shelf: Shelf
) -> None:
    book = shelf.put(price_cents=100)
    put(client, basket, book, 5)
    assert put(client, basket, book, 2)["total_cents"] == 200


def test_lines_stay_in_the_order_they_were_added(
    client: TestClient, basket: str, shelf: Shelf
) -> None:
    for title in ("Moby-Dick", "Emma", "Dracula"):
        put(client, basket, shelf.put(title), 1)
    lines = client.get(f"/api/baskets/{basket}").json()["lines"]
    assert [line["title"] for line in lines] == ["Moby-Dick", "Emma", "Dracula"]


def test_the_total_adds_up_all_lines(client: TestClient, basket: str, shelf: Shelf) -> None:
    put(client, basket, shelf.put("Emma", price_cents=949), 2)
    assert put(client, basket, shelf.put("Dracula", price_cents=1), 3)["total_cents"] == 1901


def test_quantity_0_takes_the_book_out(client: TestClient, basket: str, shelf: Shelf) -> None:
    book = shelf.put()
    put(client, basket, book, 1)
    emptied = {"id": basket, "lines": [], "total_cents": 0}
    assert put(client, basket, book, 0) == emptied
    assert client.get(f"/api/baskets/{basket}").json() == emptied


def test_taking_out_what_is_not_there_changes_nothing(
    client: TestClient, basket: str, shelf: Shelf
) -> None:
    assert put(client, basket, shelf.put(), 0)["lines"] == []


def test_a_basket_may_wish_for_more_than_there_is(
    client: TestClient, basket: str, shelf: Shelf
) -> None:
    assert put(client, basket, shelf.put(stock=1, price_cents=10), 4)["total_cents"] == 40


def test_a_basket_shows_the_price_of_the_day(
    client: TestClient, basket: str, shelf: Shelf, session: Session
) -> None:
    book = shelf.put(price_cents=1000)
    put(client, basket, book, 1)
    book.price_cents = 800
    session.commit()
    assert client.get(f"/api/baskets/{basket}").json()["total_cents"] == 800


def test_baskets_do_not_share_lines(client: TestClient, basket: str, shelf: Shelf) -> None:
    put(client, basket, shelf.put(), 1)
    assert client.post("/api/baskets").json()["lines"] == []


def test_an_unknown_book_is_404(client: TestClient, basket: str) -> None:
    response = client.put(f"/api/baskets/{basket}/lines/{uuid.uuid4()}", json={"quantity": 1})
    assert response.status_code == 404
    assert "no book" in response.json()["detail"]


def test_a_line_for_an_unknown_basket_is_404(client: TestClient, shelf: Shelf) -> None:
    book = shelf.put()
    response = client.put(f"/api/baskets/{uuid.uuid4()}/lines/{book.id}", json={"quantity": 1})
    assert response.status_code == 404
    assert "no basket" in response.json()["detail"]


@pytest.mark.parametrize("quantity", [-1, 100, 1.5, "many", None])
def test_a_quantity_that_makes_no_sense_is_422(
    client: TestClient, basket: str, shelf: Shelf, quantity: object
) -> None:
    book = shelf.put()
    response = client.put(f"/api/baskets/{basket}/lines/{book.id}", json={"quantity": quantity})
    assert response.status_code == 422
