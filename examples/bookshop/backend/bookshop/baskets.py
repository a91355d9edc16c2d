"""Baskets: what a customer would like to buy."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from bookshop.catalogue import get_book
from bookshop.errors import Conflict, NotFound
from bookshop.models import Basket, BasketLine, Order, OrderStatus


def create_basket(session: Session) -> Basket:
    basket = Basket(lines=[])
    session.add(basket)
    session.flush()
    return basket


def get_basket(session: Session, basket_id: uuid.UUID) -> Basket:
    basket = session.get(Basket, basket_id)
    if basket is None:
        raise NotFound("basket", basket_id)
    return basket


def lock_basket(session: Session, basket_id: uuid.UUID) -> Basket:
    """The basket as it is now; until the transaction ends nobody else changes or orders it."""
    basket = session.scalar(
        select(Basket)
        .where(Basket.id == basket_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if basket is None:
        raise NotFound("basket", basket_id)
    return basket


def set_quantity(
    session: Session, basket_id: uuid.UUID, book_id: uuid.UUID, quantity: int
) -> Basket:
    """Add the book, change how many of it, or with 0 take it out."""
    basket = lock_basket(session, basket_id)
    require_open(session, basket)
    book = get_book(session, book_id)
    line = next((line for line in basket.lines if line.book_id == book_id), None)
    if line is not None and quantity > 0:
        line.quantity = quantity
    elif line is not None:
        basket.lines.remove(line)
    elif quantity > 0:
        basket.lines.append(BasketLine(book=book, quantity=quantity))
    session.flush()
    return basket


def require_open(session: Session, basket: Basket) -> None:
    """Raise `Conflict` if the basket has been ordered, unless that order was cancelled."""
    live_order = session.scalar(
        select(Order.id).where(Order.basket_id == basket.id, Order.status != OrderStatus.CANCELLED)
    )
    if live_order is not None:
        raise Conflict(f"this basket has already become order {live_order}")
