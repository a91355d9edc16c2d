"""What the database refuses, whoever asks."""

import uuid
from typing import Any

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bookshop.models import Basket, Book, Order, OrderStatus
from bookshop.seed import BOOKS, seed_books
from tests.shelf import Shelf


def place(session: Session, basket: Basket, **details: Any) -> None:
    values = {"basket_id": basket.id, "idempotency_key": str(uuid.uuid4()), "total_cents": 0}
    session.execute(insert(Order).values(values | details))


@pytest.fixture
def basket(session: Session) -> Basket:
    basket = Basket()
    session.add(basket)
    session.flush()
    return basket


@pytest.mark.parametrize(
    ("details", "constraint"),
    [
        ({"stock": -1}, "ck_books_stock_not_negative"),
        ({"price_cents": -1}, "ck_books_price_not_negative"),
        ({"isbn": "123"}, "ck_books_isbn_has_13_digits"),
    ],
)
def test_a_book_that_cannot_be_is_refused(
    session: Session, shelf: Shelf, details: dict[str, Any], constraint: str
) -> None:
    with pytest.raises(IntegrityError, match=constraint):
        shelf.put(**details)


def test_two_books_cannot_share_an_isbn(session: Session, shelf: Shelf) -> None:
    shelf.put(isbn="9780141439587")
    with pytest.raises(IntegrityError, match="isbn"):
        shelf.put(isbn="9780141439587")


def test_a_book_needs_an_author(session: Session) -> None:
    book = {"isbn": "9780141439587", "title": "Emma", "price_cents": 1, "stock": 1}
    with pytest.raises(IntegrityError):
        session.execute(insert(Book).values(book | {"author_id": uuid.uuid4()}))


def test_a_basket_has_one_live_order(session: Session, basket: Basket) -> None:
    place(session, basket)
    with pytest.raises(IntegrityError, match="basket_id"):
        place(session, basket)


def test_cancelled_orders_do_not_count_as_live(session: Session, basket: Basket) -> None:
    for _ in range(2):
        place(session, basket, status=OrderStatus.CANCELLED)
    place(session, basket)


def test_an_order_cannot_be_paid_without_a_date(session: Session, basket: Basket) -> None:
    with pytest.raises(IntegrityError, match="ck_orders_paid_has_a_date"):
        place(session, basket, status=OrderStatus.PAID)


def test_seeding_twice_adds_every_book_once(session: Session) -> None:
    assert [seed_books(session), seed_books(session)] == [len(BOOKS), 0]
    assert session.query(Book).count() == len(BOOKS)
