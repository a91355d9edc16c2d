"""Baskets and their lines."""

import uuid

from fastapi import APIRouter

from bookshop import baskets
from bookshop.api.dependencies import DatabaseSession
from bookshop.api.schemas import BasketShown, QuantityWanted

router = APIRouter(prefix="/baskets", tags=["baskets"])


@router.post("", status_code=201)
def create(session: DatabaseSession) -> BasketShown:
    basket = baskets.create_basket(session)
    session.commit()
    return BasketShown.model_validate(basket)


@router.get("/{basket_id}")
def read(session: DatabaseSession, basket_id: uuid.UUID) -> BasketShown:
    return BasketShown.model_validate(baskets.get_basket(session, basket_id))


@router.put("/{basket_id}/lines/{book_id}")
def set_quantity(
    session: DatabaseSession, basket_id: uuid.UUID, book_id: uuid.UUID, wanted: QuantityWanted
) -> BasketShown:
    basket = baskets.set_quantity(session, basket_id, book_id, wanted.quantity)
    session.commit()
    return BasketShown.model_validate(basket)
