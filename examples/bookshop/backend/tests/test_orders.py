import uuid

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from tests.customer import Customer
from tests.shelf import Shelf


@pytest.fixture
def customer(client: TestClient) -> Customer:
    return Customer(client)


def test_an_order_takes_over_the_lines_and_the_total_of_its_basket(
    customer: Customer, shelf: Shelf
) -> None:
    emma, dracula = shelf.put("Emma", price_cents=949), shelf.put("Dracula", price_cents=850)
    response = customer.send_order(customer.fill_basket(emma, dracula, quantity=2))
    assert response.status_code == 201
    order = response.json()
    assert order == {
        "id": order["id"],
        "status": "pending",
        "lines": [
            {"book_id": str(emma.id), "title": "Emma", "quantity": 2, "unit_price_cents": 949},
            {
                "book_id": str(dracula.id),
                "title": "Dracula",
                "quantity": 2,
                "unit_price_cents": 850,
            },
        ],
        "total_cents": 3598,
    }
    assert customer.client.get(f"/api/orders/{order['id']}").json() == order


def test_an_order_takes_its_books_off_the_shelf(customer: Customer, shelf: Shelf) -> None:
    book = shelf.put(stock=5)
    customer.order(book, quantity=2)
    assert customer.stock(book) == 3


def test_the_last_copy_can_be_ordered(customer: Customer, shelf: Shelf) -> None:
    book = shelf.put(stock=1)
    customer.order(book)
    assert customer.stock(book) == 0


def test_too_many_are_refused_with_what_is_left(customer: Customer, shelf: Shelf) -> None:
    book = shelf.put("Emma", stock=1)
    response = customer.send_order(customer.fill_basket(book, quantity=2))
    assert response.status_code == 409
    assert response.json() == {"detail": "“Emma”: 2 wanted, only 1 left"}
    assert customer.stock(book) == 1


def test_if_one_book_is_missing_none_is_reserved(customer: Customer, shelf: Shelf) -> None:
    plenty, sold_out = shelf.put("Plenty", stock=9), shelf.put("Sold out", stock=0)
    assert customer.send_order(customer.fill_basket(plenty, sold_out)).status_code == 409
    assert customer.stock(plenty) == 9


def test_a_refused_basket_can_be_corrected_and_ordered(customer: Customer, shelf: Shelf) -> None:
    book = shelf.put(stock=1)
    basket, key = customer.fill_basket(book, quantity=2), "the same click"
    assert customer.send_order(basket, key).status_code == 409
    customer.client.put(f"/api/baskets/{basket}/lines/{book.id}", json={"quantity": 1})
    assert customer.send_order(basket, key).status_code == 201


def test_an_empty_basket_cannot_be_ordered(customer: Customer) -> None:
    response = customer.send_order(customer.fill_basket())
    assert (response.status_code, response.json()) == (409, {"detail": "this basket is empty"})


def test_an_unknown_basket_cannot_be_ordered(customer: Customer) -> None:
    assert customer.send_order(str(uuid.uuid4())).status_code == 404


def test_an_order_keeps_the_price_and_the_title_it_was_placed_with(
    customer: Customer, shelf: Shelf, session: Session
) -> None:
    book = shelf.put("Emma", price_cents=1000)
    order = customer.order(book)
    book.price_cents, book.title = 5000, "Emma, illustrated"
    session.commit()
    shown = customer.client.get(f"/api/orders/{order}").json()
    assert (shown["total_cents"], shown["lines"][0]["title"]) == (1000, "Emma")


def test_an_unknown_order_is_404(customer: Customer) -> None:
    unknown = uuid.uuid4()
    response = customer.client.get(f"/api/orders/{unknown}")
    assert (response.status_code, response.json()) == (404, {"detail": f"no order {unknown}"})


def test_the_same_key_again_returns_the_same_order(customer: Customer, shelf: Shelf) -> None:
    book = shelf.put(stock=5)
    basket = customer.fill_basket(book)
    first, second = (customer.send_order(basket, "one click") for _ in range(2))
    assert (first.status_code, first.json()) == (second.status_code, second.json())
    assert customer.stock(book) == 4


def test_a_repeated_request_sees_what_became_of_the_order(customer: Customer, shelf: Shelf) -> None:
    basket = customer.fill_basket(shelf.put())
    order = customer.send_order(basket, "one click").json()
    customer.move(order["id"], "pay")
    assert customer.send_order(basket, "one click").json() == {**order, "status": "paid"}


