"""What goes over the wire."""

import uuid
from datetime import date
from typing import Annotated

from pydantic import AliasPath, BaseModel, ConfigDict, Field

from bookshop.models import OrderStatus


class _Shown(BaseModel):
    """Filled from the attributes of a model or a dataclass."""

    model_config = ConfigDict(from_attributes=True)


class BookShown(_Shown):
    id: uuid.UUID
    isbn: str
    title: str
    author: Annotated[str, Field(validation_alias=AliasPath("author", "name"))]
    price_cents: int
    stock: int


class BookPage(_Shown):
    items: list[BookShown]
    total: int
    page: int
    page_size: int


class LineShown(_Shown):
    book_id: uuid.UUID
    title: str
    quantity: int
    unit_price_cents: int


class BasketShown(_Shown):
    id: uuid.UUID
    lines: list[LineShown]
    total_cents: int


class OrderShown(_Shown):
    id: uuid.UUID
    status: OrderStatus
    lines: list[LineShown]
    total_cents: int


class BookSalesShown(_Shown):
    title: str
    quantity: int
    revenue_cents: int


class DaySalesShown(_Shown):
    day: date
    orders: int
    revenue_cents: int


class SalesReportShown(_Shown):
    orders: int
    revenue_cents: int
    top_books: list[BookSalesShown]
    by_day: list[DaySalesShown]


class AuthorSalesShown(_Shown):
    author: str
    quantity: int
    revenue_cents: int
    share_percent: float


class QuantityWanted(BaseModel):
    quantity: Annotated[int, Field(ge=0, le=99)]


class OrderWanted(BaseModel):
    basket_id: uuid.UUID
