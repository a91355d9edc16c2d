"""Orders: they take stock when they are placed and give it back when they are cancelled.

Locks are taken in one order everywhere, so that no two customers wait for each other:
first the basket or the order, then the books by id.
"""

import uuid
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bookshop.baskets import lock_basket, require_open
from bookshop.errors import Conflict, IdempotencyKeyReused, NotFound, OutOfStock
from bookshop.models import Basket, Book, Order, OrderLine, OrderStatus, utc_now

_NEXT: dict[OrderStatus, frozenset[OrderStatus]] = {
    OrderStatus.PENDING: frozenset({OrderStatus.PAID, OrderStatus.CANCELLED}),
    OrderStatus.PAID: frozenset({OrderStatus.SHIPPED, OrderStatus.CANCELLED}),
    OrderStatus.SHIPPED: frozenset(),
    OrderStatus.CANCELLED: frozenset(),
}


def place_order(session: Session, basket_id: uuid.UUID, idempotency_key: str) -> Order:
    """Reserve every book of the basket, or none.

    The same key with the same basket returns the order of the first time, in its present state.
    """
    basket = lock_basket(session, basket_id)
    earlier = session.scalar(select(Order).where(Order.idempotency_key == idempotency_key))
    if earlier is not None:
        return _require_same_basket(earlier, basket)
    require_open(session, basket)
    if not basket.lines:
        raise Conflict("this basket is empty")
    _reserve_stock(session, basket)
    order = _order_from(basket, idempotency_key)
    session.add(order)
    try:
        session.flush()
    except IntegrityError as error:
        # The basket is locked: only the key can have been taken meanwhile, by another basket.
        raise IdempotencyKeyReused from error
    return order


def get_order(session: Session, order_id: uuid.UUID) -> Order:
    order = session.get(Order, order_id)
    if order is None:
        raise NotFound("order", order_id)
    return order


def pay_order(session: Session, order_id: uuid.UUID) -> Order:
    order = _lock_order_for(session, order_id, OrderStatus.PAID)
    order.status = OrderStatus.PAID
    order.paid_at = utc_now()
    session.flush()
    return order


def ship_order(session: Session, order_id: uuid.UUID) -> Order:
    order = _lock_order_for(session, order_id, OrderStatus.SHIPPED)
    order.status = OrderStatus.SHIPPED
    session.flush()
    return order


def cancel_order(session: Session, order_id: uuid.UUID) -> Order:
    order = _lock_order_for(session, order_id, OrderStatus.CANCELLED)
    books = _lock_books(session, (line.book_id for line in order.lines))
    for line in order.lines:
        books[line.book_id].stock += line.quantity
    order.status = OrderStatus.CANCELLED
    session.flush()
    return order


def _require_same_basket(order: Order, basket: Basket) -> Order:
    if order.basket_id != basket.id:
        raise IdempotencyKeyReused
    return order


def _reserve_stock(session: Session, basket: Basket) -> None:
    books = _lock_books(session, (line.book_id for line in basket.lines))
    for line in basket.lines:
        book = books[line.book_id]
        if book.stock < line.quantity:
            raise OutOfStock(book.title, wanted=line.quantity, left=book.stock)
        book.stock -= line.quantity


def _lock_books(session: Session, book_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Book]:
    books = session.scalars(
        select(Book)
        .where(Book.id.in_(list(book_ids)))
        .order_by(Book.id)
        .with_for_update(of=Book)
        .execution_options(populate_existing=True)
    )
    return {book.id: book for book in books}


def _order_from(basket: Basket, idempotency_key: str) -> Order:
    return Order(
        basket_id=basket.id,
        idempotency_key=idempotency_key,
        status=OrderStatus.PENDING,
        total_cents=basket.total_cents,
        lines=[
            OrderLine(
                book_id=line.book_id,
                position=position,
                title=line.title,
                quantity=line.quantity,
                unit_price_cents=line.unit_price_cents,
            )
            for position, line in enumerate(basket.lines, start=1)
        ],
    )


def _lock_order_for(session: Session, order_id: uuid.UUID, target: OrderStatus) -> Order:
    """The locked order, which may become `target`; otherwise `Conflict`."""
    order = session.scalar(
        select(Order)
        .where(Order.id == order_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if order is None:
        raise NotFound("order", order_id)
    if target not in _NEXT[order.status]:
        raise Conflict(f"a {order.status} order cannot become {target}")
    return order