def test_a_key_belongs_to_one_basket(customer: Customer, shelf: Shelf) -> None:
    book = shelf.put(stock=5)
    customer.send_order(customer.fill_basket(book), "one click")
    response = customer.send_order(customer.fill_basket(book), "one click")
    assert response.status_code == 422
    assert "another basket" in response.json()["detail"]
    assert customer.stock(book) == 4


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": ""}, {"Idempotency-Key": "x" * 256}])
def test_an_order_needs_a_key_of_reasonable_length(
    customer: Customer, shelf: Shelf, headers: dict[str, str]
) -> None:
    body = {"basket_id": customer.fill_basket(shelf.put())}
    assert customer.client.post("/api/orders", json=body, headers=headers).status_code == 422


def test_a_basket_is_ordered_once(customer: Customer, shelf: Shelf) -> None:
    basket = customer.fill_basket(shelf.put())
    order = customer.send_order(basket).json()
    response = customer.send_order(basket)
    assert response.status_code == 409
    assert order["id"] in response.json()["detail"]


def test_an_ordered_basket_no_longer_changes(customer: Customer, shelf: Shelf) -> None:
    book = shelf.put()
    basket = customer.fill_basket(book)
    customer.send_order(basket)
    response = customer.client.put(f"/api/baskets/{basket}/lines/{book.id}", json={"quantity": 2})
    assert response.status_code == 409


def test_a_cancelled_order_frees_its_basket(customer: Customer, shelf: Shelf) -> None:
    basket = customer.fill_basket(shelf.put())
    cancelled = customer.send_order(basket).json()["id"]
    customer.move(cancelled, "cancel")
    again = customer.send_order(basket)
    assert again.status_code == 201
    assert again.json()["id"] != cancelled


@pytest.mark.parametrize("paid_before", [False, True])
def test_cancelling_gives_every_copy_back(
    customer: Customer, shelf: Shelf, paid_before: bool
) -> None:
    emma, dracula = shelf.put("Emma", stock=5), shelf.put("Dracula", stock=2)
    act = customer.buy if paid_before else customer.order
    order = act(emma, dracula, quantity=2)
    assert customer.move(order, "cancel").json()["status"] == "cancelled"
    assert (customer.stock(emma), customer.stock(dracula)) == (5, 2)


@pytest.mark.parametrize(
    ("steps", "status"),
    [
        (["pay"], "paid"),
        (["pay", "ship"], "shipped"),
        (["cancel"], "cancelled"),
        (["pay", "cancel"], "cancelled"),
    ],
)
def test_an_order_goes_its_way(
    customer: Customer, shelf: Shelf, steps: list[str], status: str
) -> None:
    order = customer.order(shelf.put())
    assert [customer.move(order, step).status_code for step in steps] == [200] * len(steps)
    assert customer.client.get(f"/api/orders/{order}").json()["status"] == status


@pytest.mark.parametrize(
    ("before", "step", "detail"),
    [
        ([], "ship", "a pending order cannot become shipped"),
        (["pay"], "pay", "a paid order cannot become paid"),
        (["pay", "ship"], "pay", "a shipped order cannot become paid"),
        (["pay", "ship"], "ship", "a shipped order cannot become shipped"),
        (["pay", "ship"], "cancel", "a shipped order cannot become cancelled"),
        (["cancel"], "pay", "a cancelled order cannot become paid"),
        (["cancel"], "ship", "a cancelled order cannot become shipped"),
        (["cancel"], "cancel", "a cancelled order cannot become cancelled"),
    ],
)
def test_an_order_never_goes_astray(
    customer: Customer, shelf: Shelf, before: list[str], step: str, detail: str
) -> None:
    book = shelf.put(stock=5)
    order = customer.order(book)
    for earlier in before:
        customer.move(order, earlier)
    stock = customer.stock(book)
    response = customer.move(order, step)
    assert (response.status_code, response.json()) == (409, {"detail": detail})
    assert customer.stock(book) == stock


@pytest.mark.parametrize("step", ["pay", "ship", "cancel"])
def test_an_unknown_order_goes_nowhere(customer: Customer, step: str) -> None:
    assert customer.move(str(uuid.uuid4()), step).status_code == 404
