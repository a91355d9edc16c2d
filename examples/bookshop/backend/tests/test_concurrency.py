"""Customers who come at the same moment. Every test commits, on separate connections."""

import uuid
from collections import Counter
from functools import partial
from random import Random

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from bookshop import baskets, orders
from bookshop.errors import Conflict, IdempotencyKeyReused, OutOfStock
from bookshop.main import app
from bookshop.models import Order, OrderStatus
from tests.crowd import Action, Crowd

pytestmark = pytest.mark.sqlite_incompatible


def order(basket_id: uuid.UUID, key: str | None = None) -> Action:
    return partial(
        orders.place_order, basket_id=basket_id, idempotency_key=key or str(uuid.uuid4())
    )


def outcomes(results: list[object]) -> Counter[type]:
    return Counter(type(result) for result in results)


def test_of_two_buyers_of_the_last_copy_exactly_one_gets_it(crowd: Crowd) -> None:
    book = crowd.book(stock=1)
    results = crowd.act_after_reading(*(order(crowd.basket(book)) for _ in range(2)))
    assert outcomes(results) == {Order: 1, OutOfStock: 1}
    assert crowd.stock(book) == 0


def test_no_sale_is_lost_when_both_buyers_can_be_served(crowd: Crowd) -> None:
    book = crowd.book(stock=10)
    crowd.act_after_reading(*(order(crowd.basket(book, quantity=3)) for _ in range(2)))
    assert crowd.stock(book) == 4


def test_eight_buyers_empty_a_shelf_of_three_and_not_more(crowd: Crowd) -> None:
    book = crowd.book(stock=3)
    results = crowd.act(*(order(crowd.basket(book)) for _ in range(8)))
    assert outcomes(results) == {Order: 3, OutOfStock: 5}
    assert crowd.stock(book) == 0


def test_the_loser_is_told_the_stock_that_the_winner_left(crowd: Crowd) -> None:
    book = crowd.book(stock=3)
    results = crowd.act_after_reading(*(order(crowd.basket(book, quantity=2)) for _ in range(2)))
    (refusal,) = (result for result in results if isinstance(result, OutOfStock))
    assert "only 1 left" in str(refusal)


def test_buyers_of_the_same_books_in_opposite_order_do_not_deadlock(crowd: Crowd) -> None:
    books = [crowd.book(stock=100) for _ in range(5)]
    shuffled = [Random(seed).sample(books, k=len(books)) for seed in range(8)]
    results = crowd.act(*(order(crowd.basket(*some)) for some in shuffled))
    assert outcomes(results) == {Order: 8}
    assert [crowd.stock(book) for book in books] == [92] * 5


def test_a_request_sent_twice_at_once_places_one_order(crowd: Crowd) -> None:
    book = crowd.book(stock=5)
    basket, key = crowd.basket(book, quantity=2), str(uuid.uuid4())
    results = crowd.act_after_reading(order(basket, key), order(basket, key))
    first, second = results
    assert isinstance(first, Order) and isinstance(second, Order)
    assert first.id == second.id
    assert crowd.stock(book) == 3


def test_a_basket_sent_twice_under_two_keys_becomes_one_order(crowd: Crowd) -> None:
    book = crowd.book(stock=5)
    basket = crowd.basket(book)
    results = crowd.act_after_reading(order(basket), order(basket))
    assert outcomes(results) == {Order: 1, Conflict: 1}
    assert crowd.stock(book) == 4


def test_a_key_taken_by_another_basket_meanwhile_reserves_nothing(crowd: Crowd) -> None:
    first, second = crowd.book(stock=5), crowd.book(stock=5)
    key = str(uuid.uuid4())
    results = crowd.act_after_reading(
        order(crowd.basket(first), key), order(crowd.basket(second), key)
    )
    assert outcomes(results) == {Order: 1, IdempotencyKeyReused: 1}
    assert sorted([crowd.stock(first), crowd.stock(second)]) == [4, 5]


