"""Orders and what becomes of them."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Header

from bookshop import orders
from bookshop.api.dependencies import DatabaseSession
from bookshop.api.schemas import OrderShown, OrderWanted

router = APIRouter(prefix="/orders", tags=["orders"])

IdempotencyKey = Annotated[str, Header(min_length=1, max_length=255)]


@router.post("", status_code=201)
def place(
    session: DatabaseSession, wanted: OrderWanted, idempotency_key: IdempotencyKey
) -> OrderShown:
    order = orders.place_order(session, wanted.basket_id, idempotency_key)
    session.commit()
    return OrderShown.model_validate(order)


@router.get("/{order_id}")
def read(session: DatabaseSession, order_id: uuid.UUID) -> OrderShown:
    return OrderShown.model_validate(orders.get_order(session, order_id))


@router.post("/{order_id}/pay")
def pay(session: DatabaseSession, order_id: uuid.UUID) -> OrderShown:
    order = orders.pay_order(session, order_id)
    session.commit()
    return OrderShown.model_validate(order)


@router.post("/{order_id}/ship")
def ship(session: DatabaseSession, order_id: uuid.UUID) -> OrderShown:
    order = orders.ship_order(session, order_id)
    session.commit()
    return OrderShown.model_validate(order)


@router.post("/{order_id}/cancel")
def cancel(session: DatabaseSession, order_id: uuid.UUID) -> OrderShown:
    order = orders.cancel_order(session, order_id)
    session.commit()
    return OrderShown.model_validate(order)