def test_an_order_cancelled_twice_at_once_gives_its_books_back_once(crowd: Crowd) -> None:
    book = crowd.book(stock=5)
    placed = crowd.order(crowd.basket(book, quantity=2))
    cancel = partial(orders.cancel_order, order_id=placed)
    results = crowd.act_after_reading(cancel, cancel)
    assert outcomes(results) == {Order: 1, Conflict: 1}
    assert crowd.stock(book) == 5


def test_an_order_paid_twice_at_once_is_paid_once(crowd: Crowd) -> None:
    placed = crowd.order(crowd.basket(crowd.book(stock=5)))
    pay = partial(orders.pay_order, order_id=placed)
    assert outcomes(crowd.act_after_reading(pay, pay)) == {Order: 1, Conflict: 1}


def test_a_paid_order_is_either_shipped_or_cancelled(crowd: Crowd) -> None:
    book = crowd.book(stock=5)
    basket = crowd.basket(book)
    placed = crowd.order(basket)
    crowd.act(partial(orders.pay_order, order_id=placed))
    results = crowd.act_after_reading(
        partial(orders.ship_order, order_id=placed), partial(orders.cancel_order, order_id=placed)
    )
    assert outcomes(results) == {Order: 1, Conflict: 1}
    (final,) = crowd.orders_of(basket)
    assert crowd.stock(book) == (4 if final.status is OrderStatus.SHIPPED else 5)


def test_cancelling_and_buying_at_once_keep_count_of_every_copy(crowd: Crowd) -> None:
    book = crowd.book(stock=4)
    placed = crowd.order(crowd.basket(book, quantity=3))
    newcomer = crowd.basket(book)
    crowd.act_after_reading(partial(orders.cancel_order, order_id=placed), order(newcomer))
    assert crowd.stock(book) == 3


def test_a_line_changed_while_its_basket_is_ordered_is_in_the_order_or_refused(
    crowd: Crowd,
) -> None:
    book = crowd.book(stock=9)
    basket = crowd.basket(book, quantity=1)
    change = partial(baskets.set_quantity, basket_id=basket, book_id=book, quantity=2)
    _, changed = crowd.act_after_reading(order(basket), change)
    assert crowd.stock(book) == (8 if isinstance(changed, Conflict) else 7)


def test_the_same_book_added_twice_at_once_is_one_line(crowd: Crowd) -> None:
    book = crowd.book(stock=9)
    basket = crowd.basket()
    add = partial(baskets.set_quantity, basket_id=basket, book_id=book, quantity=2)
    crowd.act_after_reading(add, add)
    with crowd.sessions() as session:
        assert [line.quantity for line in baskets.get_basket(session, basket).lines] == [2]


def test_a_refused_order_holds_no_lock_and_no_copy(crowd: Crowd) -> None:
    plenty, scarce = crowd.book(stock=5), crowd.book(stock=0)
    (refusal,) = crowd.act(order(crowd.basket(plenty, scarce)))
    assert isinstance(refusal, OutOfStock)
    assert outcomes(crowd.act(order(crowd.basket(plenty, quantity=5)))) == {Order: 1}


def test_a_reservation_is_invisible_until_it_is_committed(crowd: Crowd) -> None:
    book = crowd.book(stock=5)
    basket = crowd.basket(book)

    def order_and_look(session: Session) -> int:
        orders.place_order(session, basket, str(uuid.uuid4()))
        return crowd.stock(book)

    assert crowd.act(order_and_look) == [5]
    assert crowd.stock(book) == 4


def test_over_http_one_buyer_gets_201_and_the_other_409(crowd: Crowd) -> None:
    book = crowd.book(stock=1)

    def buy(basket: uuid.UUID, _session: Session) -> int:
        response = TestClient(app).post(
            "/api/orders",
            json={"basket_id": str(basket)},
            headers={"Idempotency-Key": str(uuid.uuid4())},
        )
        status: int = response.status_code
        return status

    results = crowd.act(*(partial(buy, crowd.basket(book)) for _ in range(2)))
    assert Counter(results) == {201: 1, 409: 1}
